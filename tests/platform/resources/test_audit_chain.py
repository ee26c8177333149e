"""The audit trail is a chain that the database keeps, and that shows every change."""

import json
import threading
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from autosilo.platform.resources.people import audit, chained
from autosilo.platform.resources.people.models import AuditEntry, Person

NOW = datetime(2026, 3, 10, 4, 0, 5, 12, tzinfo=UTC)
ODD = {
    "ü": "”\n\t\\\x01\x7f",
    "number": 1.0,
    "big": 12345678901234567890,
    "small": 1e-7,
    "list": [None, True, {}],
    "a": "",
}
pytestmark = pytest.mark.django_db(transaction=True)


def write(count: int = 3, **changes) -> list[AuditEntry]:
    wish = {"actor": None, "action": "clock_moved", "target": "clock 时钟 🐱", "detail": ODD, "now": NOW}
    return [audit.record(**(wish | changes)) for _ in range(count)]


def by_force(sql: str, *values: object) -> None:
    """As somebody who owns the database may."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_auditentry DISABLE TRIGGER audit_keep")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE people_auditentry ENABLE TRIGGER audit_keep")


def test_what_the_database_hashes_is_what_we_check():
    operator = Person.objects.create_user("mei@example.org", "x")
    write()
    write(2, actor=operator, action="“quoted”\\", detail={})
    found = chained.verified()
    assert (found.count, found.last, found.broken) == (5, 5, None)
    assert chained.head().digest == found.head
    assert len(set(AuditEntry.objects.values_list("digest", flat=True))) == 5


def test_entries_of_one_transaction_follow_each_other_and_a_rolled_back_one_leaves_no_hole():
    write(1)
    with transaction.atomic():
        write(2)
        transaction.set_rollback(True)
    with transaction.atomic():
        write(2)
        assert AuditEntry.objects.filter(number=None).count() == 2, "chained at the end"
    assert chained.verified().count == 3


def emptied(table):
    """As with a shop's own settings, which are not those of tests."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL autosilo.tables_may_be_emptied = 'off'")
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_nothing_can_be_changed_or_deleted():
    (one, *_) = write()
    for forbidden in (
        lambda: AuditEntry.objects.filter(pk=one.pk).update(target="another"),
        lambda: AuditEntry.objects.filter(pk=one.pk).update(digest="0" * 64),
        lambda: AuditEntry.objects.filter(pk=one.pk).delete(),
        lambda: AuditEntry.objects.all().delete(),
        lambda: emptied("people_auditentry"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            forbidden()
    assert chained.verified().count == 3


@pytest.mark.parametrize(
    ("sql", "broken", "why"),
    [
        ("UPDATE people_auditentry SET detail = '{}' WHERE number = 2", 2, "changed"),
        ("UPDATE people_auditentry SET at = at + interval '1 microsecond' WHERE number = 1", 1, "changed"),
        ("DELETE FROM people_auditentry WHERE number = 2", 3, "missing"),
        ("UPDATE people_auditentry SET number = NULL, digest = NULL WHERE number = 3", 3, "not_chained"),
    ],
)
def test_who_owns_the_database_is_found_out(sql, broken, why):
    write()
    by_force(sql)
    found = chained.verified()
    assert (found.broken, found.why) == (broken, why)
    with pytest.raises(CommandError, match=f"entry {broken} does not follow"):
        call_command("audit_verify", stdout=StringIO())


def test_a_trail_that_was_cut_off_contradicts_what_was_noted():
    write()
    out = StringIO()
    call_command("audit_verify", stdout=out)
    noted = out.getvalue().split()[-1]
    call_command("audit_verify", "--noted", noted, stdout=StringIO())
    by_force("DELETE FROM people_auditentry WHERE number = 3")
    call_command("audit_verify", stdout=StringIO())
    out = StringIO()
    with pytest.raises(CommandError, match="cut off or written anew"):
        call_command("audit_verify", "--noted", noted, "--json", stdout=out)
    assert json.loads(out.getvalue())["entries"] == 2


def test_many_at_once_form_one_chain_and_nobody_waits_in_a_circle():
    def busy() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    write(2)
        finally:
            connection.close()

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert chained.verified().count == 80


def test_pages_of_the_walk_join(monkeypatch):
    monkeypatch.setattr(chained, "PAGE", 2)
    write(5)
    assert chained.verified().count == 5


def test_an_empty_trail_is_whole():
    found = chained.verified()
    assert (found.count, found.last, found.head, found.broken) == (0, 0, "0" * 64, None)
