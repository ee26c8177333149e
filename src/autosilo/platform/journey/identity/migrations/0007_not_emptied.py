"""What is only ever added to cannot be emptied at one stroke either: row triggers do not see TRUNCATE."""

from typing import ClassVar

from django.db import migrations

TABLES = {"people_auditentry": "the audit trail", "identity_consentact": "signed consents"}

KEEP = """
CREATE FUNCTION keep_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('autosilo.tables_may_be_emptied', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
"""


def _trigger(table: str, words: str) -> str:
    return (
        f"CREATE TRIGGER keep_whole BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION keep_whole('{words}');\n"
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identity", "0006_template_modes"), ("people", "0004_audit_chain")]

    operations: ClassVar = [
        migrations.RunSQL(
            KEEP + "".join(_trigger(*one) for one in TABLES.items()),
            "".join(f"DROP TRIGGER keep_whole ON {table};\n" for table in TABLES) + "DROP FUNCTION keep_whole();",
        )
    ]
