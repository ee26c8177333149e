"""The audit trail as a chain: is it whole, and where does it end?"""

from dataclasses import replace

from django.db import connection

from autosilo.chain import START, Checked, Entry, check
from autosilo.platform.resources.people.models import AuditEntry

PAGE = 2000

_PAGE_SQL = """
SELECT number, at, coalesce(actor_id::text, ''), action, target, detail::text, previous, digest
FROM people_auditentry WHERE number > %s ORDER BY number LIMIT %s
"""


def verified() -> Checked:
    """Walk the whole chain, page by page."""
    seen = START
    while page := _page(after=seen.last):
        seen = check(page, after=seen)
        if seen.broken is not None:
            return seen
    loose = AuditEntry.objects.filter(number=None).order_by("id").values_list("id", flat=True).first()
    if loose is not None:
        return replace(seen, broken=seen.last + 1, why="not_chained")
    return seen


def _page(*, after: int) -> list[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(_PAGE_SQL, [after, PAGE])
        rows = cursor.fetchall()
    return [
        Entry(
            number=row[0],
            at=row[1],
            who=row[2],
            action=row[3],
            target=row[4],
            detail=row[5],
            previous=row[6],
            digest=row[7],
        )
        for row in rows
    ]


def head() -> AuditEntry | None:
    """The newest entry that is chained."""
    return AuditEntry.objects.filter(number__isnull=False).order_by("-number").first()


def digest_of(number: int) -> str | None:
    """The digest of one entry, None where there is none."""
    return AuditEntry.objects.filter(number=number).values_list("digest", flat=True).first()
