"""What the journal keeps besides cars and commands: blocked bays, lifts out of service, walks from bay to bay, and
how often each key switch was turned when it was last asked why."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from autosilo.site.control.journal import Journal

LAST_CONFIRMATIONS = 50
KEY_TURNED = "the key switch, which was turned"
"""Who ended a walk that begins anew."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a bay is blocked, or a lift out of service."""

    reason: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Walk:
    """An open reconciliation. ``every``: each place must be confirmed, not only those that differ."""

    id: int
    lift: str
    why: str
    every: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """One confirmation."""

    place: str
    before: str | None
    after: str | None
    by: str
    at: datetime


class Ledger:
    """Reads are from memory; each write is one durable transaction of the journal. ``after_walk`` is called when a walk
    is over, whoever ended it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.after_walk: Callable[[], None] = lambda: None
        self.blocked: Mapping[str, Remark] = self._remarks("blocked")
        self.out_of_service: Mapping[str, Remark] = self._remarks("out_of_service")
        self.mode_changes = {row["lift"]: row["changes"] for row in journal.db.execute("SELECT * FROM key_switches")}
        """Lift -> the count of its key switch's turns up to which a walk was asked for."""
        rows = journal.db.execute("SELECT * FROM reconciliations WHERE finished IS NULL ORDER BY id")
        self.walks: dict[str, Walk] = {row["lift"]: _walk(row) for row in rows}
        self._said = {walk.id: self._confirmed(walk) for walk in self.walks.values()}

    # --- bays and lifts ---

    def block(self, place: str, *, reason: str, by: str) -> None:
        """Anew with another reason, too."""
        self._remark("blocked", place, reason, by, f"blocked {place}")
        self.blocked = self._remarks("blocked")

    def unblock(self, place: str, *, by: str) -> None:
        self._forget("blocked", place, f"unblocked {place} by {by}")
        self.blocked = self._remarks("blocked")

    def take_out(self, lift: str, *, reason: str, by: str) -> None:
        self._remark("out_of_service", lift, reason, by, f"out of service {lift}")
        self.out_of_service = self._remarks("out_of_service")

    def bring_in(self, lift: str, *, by: str) -> None:
        self._forget("out_of_service", lift, f"in service {lift} by {by}")
        self.out_of_service = self._remarks("out_of_service")

    # --- walks ---

    def open_walk(self, lift: str, *, why: str, every: bool) -> Walk:
        """A new one, or the open one; from "what differs" to "every place" it only ever grows."""
        walk = self.walks.get(lift)
        if walk is not None and (walk.every or not every):
            return walk
        with self._journal.transaction():
            if walk is None:
                self._journal.db.execute(
                    "INSERT INTO reconciliations (lift, why, every, since) VALUES (?, ?, ?, ?)",
                    (lift, why, int(every), _now().isoformat()),
                )
            else:
                self._journal.db.execute("UPDATE reconciliations SET every = 1, why = ? WHERE id = ?", (why, walk.id))
        row = self._journal.db.execute(
            "SELECT * FROM reconciliations WHERE lift = ? AND finished IS NULL", (lift,)
        ).fetchone()
        self.walks[lift] = _walk(row)
        self._said.setdefault(self.walks[lift].id, {})
        return self.walks[lift]

    def note_mode_changes(self, lift: str, changes: int) -> None:
        """The first count that was ever read of this lift: nothing was missed."""
        with self._journal.transaction():
            self._write_mode_changes(lift, changes)
        self.mode_changes[lift] = changes

    def key_turned(self, lift: str, changes: int, *, why: str) -> None:
        """A walk over every place, in the transaction in which its count of turns is noted: it is asked for once,
        and a crash loses it not. What was said before the key was turned is not believed any more."""
        old, now = self.walks.get(lift), _now()
        anew = old is None or not old.every or bool(self._said[old.id])
        with self._journal.transaction():
            self._write_mode_changes(lift, changes)
            if anew:
                self._journal.db.execute(
                    "UPDATE reconciliations SET finished = ?, by = ? WHERE lift = ? AND finished IS NULL",
                    (now.isoformat(), KEY_TURNED, lift),
                )
                number = self._journal.db.execute(
                    "INSERT INTO reconciliations (lift, why, every, since) VALUES (?, ?, 1, ?)",
                    (lift, why, now.isoformat()),
                ).lastrowid
        self.mode_changes[lift] = changes
        if anew:
            walk = self.walks[lift] = Walk(number or 0, lift, why, True, now)
            self._said[walk.id] = {}
            if old is not None:
                del self._said[old.id]

    def confirmed(self, walk: Walk) -> Mapping[str, Said]:
        """What was said in this walk, by place: the last word for each."""
        return self._said[walk.id]

    def confirm(self, walk: Walk, place: str, vin: str | None, *, by: str, at_least: int = 0) -> Said:
        """Somebody has looked: the inventory says so from now on, in the same transaction. ``at_least``: vehicle class
        of a car that was never measured."""
        journal, now = self._journal, _now()
        before = journal.inventory.get(place)
        with journal.transaction():
            journal.db.execute(
                "INSERT INTO confirmations (reconciliation, place, before, after, by, at) VALUES (?, ?, ?, ?, ?, ?)",
                (walk.id, place, before, vin, by, now.isoformat()),
            )
            if vin != before:
                if before is not None:
                    journal.take(before)
                if vin is not None:
                    vehicle_class = journal.class_of(vin) or at_least
                    journal.take(vin)
                    journal.put(place, vin, vehicle_class)
        self._said[walk.id][place] = Said(place, before, vin, by, now)
        return self._said[walk.id][place]

    def finish(self, walk: Walk, *, by: str) -> None:
        with self._journal.transaction():
            self._journal.db.execute(
                "UPDATE reconciliations SET finished = ?, by = ? WHERE id = ?", (_now().isoformat(), by, walk.id)
            )
        del self.walks[walk.lift]
        self._said.pop(walk.id, None)
        self.after_walk()

    def taken_out(self, vin: str) -> bool:
        """Did somebody say of a lift whose walk is not over that this car does not stand where it stood? Also in a walk
        that began anew, since what the books lost in it is still to be found."""
        query = (
            "SELECT 1 FROM confirmations JOIN reconciliations ON reconciliations.id = reconciliation"
            " WHERE before = ? AND lift IN (SELECT lift FROM reconciliations WHERE finished IS NULL)"
        )
        return self._journal.db.execute(query, (vin,)).fetchone() is not None

    def last_confirmations(self) -> list[Said]:
        """Of any walk, newest first."""
        rows = self._journal.db.execute("SELECT * FROM confirmations ORDER BY id DESC LIMIT ?", (LAST_CONFIRMATIONS,))
        return [_said(row) for row in rows]

    # --- inside ---

    def _write_mode_changes(self, lift: str, changes: int) -> None:
        self._journal.db.execute("INSERT OR REPLACE INTO key_switches VALUES (?, ?)", (lift, changes))

    def _confirmed(self, walk: Walk) -> dict[str, Said]:
        rows = self._journal.db.execute("SELECT * FROM confirmations WHERE reconciliation = ? ORDER BY id", (walk.id,))
        return {row["place"]: _said(row) for row in rows}

    def _remarks(self, table: str) -> dict[str, Remark]:
        rows = self._journal.db.execute(f"SELECT * FROM {table}")  # noqa: S608  one of two names of ours
        return {row[0]: Remark(row["reason"], row["by"], datetime.fromisoformat(row["since"])) for row in rows}

    def _remark(self, table: str, name: str, reason: str, by: str, note: str) -> None:
        with self._journal.transaction():
            self._journal.db.execute(
                f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)",  # noqa: S608  as above
                (name, reason, by, _now().isoformat()),
            )
            self._journal.write_note("order", f"{note} by {by}: {reason}")

    def _forget(self, table: str, name: str, note: str) -> None:
        column = "place" if table == "blocked" else "lift"
        with self._journal.transaction():
            self._journal.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608  as above
            self._journal.write_note("order", note)


def _walk(row: sqlite3.Row) -> Walk:
    return Walk(row["id"], row["lift"], row["why"], bool(row["every"]), datetime.fromisoformat(row["since"]))


def _said(row: sqlite3.Row) -> Said:
    return Said(row["place"], row["before"], row["after"], row["by"], datetime.fromisoformat(row["at"]))


def _now() -> datetime:
    return datetime.now(UTC)
