from django.db import migrations

INDEX = "signin_passkey_once"


class Migration(migrations.Migration):
    """A passkey belongs to one account (Web Authentication Level 3, section 7.1, step 26): the database says so."""

    initial = True
    dependencies = [("mfa", "0003_authenticator_type_uniq")]
    operations = [
        migrations.RunSQL(
            f"CREATE UNIQUE INDEX {INDEX} ON mfa_authenticator ((data -> 'credential' ->> 'id')) WHERE type = 'webauthn'",
            f"DROP INDEX {INDEX}",
        )
    ]
