"""Logs that show when they were changed: each entry carries the digest of the one before it.

Platform and sites keep such logs of who did what and of every access to biometric data, in their own stores; what is
hashed, and how it is checked, is said once, here. Whoever may write to a store may also write a new chain from the
beginning, so the newest digest (the head) is told outside as well: a site tells the platform, and the commands that
check a log print it to be noted.
"""

import hashlib
import json
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

GENESIS: Final = "0" * 64
"""What the first entry follows."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """``detail`` is JSON as its store writes it, character for character; ``who`` is empty when a machine acted."""

    number: int
    at: datetime
    who: str
    action: str
    target: str
    detail: str
    previous: str | None = None
    digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """How far a chain holds: ``count`` entries up to ``head``, or ``broken`` with the number of the first that does not
    and why (``missing``, ``changed``, ``not_chained``)."""

    count: int
    head: str
    last: int
    broken: int | None = None
    why: str = ""

    @property
    def end(self) -> str:
        """What a later run is told with ``--noted``."""
        return f"{self.last}:{self.head}"


START: Final = Checked(count=0, head=GENESIS, last=0)


def words(entry: Entry, previous: str) -> str:
    """What is hashed: a JSON array with a space after each comma, as PostgreSQL writes ``jsonb``."""
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    plain = (previous, entry.number, at, entry.who, entry.action, entry.target)
    return "[" + ", ".join([*(json.dumps(one, ensure_ascii=False) for one in plain), entry.detail]) + "]"


def digest(entry: Entry, previous: str) -> str:
    """Hex SHA-256 over the entry and the digest of the one before."""
    return hashlib.sha256(words(entry, previous).encode()).hexdigest()


def check(entries: Iterable[Entry], *, after: Checked = START) -> Checked:
    """Walk a chain in the order of its numbers; ``after`` goes on where an earlier walk ended."""
    seen = after
    for entry in entries:
        why = _wrong(entry, seen)
        if why:
            return replace(seen, broken=entry.number, why=why)
        seen = Checked(count=seen.count + 1, head=str(entry.digest), last=entry.number)
    return seen


@dataclass(frozen=True, kw_only=True)
class NotedEntry:
    """What an earlier run printed of the newest entry."""

    number: int
    digest: str


WHY: Final = {
    "missing": "one before it is missing, or it stands in another place",
    "changed": "it is not what was written",
    "not_chained": "it was written past the chain",
}


def noted(text: str) -> NotedEntry:
    """Read ``NUMBER:DIGEST``. Raises ``ArgumentTypeError``."""
    number, _, hexed = text.partition(":")
    if not number.isdecimal() or len(hexed) != len(GENESIS):
        raise ArgumentTypeError("NUMBER:DIGEST is wanted, as an earlier run printed it")
    return NotedEntry(number=int(number), digest=hexed)


def what_is_wrong(found: Checked, noted: Iterable[NotedEntry], digest_of: Callable[[int], str | None]) -> str:
    """In words, empty when all holds: within itself, and with what was noted outside."""
    if found.broken is not None:
        return f"entry {found.broken} does not follow: {WHY[found.why]}"
    for one in noted:
        if one.number and digest_of(one.number) != one.digest:
            return f"entry {one.number} is not the one that was noted: the log was cut off or written anew"
    return ""


def told(found: Checked, problem: str, *, as_json: bool) -> str:
    """What the commands that check a log print; ``problem`` is that of ``what_is_wrong``."""
    if as_json:
        return json.dumps({"entries": found.count, "head": found.end, "problem": problem})
    return "" if problem else f"{found.count} entries, all as they were written\n{found.end}"


def _wrong(entry: Entry, seen: Checked) -> str:
    if entry.digest is None:
        return "not_chained"
    if entry.number != seen.last + 1 or entry.previous != seen.head:
        return "missing"
    return "" if digest(entry, seen.head) == entry.digest else "changed"
