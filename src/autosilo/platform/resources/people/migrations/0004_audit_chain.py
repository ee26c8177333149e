"""The audit trail becomes a chain of digests that the database itself keeps.

At the end of a transaction, when nothing else is waited for any more, its new entries are numbered and chained under one
lock: two transactions that both write entries wait for each other's commit only, and cannot wait in a circle.
"""

from typing import ClassVar

from django.db import migrations, models

LOCK = 7_241_906_113
"""Any number that no other advisory lock has."""

WORDS = """
CREATE FUNCTION audit_digest(previous text, number bigint, at timestamptz, actor bigint, action text, target text,
                             detail jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to('[' || concat_ws(', ',
        to_jsonb(previous)::text, number::text,
        to_jsonb(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text,
        to_jsonb(coalesce(actor::text, ''))::text, to_jsonb(action)::text, to_jsonb(target)::text, detail::text
    ) || ']', 'UTF8')), 'hex')
$$;
"""

CHAIN = f"""
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head record;
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK});
    SELECT number, digest INTO head FROM people_auditentry WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1;
    UPDATE people_auditentry SET
        number = coalesce(head.number, 0) + 1,
        previous = coalesce(head.digest, repeat('0', 64)),
        digest = audit_digest(coalesce(head.digest, repeat('0', 64)), coalesce(head.number, 0) + 1,
                              at, actor_id, action, target, detail)
        WHERE id = NEW.id AND number IS NULL;
    RETURN NULL;
END $$;
"""

EXISTING = """
DO $$
DECLARE
    row record;
    last text := repeat('0', 64);
    count bigint := 0;
    own text;
BEGIN
    FOR row IN SELECT * FROM people_auditentry ORDER BY id LOOP
        count := count + 1;
        own := audit_digest(last, count, row.at, row.actor_id, row.action, row.target, row.detail);
        UPDATE people_auditentry SET number = count, previous = last, digest = own WHERE id = row.id;
        last := own;
    END LOOP;
END $$;
"""

KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND
       (OLD.id, OLD.at, OLD.actor_id, OLD.action, OLD.target, OLD.detail)
       IS NOT DISTINCT FROM (NEW.id, NEW.at, NEW.actor_id, NEW.action, NEW.target, NEW.detail) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""

TRIGGERS = """
CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON people_auditentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON people_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_keep();
"""

UNDO = """
DROP TRIGGER audit_keep ON people_auditentry;
DROP TRIGGER audit_chain ON people_auditentry;
DROP FUNCTION audit_keep();
DROP FUNCTION audit_chain();
DROP FUNCTION audit_digest(text, bigint, timestamptz, bigint, text, text, jsonb);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0003_mark_known_licences")]

    operations: ClassVar = [
        migrations.AddField("auditentry", "number", models.BigIntegerField(null=True, unique=True, editable=False)),
        migrations.AddField("auditentry", "previous", models.CharField(max_length=64, null=True, editable=False)),
        migrations.AddField("auditentry", "digest", models.CharField(max_length=64, null=True, editable=False)),
        migrations.RunSQL("".join([WORDS, CHAIN, EXISTING, KEEP, TRIGGERS]), UNDO),
    ]
