"""Memberships from a list that somebody else keeps: CSV with ``email,tier,until``, tried before it is applied.

The list owns what it once set (``source``): it may raise, renew and lower that. A standing premium membership from
elsewhere is never touched.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Membership, Person, Tier

COLUMNS = ("email", "tier", "until")
MOST_LINES = 50_000
MOST_BYTES = 4 * 2**20
AT_ONCE = 1000  # rows a query
SOURCE_LENGTH = 40
OWN_SOURCES = frozenset({"platform", "demo", "test"})
"""Names that the platform itself uses; a list must not take them on."""


class CannotImport(Refusal):
    messages = {
        "header": _("The first line must name the columns email, tier and until, in any order."),
        "too_long": _("This list is too long: at most 50,000 lines and 4 MiB."),
        "not_text": _("This is not a text in UTF-8."),
        "source": _("Give the list a name of its own, of at most 40 letters, digits, dots and hyphens."),
        "mistakes": _("Nothing was applied: some lines have mistakes."),
    }


class Outcome(StrEnum):
    """What a line would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    KEPT = "kept"  # a standing premium membership from elsewhere
    MISTAKE = "mistake"


class Mistake(StrEnum):
    COLUMNS = "columns"
    EMAIL = "email"
    UNKNOWN = "unknown"
    TIER = "tier"
    UNTIL = "until"
    TWICE = "twice"


MISTAKES = {
    Mistake.COLUMNS: _("not three values"),
    Mistake.EMAIL: _("no e-mail address"),
    Mistake.UNKNOWN: _("nobody has this e-mail address here"),
    Mistake.TIER: _("the tier is neither basic nor premium"),
    Mistake.UNTIL: _("until is no date (YYYY-MM-DD), or is over"),
    Mistake.TWICE: _("the address was there before"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """``number`` as an editor counts, the header being 1. ``until`` is the last day, in UTC."""

    number: int
    email: str
    tier: str = ""
    until: date | None = None
    outcome: Outcome = Outcome.MISTAKE
    mistake: Mistake | None = None
    person_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    source: str
    lines: tuple[Line, ...]

    @property
    def mistakes(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.outcome is Outcome.MISTAKE)

    def count(self, outcome: Outcome) -> int:
        return sum(line.outcome is outcome for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        return {outcome.value: self.count(outcome) for outcome in Outcome}


def plan(*, text: str, source: str, now: datetime) -> Plan:
    """What applying this list would do; changes nothing. Raises ``CannotImport``."""
    allowed = source.replace(".", "").replace("-", "")
    if not (allowed.isascii() and allowed.isalnum()) or len(source) > SOURCE_LENGTH or source in OWN_SOURCES:
        raise CannotImport("source")
    read = list(_read(text, now))
    lines: list[Line] = []
    for start in range(0, len(read), AT_ONCE):
        lines += _judge(read[start : start + AT_ONCE], source, now)
    return Plan(source=source, lines=tuple(lines))


@transaction.atomic
def apply(*, text: str, source: str, by: Person, now: datetime) -> Plan:
    """All of it or nothing, with one entry in the audit trail. Raises ``CannotImport``; ``detail["plan"]`` with
    ``mistakes``."""
    found = plan(text=text, source=source, now=now)
    if found.mistakes:
        raise CannotImport("mistakes", plan=found)
    for line in found.lines:
        if line.person_id is not None and line.outcome in (Outcome.NEW, Outcome.CHANGED):
            Membership.objects.update_or_create(
                person_id=line.person_id,
                defaults={"tier": line.tier, "since": now, "until": _end_of(line.until), "source": source},
            )
    audit.record(actor=by, action="memberships_imported", target=f"list {source}", detail=found.counts, now=now)
    return found


def decode(raw: bytes) -> str:
    """Raises ``CannotImport``."""
    if len(raw) > MOST_BYTES:
        raise CannotImport("too_long")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotImport("not_text") from error


def _read(text: str, now: datetime) -> Iterator[Line]:
    if len(text.encode()) > MOST_BYTES or text.count("\n") > MOST_LINES:
        raise CannotImport("too_long")
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        if sorted(header) != sorted(COLUMNS):
            raise CannotImport("header")
        seen: set[str] = set()
        for row in rows:
            if any(value.strip() for value in row):
                yield _line(rows.line_num, dict(zip(header, row, strict=False)), len(row), seen, now)
    except csv.Error:
        yield Line(number=rows.line_num, email="", mistake=Mistake.COLUMNS)


def _line(number: int, row: dict[str, str], width: int, seen: set[str], now: datetime) -> Line:
    email = row.get("email", "").strip().lower()
    tier, until = row.get("tier", "").strip().lower(), row.get("until", "").strip()
    mistake = None
    last: date | None = None
    if width != len(COLUMNS):
        mistake = Mistake.COLUMNS
    elif "@" not in email:
        mistake = Mistake.EMAIL
    elif email in seen:
        mistake = Mistake.TWICE
    elif tier not in Tier.values:
        mistake = Mistake.TIER
    elif until:
        last = _date(until)
        if last is None or last < now.date():
            mistake = Mistake.UNTIL
    seen.add(email)
    return Line(number=number, email=email[:254], tier=tier[:20], until=last, mistake=mistake)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _judge(lines: list[Line], source: str, now: datetime) -> list[Line]:
    """Two queries for ``AT_ONCE`` lines."""
    by_address = Person.objects.annotate(address=Lower("email")).filter(address__in=[line.email for line in lines])
    people = dict(by_address.values_list("address", "pk"))
    held = {row.person_id: row for row in Membership.objects.filter(person__in=people.values())}
    return [_judged(line, people.get(line.email), held, source, now) for line in lines]


def _judged(line: Line, person_id: int | None, held: dict[int, Membership], source: str, now: datetime) -> Line:
    mistake = line.mistake or (Mistake.UNKNOWN if person_id is None else None)
    if mistake is not None or person_id is None:
        return Line(number=line.number, email=line.email, mistake=mistake)
    row = held.get(person_id)
    if row is None:
        outcome = Outcome.NEW
    elif row.source != source and _stands(row, now):
        outcome = Outcome.KEPT
    elif (row.source, row.tier, row.until) == (source, line.tier, _end_of(line.until)):
        outcome = Outcome.SAME
    else:
        outcome = Outcome.CHANGED
    return Line(
        number=line.number, email=line.email, tier=line.tier, until=line.until, outcome=outcome, person_id=person_id
    )


def _stands(row: Membership, now: datetime) -> bool:
    return row.tier == Tier.PREMIUM and (row.until is None or row.until > now)


def _end_of(day: date | None) -> datetime | None:
    """The last moment of the day before it is the next."""
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) - timedelta(microseconds=1)
