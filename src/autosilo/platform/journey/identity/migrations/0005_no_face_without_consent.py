"""The database itself keeps no template without a standing consent, and no consent is rewritten."""

from typing import ClassVar

from django.db import migrations

# Judged at the end of a transaction: a second selfie under other words withdraws the old consent before the new one is
# there. A deferred trigger sees the row as it was then, so each looks at how things stand now.
GUARD = """
CREATE FUNCTION face_needs_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM identity_facetemplate face JOIN identity_biometricconsent consent ON consent.id = face.consent_id
        WHERE face.destroyed_at IS NULL
          AND (consent.withdrawn_at IS NOT NULL OR consent.trial_id <> face.trial_id)
          AND CASE TG_TABLE_NAME WHEN 'identity_facetemplate' THEN face.id = NEW.id ELSE consent.id = NEW.id END
    ) THEN
        RAISE EXCEPTION 'a face is kept only under a standing consent' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER face_needs_consent AFTER INSERT OR UPDATE ON identity_facetemplate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION face_needs_consent();
CREATE CONSTRAINT TRIGGER face_needs_consent AFTER UPDATE ON identity_biometricconsent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION face_needs_consent();

CREATE FUNCTION consent_is_only_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL
       OR (NEW.id, NEW.person_id, NEW.trial_id, NEW.text_version, NEW.text_digest, NEW.language, NEW.given_at)
          IS DISTINCT FROM
          (OLD.id, OLD.person_id, OLD.trial_id, OLD.text_version, OLD.text_digest, OLD.language, OLD.given_at)
    THEN
        RAISE EXCEPTION 'a consent can only be withdrawn, once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_is_only_withdrawn BEFORE UPDATE ON identity_biometricconsent
    FOR EACH ROW EXECUTE FUNCTION consent_is_only_withdrawn();
"""

UNDO = """
DROP TRIGGER consent_is_only_withdrawn ON identity_biometricconsent;
DROP FUNCTION consent_is_only_withdrawn();
DROP TRIGGER face_needs_consent ON identity_biometricconsent;
DROP TRIGGER face_needs_consent ON identity_facetemplate;
DROP FUNCTION face_needs_consent();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identity", "0004_signed_consents")]

    operations: ClassVar = [migrations.RunSQL(GUARD, UNDO)]
