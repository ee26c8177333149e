"""Consents become signed statements that are only ever added to."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE FUNCTION consent_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'signed consents are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER consent_keep BEFORE UPDATE OR DELETE ON identity_consentact
    FOR EACH ROW EXECUTE FUNCTION consent_keep();
"""

UNDO = """
DROP TRIGGER consent_keep ON identity_consentact;
DROP FUNCTION consent_keep();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identity", "0003_visit_passes")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ConsentAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(choices=[("given", "given"), ("withdrawn", "withdrawn")], max_length=10)),
                ("at", models.DateTimeField()),
                ("statement", models.TextField(help_text="JSON, exactly as it was signed")),
                ("signature", models.CharField(max_length=88)),
                ("public_key", models.CharField(max_length=44)),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acts",
                        to="identity.biometricconsent",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="consentact",
            constraint=models.UniqueConstraint(
                fields=("consent", "act"), name="a_consent_is_given_and_withdrawn_once"
            ),
        ),
        migrations.RunSQL(KEEP, UNDO),
    ]
