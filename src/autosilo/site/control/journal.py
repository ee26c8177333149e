"""The tower's journal: what was intended, what became of it, and where each car is. SQLite, flushed at each commit.

One row of ``commands`` is written before its command leaves this process; the inventory changes in the transaction in
which the command's outcome is noted. Read with any SQLite client.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from autosilo.meter import Part, spent
from autosilo.site.control.schema import prepare
from autosilo.site.control.states import ENDED
from autosilo.tower.eta import ToldWait
from autosilo.wire.mailbox import Command, Kind

MOVING = frozenset({Kind.MOVE, Kind.OPEN_GATE, Kind.SHUT_GATE, Kind.PARK})
"""Kinds whose outcome must be settled."""

KEEP = timedelta(days=90)
"""How long settled commands and notes are kept."""


class CommandState(StrEnum):
    OPEN = "open"
    """Intended, perhaps sent, perhaps running: only the PLC knows."""
    ENDED = "ended"
    REJECTED = "rejected"
    ABORTED = "aborted"
    VOID = "void"
    """Never begun, and fenced off so that it never can be."""


@dataclass(frozen=True, slots=True)
class JournalledCommand:
    """One row of ``commands``."""

    id: int
    unit: str
    command: Command
    vin: str | None
    job: int | None
    state: CommandState

    @property
    def key(self) -> tuple[int, int]:
        return self.command.epoch, self.command.seq


@dataclass(frozen=True, slots=True)
class JournalledJob:
    """One row of ``jobs``."""

    id: int
    job_key: str
    purpose: str
    vin: str
    plate: str
    state: str
    lift: str | None
    station: str | None
    bay: str | None
    detail: str | None
    created: str
    """When it was last asked for (ISO 8601, UTC)."""

    @property
    def since(self) -> float:
        """The same in seconds since 1970."""
        return datetime.fromisoformat(self.created).timestamp()


class Journal:
    """All methods are short and synchronous; each write is one durable transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        prepare(self.db)
        self._inventory = {row["place"]: row["vin"] for row in self.db.execute("SELECT * FROM inventory")}
        self._classes = {row["vin"]: row["vehicle_class"] for row in self.db.execute("SELECT * FROM measured")}
        self._classes |= {row["vin"]: row["vehicle_class"] for row in self.db.execute("SELECT * FROM inventory")}
        self._open = {job.id: job for job in self._jobs_not_ended()}

    def prune(self) -> None:
        """Take out what is older than ``KEEP``: commands that are settled, and notes but for the first inventory's."""
        before = (datetime.now(UTC) - KEEP).isoformat()
        with self.transaction():
            self.db.execute("DELETE FROM commands WHERE state != 'open' AND intended < ?", (before,))
            self.db.execute("DELETE FROM waits WHERE at < ?", (before,))
            self.db.execute("DELETE FROM measured WHERE at < ? AND vin NOT IN (SELECT vin FROM inventory)", (before,))
            self.db.execute("DELETE FROM notes WHERE what != 'commissioned' AND at < ?", (before,))

    def close(self) -> None:
        self.db.close()

    # --- inventory ---

    @property
    def inventory(self) -> Mapping[str, str]:
        """Place -> VIN."""
        return self._inventory

    def place_of(self, vin: str) -> str | None:
        return next((place for place, one in self._inventory.items() if one == vin), None)

    def class_of(self, vin: str) -> int:
        """Number of the smallest vehicle class that covers the car, 0 when it was never measured. Also of one that is
        not inside now: in a walk somebody says of a heavy car first where it no longer is."""
        return self._classes.get(vin, 0)

    def commissioned(self) -> bool:
        """Has the first inventory been taken over?"""
        return self.db.execute("SELECT 1 FROM notes WHERE what = 'commissioned'").fetchone() is not None

    def commission(self, cars: Mapping[str, str]) -> None:
        """The first inventory, once. ``cars``: place -> VIN."""
        with self.transaction():
            for place, vin in cars.items():
                self.put(place, vin, 0)
            self.write_note("commissioned", f"{len(cars)} cars")

    def learn_classes(self, classes: Mapping[str, int]) -> None:
        """Of cars that were never measured. ``classes``: VIN -> number."""
        with self.transaction():
            for vin, number in classes.items():
                self.db.execute("UPDATE inventory SET vehicle_class = ? WHERE vin = ?", (number, vin))
                self._note_class(vin, number)

    def arrive(self, *, place: str, vin: str, vehicle_class: int, job: int, state: str) -> JournalledJob:
        """A car came in from outside, as its job notes in ``state``."""
        with self.transaction():
            self.put(place, vin, vehicle_class)
            self._set_job(job, state=state)
        return self._remember(self.job(job))

    def leave(self, *, vin: str, job: int, state: str) -> JournalledJob:
        """A car went out, as its job notes in ``state``."""
        with self.transaction():
            self.take(vin)
            self._set_job(job, state=state)
        return self._remember(self.job(job))

    # --- commands ---

    def numbers(self, unit: str) -> tuple[int, int]:
        """Present (epoch, seq) of a unit, (0, 0) at first."""
        row = self.db.execute("SELECT epoch, seq FROM units WHERE unit = ?", (unit,)).fetchone()
        return (row["epoch"], row["seq"]) if row else (0, 0)

    def raise_epoch(self, unit: str, *, above: tuple[int, int]) -> int:
        """A new epoch, above every one that journal or PLC (``above``: its epoch and seq) ever used.

        Seq goes on rising across epochs, so that no two commands ever share one.
        """
        epoch, seq = self.numbers(unit)
        epoch, seq = max(epoch, above[0]) + 1, max(seq, above[1])
        with self.transaction():
            self.db.execute("INSERT OR REPLACE INTO units VALUES (?, ?, ?)", (unit, epoch, seq))
        return epoch

    def intend(
        self,
        *,
        unit: str,
        kind: Kind,
        deadline: int,
        src: str = "",
        dst: str = "",
        vehicle_class: int = 0,
        vin: str | None = None,
        job: int | None = None,
    ) -> JournalledCommand:
        """Write down a command with the next ``Seq`` before it may be sent.

        What moves stays open until settled; a unit has one such command at most (``sqlite3.IntegrityError`` otherwise).
        SYNC and RESUME are noted only: they are harmless to repeat.
        """
        tracked = kind in MOVING
        state = CommandState.OPEN if tracked else CommandState.ENDED
        with self.transaction():
            epoch, seq = self.numbers(unit)
            seq += 1
            self.db.execute("INSERT OR IGNORE INTO units VALUES (?, ?, 0)", (unit, epoch))
            self.db.execute("UPDATE units SET seq = ? WHERE unit = ?", (seq, unit))
            cursor = self.db.execute(
                "INSERT INTO commands (unit, epoch, seq, kind, src, dst, vehicle_class, deadline, vin, job, state,"
                " intended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (unit, epoch, seq, kind, src, dst, vehicle_class, deadline, vin, job, state, _now()),
            )
        number = cursor.lastrowid or 0
        command = Command(epoch, seq, number, kind, src, dst, vehicle_class, deadline)
        return JournalledCommand(number, unit, command, vin, job, state)

    def open_command(self, unit: str) -> JournalledCommand | None:
        """The command whose outcome is not known yet."""
        row = self.db.execute("SELECT * FROM commands WHERE unit = ? AND state = 'open'", (unit,)).fetchone()
        return _command(row) if row else None

    def knows(self, unit: str, epoch: int, seq: int) -> bool:
        """Was this command ever written down here?"""
        query = "SELECT 1 FROM commands WHERE unit = ? AND epoch = ? AND seq = ?"
        return self.db.execute(query, (unit, epoch, seq)).fetchone() is not None

    def settle(self, command: JournalledCommand, state: CommandState, detail: str = "") -> None:
        """Note the outcome; a MOVE that ended moves its car in the same transaction."""
        with self.transaction():
            changed = self.db.execute(
                "UPDATE commands SET state = ?, detail = ?, settled = ? WHERE id = ? AND state = 'open'",
                (state, detail, _now(), command.id),
            ).rowcount
            if changed != 1:
                raise AssertionError(f"command {command.id} was settled twice")
            if state is CommandState.ENDED and command.command.kind == Kind.MOVE and command.vin:
                vehicle_class = self._classes.get(command.vin, 0)
                self.take(command.vin)
                self.put(command.command.dst, command.vin, vehicle_class)

    # --- jobs ---

    def find_job(self, job_key: str, purpose: str) -> JournalledJob | None:
        row = self.db.execute("SELECT * FROM jobs WHERE job_key = ? AND purpose = ?", (job_key, purpose)).fetchone()
        return _job(row) if row else None

    def job(self, number: int) -> JournalledJob:
        return _job(self.db.execute("SELECT * FROM jobs WHERE id = ?", (number,)).fetchone())

    def open_jobs(self) -> list[JournalledJob]:
        """Jobs that have not ended, in the order in which they were asked for."""
        return sorted(self._open.values(), key=lambda job: (job.created, job.id))

    def add_job(
        self,
        *,
        job_key: str,
        purpose: str,
        vin: str,
        state: str,
        plate: str = "",
        lift: str | None = None,
        detail: str | None = None,
    ) -> JournalledJob:
        """A new job, or a new attempt of one that had ended without success."""
        now = _now()
        with self.transaction():
            self.db.execute(
                "INSERT INTO jobs (job_key, purpose, vin, plate, state, lift, detail, created, updated)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_key, purpose) DO UPDATE SET vin = excluded.vin,"
                " plate = excluded.plate, state = excluded.state, lift = excluded.lift, station = NULL, bay = NULL,"
                " detail = excluded.detail, created = excluded.created, updated = excluded.updated",
                (job_key, purpose, vin, plate, state, lift, detail, now, now),
            )
        found = self.find_job(job_key, purpose)
        if found is None:
            raise AssertionError("the job was not written")
        self._remember(found)
        return found

    def update_job(self, number: int, **changes: str | None) -> JournalledJob:
        """Set ``state``, ``station``, ``bay``, ``lift`` or ``detail``."""
        with self.transaction():
            self._set_job(number, **changes)
        return self._remember(self.job(number))

    def note(self, what: str, detail: str) -> None:
        """A remark for people: holds and who released them."""
        with self.transaction():
            self.write_note(what, detail)

    # --- waits ---

    def add_wait(self, *, guess_s: float, told: ToldWait) -> None:
        """How long somebody waited, beside what was expected and told when the wait began."""
        with self.transaction():
            self.db.execute(
                "INSERT INTO waits (at, guess_group, guess_s, wait_s, low_s, high_s) VALUES (?, ?, ?, ?, ?, ?)",
                (_now(), told.group, guess_s, told.wait_s, told.low_s, told.high_s),
            )

    def waits(self, last: int) -> list[tuple[str, float, float]]:
        """(group, expected, waited) of the last so many."""
        rows = self.db.execute("SELECT * FROM waits ORDER BY id DESC LIMIT ?", (last,))
        return [(row["guess_group"], row["guess_s"], row["wait_s"]) for row in rows]

    def told_waits(self, last: int) -> list[ToldWait]:
        """The last so many of which is known what was told."""
        query = "SELECT * FROM waits WHERE high_s IS NOT NULL ORDER BY id DESC LIMIT ?"
        rows = self.db.execute(query, (last,))
        return [ToldWait(row["guess_group"], row["low_s"], row["high_s"], row["wait_s"]) for row in rows]

    # --- inside ---

    def _jobs_not_ended(self) -> list[JournalledJob]:
        marks = ", ".join("?" * len(ENDED))
        query = f"SELECT * FROM jobs WHERE state NOT IN ({marks})"  # noqa: S608  question marks only
        return [_job(row) for row in self.db.execute(query, tuple(ENDED))]

    def _remember(self, job: JournalledJob) -> JournalledJob:
        if job.state in ENDED:
            self._open.pop(job.id, None)
        else:
            self._open[job.id] = job
        return job

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, the inventory in memory too. Not to be nested."""
        inventory, classes = dict(self._inventory), dict(self._classes)
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with spent(Part.JOURNAL):
                self.db.execute("COMMIT")
        except BaseException:
            self.db.execute("ROLLBACK")
            self._inventory, self._classes = inventory, classes
            raise

    def put(self, place: str, vin: str, vehicle_class: int) -> None:
        """Within a transaction."""
        self.db.execute("INSERT INTO inventory VALUES (?, ?, ?, ?)", (place, vin, vehicle_class, _now()))
        self._inventory[place] = vin
        self._note_class(vin, vehicle_class)

    def take(self, vin: str) -> None:
        """Within a transaction."""
        self.db.execute("DELETE FROM inventory WHERE vin = ?", (vin,))
        self._inventory = {place: one for place, one in self._inventory.items() if one != vin}

    def _note_class(self, vin: str, vehicle_class: int) -> None:
        if self._classes.get(vin) != vehicle_class:
            row = (vin, vehicle_class, _now())
            self.db.execute("INSERT OR REPLACE INTO measured VALUES (?, ?, ?)", row)
            self._classes[vin] = vehicle_class

    def _set_job(self, number: int, **changes: str | None) -> None:
        unknown = set(changes) - {"state", "station", "bay", "lift", "detail"}
        if unknown:
            raise ValueError(f"no such columns: {unknown}")
        columns = ", ".join(f"{name} = ?" for name in changes)
        self.db.execute(
            f"UPDATE jobs SET {columns}, updated = ? WHERE id = ?",  # noqa: S608  names checked above
            (*changes.values(), _now(), number),
        )

    def write_note(self, what: str, detail: str) -> None:
        """Within a transaction."""
        self.db.execute("INSERT INTO notes VALUES (?, ?, ?)", (_now(), what, detail))


def _command(row: sqlite3.Row) -> JournalledCommand:
    command = Command(
        row["epoch"],
        row["seq"],
        row["id"],
        row["kind"],
        row["src"],
        row["dst"],
        row["vehicle_class"],
        row["deadline"],
    )
    return JournalledCommand(row["id"], row["unit"], command, row["vin"], row["job"], CommandState(row["state"]))


def _job(row: sqlite3.Row) -> JournalledJob:
    return JournalledJob(
        **{name: row[name] for name in row.keys() if name != "updated"}  # noqa: SIM118  not a dict
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
