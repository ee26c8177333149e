"""The site's log of every access to biometric data: a chain of digests in its own file (``autosilo.chain``).

An entry is written in the transaction of what it tells of, so neither is there without the other. It names the visit
and never a picture, an embedding or a score. ``autosilo site accesses NAME`` checks it; the platform hears of its
entries since the last time, so that a log that was cut off or written anew is found out.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from autosilo.chain import GENESIS, Checked, Entry, check, digest
from autosilo.site.clock import SiteClock
from autosilo.site.db import SiteDb
from autosilo.site.uplink.outbox import Outbox
from autosilo.wire.accesses import MOST_ENTRIES, AccessesLogged, LoggedAccess

TELL_S: Final = 600.0
"""Between two reports of the newest entries, where there are newer ones."""
TOLD: Final = "accesses_told"
"""The setting that has the number of the last entry that was reported."""


def _real_time() -> datetime:
    return datetime.now(UTC)


class AccessLog:
    """Appends and reads; the caller's transaction is joined."""

    def __init__(self, db: SiteDb, *, now: Callable[[], datetime] = _real_time) -> None:
        self._db = db
        self._now = now

    def note(self, action: str, *, trial: UUID | None = None, **detail: str | int) -> None:
        """One access. The time is the computer's, not the demo's."""
        with self._db.transaction():
            number, before = self.head()
            entry = Entry(
                number=number + 1,
                at=self._now(),
                who="",
                action=action,
                target="" if trial is None else f"trial {trial}",
                detail=json.dumps(detail, sort_keys=True),
            )
            self._db.execute(
                "INSERT INTO access (number, at, action, target, detail, previous, digest)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                entry.number,
                entry.at.isoformat(timespec="microseconds"),
                entry.action,
                entry.target,
                entry.detail,
                before,
                digest(entry, before),
            )

    def head(self) -> tuple[int, str]:
        """Number and digest of the newest entry."""
        row = self._db.row("SELECT number, digest FROM access ORDER BY number DESC LIMIT 1")
        return (0, GENESIS) if row is None else (row["number"], row["digest"])

    def digest_of(self, number: int) -> str | None:
        row = self._db.row("SELECT digest FROM access WHERE number = ?", number)
        return None if row is None else str(row["digest"])

    def verified(self) -> Checked:
        """Walk all of it."""
        return check(self._entries())

    def told(self) -> int | None:
        """The last entry that was reported; None where that is not known."""
        number = self._db.setting(TOLD)
        return None if number is None else int(number)

    @contextmanager
    def telling(self, number: int) -> Iterator[None]:
        """What reports the entries up to ``number``: both or neither."""
        with self._db.transaction():
            yield
            self._db.keep_setting(TOLD, str(number))

    def since(self, number: int, *, most: int) -> list[Entry]:
        """The entries after that one, so many at once."""
        return list(self._entries("WHERE number > ? ORDER BY number LIMIT ?", number, most))

    def _entries(self, which: str = "ORDER BY number", *values: object) -> Iterator[Entry]:
        for row in self._db.rows(f"SELECT * FROM access {which}", *values):  # noqa: S608  the words are ours
            yield Entry(
                number=row["number"],
                at=datetime.fromisoformat(row["at"]),
                who="",
                action=row["action"],
                target=row["target"],
                detail=row["detail"],
                previous=row["previous"],
                digest=row["digest"],
            )


class AccessReports:
    """One loop: tells the platform of the newest entries."""

    def __init__(self, *, site: str, accesses: AccessLog, clock: SiteClock, outbox: Outbox) -> None:
        self._site, self._accesses, self._clock, self._outbox = site, accesses, clock, outbox

    async def run(self) -> None:
        """For ever."""
        while True:
            self.look()
            await asyncio.sleep(TELL_S)

    def look(self) -> None:
        told = self._accesses.told()
        if told is None:
            self._tell(*self._accesses.head(), [])
            return
        while entries := self._accesses.since(told, most=MOST_ENTRIES):
            told = entries[-1].number
            self._tell(told, str(entries[-1].digest), entries)

    def _tell(self, number: int, digest: str, entries: list[Entry]) -> None:
        with self._accesses.telling(number):
            if number:
                logged = tuple(LoggedAccess.model_validate(one, from_attributes=True) for one in entries)
                self._outbox.put(
                    AccessesLogged(at=self._clock.now(), site=self._site, number=number, digest=digest, entries=logged)
                )
