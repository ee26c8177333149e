"""Orders get a number instead of a random key, so that they are published in the order of their making."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sites", "0001_initial")]

    operations = [
        migrations.DeleteModel("OutgoingOrder"),
        migrations.CreateModel(
            name="OutgoingOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.UUIDField(help_text="the id in the message, for de-duplication", unique=True)),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="sites.site")),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at", None)), fields=["site", "id"], name="order_not_yet_sent"
                    )
                ],
            },
        ),
    ]
