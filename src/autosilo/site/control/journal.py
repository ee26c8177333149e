"""The tower's journal: what was intended, what became of it, and where each car is. SQLite, flushed at each commit.

One row of ``commands`` is written before its command leaves this process; the inventory changes in the transaction in
which the command's outcome is noted. Read with any SQLite client.
"""

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from autosilo.meter import Part, spent
from autosilo.wire.mailbox import Command, Kind

SCHEMA = """
CREATE TABLE IF NOT EXISTS lifts (
    lift TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS inventory (
    place TEXT PRIMARY KEY, vin TEXT NOT NULL UNIQUE, vehicle_class INTEGER NOT NULL DEFAULT 0, since TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job_key TEXT NOT NULL, purpose TEXT NOT NULL, vin TEXT NOT NULL,
    plate TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, lift TEXT, station TEXT, bay TEXT, detail TEXT,
    created TEXT NOT NULL, updated TEXT NOT NULL, UNIQUE (job_key, purpose)
) STRICT;
CREATE TABLE IF NOT EXISTS commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT, lift TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    kind INTEGER NOT NULL, src TEXT NOT NULL, dst TEXT NOT NULL, vehicle_class INTEGER NOT NULL,
    deadline INTEGER NOT NULL, vin TEXT, job INTEGER REFERENCES jobs (id), state TEXT NOT NULL, detail TEXT,
    intended TEXT NOT NULL, settled TEXT, UNIQUE (lift, epoch, seq)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_open_command_a_lift ON commands (lift) WHERE state = 'open';
CREATE TABLE IF NOT EXISTS notes (at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
"""


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
    lift: str
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


class Journal:
    """All methods are short and synchronous; each write is one durable transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(SCHEMA)
        self._inventory = {row["place"]: row["vin"] for row in self._db.execute("SELECT * FROM inventory")}
        self._classes = {row["vin"]: row["vehicle_class"] for row in self._db.execute("SELECT * FROM inventory")}

    def close(self) -> None:
        self._db.close()

    # --- inventory ---

    @property
    def inventory(self) -> Mapping[str, str]:
        """Place -> VIN."""
        return self._inventory

    def place_of(self, vin: str) -> str | None:
        return next((place for place, one in self._inventory.items() if one == vin), None)

    def class_of(self, vin: str) -> int:
        """Number of the smallest vehicle class that covers the car, 0 when it was never measured."""
        return self._classes.get(vin, 0)

    def commissioned(self) -> bool:
        """Has the first inventory been taken over?"""
        return self._db.execute("SELECT 1 FROM notes WHERE what = 'commissioned'").fetchone() is not None

    def commission(self, cars: Mapping[str, str]) -> None:
        """The first inventory, once. ``cars``: place -> VIN."""
        with self._transaction():
            for place, vin in cars.items():
                self._put(place, vin, 0)
            self._note("commissioned", f"{len(cars)} cars")

    def arrive(self, *, place: str, vin: str, vehicle_class: int, job: int, state: str) -> JournalledJob:
        """A car came in from outside, as its job notes in ``state``."""
        with self._transaction():
            self._put(place, vin, vehicle_class)
            self._set_job(job, state=state)
        return self.job(job)

    def leave(self, *, vin: str, job: int, state: str) -> JournalledJob:
        """A car went out, as its job notes in ``state``."""
        with self._transaction():
            self._take(vin)
            self._set_job(job, state=state)
        return self.job(job)

    # --- commands ---

    def numbers(self, lift: str) -> tuple[int, int]:
        """Present (epoch, seq) of a lift, (0, 0) at first."""
        row = self._db.execute("SELECT epoch, seq FROM lifts WHERE lift = ?", (lift,)).fetchone()
        return (row["epoch"], row["seq"]) if row else (0, 0)

    def raise_epoch(self, lift: str, *, above: tuple[int, int]) -> int:
        """A new epoch, above every one that journal or PLC (``above``: its epoch and seq) ever used.

        Seq goes on rising across epochs, so that no two commands ever share one.
        """
        epoch, seq = self.numbers(lift)
        epoch, seq = max(epoch, above[0]) + 1, max(seq, above[1])
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO lifts VALUES (?, ?, ?)", (lift, epoch, seq))
        return epoch

    def intend(
        self,
        *,
        lift: str,
        kind: Kind,
        deadline: int,
        src: str = "",
        dst: str = "",
        vehicle_class: int = 0,
        vin: str | None = None,
        job: int | None = None,
    ) -> JournalledCommand:
        """Write down a command with the next ``Seq`` before it may be sent.

        MOVE and gate commands stay open until settled; a lift has one at most (``sqlite3.IntegrityError`` otherwise).
        SYNC and RESUME are noted only: they are harmless to repeat.
        """
        tracked = kind in (Kind.MOVE, Kind.OPEN_GATE, Kind.SHUT_GATE)
        state = CommandState.OPEN if tracked else CommandState.ENDED
        with self._transaction():
            epoch, seq = self.numbers(lift)
            seq += 1
            self._db.execute("UPDATE lifts SET seq = ? WHERE lift = ?", (seq, lift))
            cursor = self._db.execute(
                "INSERT INTO commands (lift, epoch, seq, kind, src, dst, vehicle_class, deadline, vin, job, state,"
                " intended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (lift, epoch, seq, kind, src, dst, vehicle_class, deadline, vin, job, state, _now()),
            )
        number = cursor.lastrowid or 0
        command = Command(epoch, seq, number, kind, src, dst, vehicle_class, deadline)
        return JournalledCommand(number, lift, command, vin, job, state)

    def open_command(self, lift: str) -> JournalledCommand | None:
        """The command whose outcome is not known yet."""
        row = self._db.execute("SELECT * FROM commands WHERE lift = ? AND state = 'open'", (lift,)).fetchone()
        return _command(row) if row else None

    def settle(self, command: JournalledCommand, state: CommandState, detail: str = "") -> None:
        """Note the outcome; a MOVE that ended moves its car in the same transaction."""
        with self._transaction():
            changed = self._db.execute(
                "UPDATE commands SET state = ?, detail = ?, settled = ? WHERE id = ? AND state = 'open'",
                (state, detail, _now(), command.id),
            ).rowcount
            if changed != 1:
                raise AssertionError(f"command {command.id} was settled twice")
            if state is CommandState.ENDED and command.command.kind == Kind.MOVE and command.vin:
                vehicle_class = self._classes.get(command.vin, 0)
                self._take(command.vin)
                self._put(command.command.dst, command.vin, vehicle_class)

    # --- jobs ---

    def find_job(self, job_key: str, purpose: str) -> JournalledJob | None:
        row = self._db.execute("SELECT * FROM jobs WHERE job_key = ? AND purpose = ?", (job_key, purpose)).fetchone()
        return _job(row) if row else None

    def job(self, number: int) -> JournalledJob:
        return _job(self._db.execute("SELECT * FROM jobs WHERE id = ?", (number,)).fetchone())

    def jobs_not_in(self, states: Collection[str]) -> list[JournalledJob]:
        """Jobs in any other state, oldest first."""
        marks = ", ".join("?" * len(states))
        query = f"SELECT * FROM jobs WHERE state NOT IN ({marks}) ORDER BY id"  # noqa: S608  question marks only
        return [_job(row) for row in self._db.execute(query, tuple(states))]

    def add_job(self, *, job_key: str, purpose: str, vin: str, plate: str, lift: str, state: str) -> JournalledJob:
        """A new job, or a new attempt of one that had ended without success."""
        now = _now()
        with self._transaction():
            self._db.execute(
                "INSERT INTO jobs (job_key, purpose, vin, plate, state, lift, created, updated)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_key, purpose) DO UPDATE SET vin = excluded.vin,"
                " plate = excluded.plate, state = excluded.state, lift = excluded.lift, station = NULL, bay = NULL,"
                " detail = NULL, updated = excluded.updated",
                (job_key, purpose, vin, plate, state, lift, now, now),
            )
        found = self.find_job(job_key, purpose)
        if found is None:
            raise AssertionError("the job was not written")
        return found

    def update_job(self, number: int, **changes: str | None) -> JournalledJob:
        """Set ``state``, ``station``, ``bay``, ``lift`` or ``detail``."""
        with self._transaction():
            self._set_job(number, **changes)
        return self.job(number)

    def note(self, what: str, detail: str) -> None:
        """A remark for people: holds and who released them."""
        with self._transaction():
            self._note(what, detail)

    # --- inside ---

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        inventory, classes = dict(self._inventory), dict(self._classes)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with spent(Part.JOURNAL):
                self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            self._inventory, self._classes = inventory, classes
            raise

    def _put(self, place: str, vin: str, vehicle_class: int) -> None:
        self._db.execute("INSERT INTO inventory VALUES (?, ?, ?, ?)", (place, vin, vehicle_class, _now()))
        self._inventory[place] = vin
        self._classes[vin] = vehicle_class

    def _take(self, vin: str) -> None:
        self._db.execute("DELETE FROM inventory WHERE vin = ?", (vin,))
        self._inventory = {place: one for place, one in self._inventory.items() if one != vin}
        self._classes.pop(vin, None)

    def _set_job(self, number: int, **changes: str | None) -> None:
        unknown = set(changes) - {"state", "station", "bay", "lift", "detail"}
        if unknown:
            raise ValueError(f"no such columns: {unknown}")
        columns = ", ".join(f"{name} = ?" for name in changes)
        self._db.execute(
            f"UPDATE jobs SET {columns}, updated = ? WHERE id = ?",  # noqa: S608  names checked above
            (*changes.values(), _now(), number),
        )

    def _note(self, what: str, detail: str) -> None:
        self._db.execute("INSERT INTO notes VALUES (?, ?, ?)", (_now(), what, detail))


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
    return JournalledCommand(row["id"], row["lift"], command, row["vin"], row["job"], CommandState(row["state"]))


def _job(row: sqlite3.Row) -> JournalledJob:
    return JournalledJob(
        **{name: row[name] for name in row.keys() if name not in ("created", "updated")}  # noqa: SIM118  not a dict
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
