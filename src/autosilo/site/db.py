"""The site's own SQLite file: visits, outbox and the few settings that must survive a power cut.

``synchronous=FULL`` makes a commit durable before anything physical follows from it. ``secure_delete`` overwrites what
is deleted or replaced. The write-ahead log is emptied after a template is shredded (``scrub``), since a log would
otherwise still hold the old page. All calls are short and run on the event loop's thread: single writer, no locks.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autosilo.meter import Part, spent

_SCHEMA = """
CREATE TABLE visit (
    trial TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('expected', 'collecting', 'out', 'returning', 'done')),
    forgotten TEXT,
    vin TEXT NOT NULL,
    plate TEXT NOT NULL,
    model_name TEXT NOT NULL,
    paint_hex TEXT NOT NULL,
    greeting TEXT NOT NULL,
    language TEXT NOT NULL,
    collect_from TEXT NOT NULL,
    collect_until TEXT NOT NULL,
    return_until TEXT NOT NULL,
    pass_digest TEXT NOT NULL,
    code_salt TEXT NOT NULL,
    code_digest TEXT NOT NULL,
    sealed TEXT,
    wrong_codes INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT,
    method TEXT,
    kiosk TEXT,
    at_gate TEXT
);
CREATE INDEX visit_by_pass ON visit (pass_digest);
CREATE UNIQUE INDEX one_visit_moves_a_car ON visit (vin) WHERE state IN ('collecting', 'returning');
CREATE TABLE visit_history (
    trial TEXT NOT NULL REFERENCES visit (trial),
    at TEXT NOT NULL,
    was TEXT,
    now TEXT NOT NULL,
    why TEXT NOT NULL
);
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE seen_order (id TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE car (vin TEXT PRIMARY KEY, odometer_km REAL, charge REAL, paint_hex TEXT);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
PRAGMA user_version = 1;
"""

_ACCESSES = """
CREATE TABLE access (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE TRIGGER access_stays BEFORE UPDATE ON access BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER access_is_kept BEFORE DELETE ON access BEGIN SELECT RAISE(ABORT, 'append-only'); END;
PRAGMA user_version = 2;
"""

_ORDERED = """
ALTER TABLE visit ADD COLUMN ordered TEXT;
PRAGMA user_version = 3;
"""

_MODES = """
ALTER TABLE visit ADD COLUMN mode TEXT NOT NULL DEFAULT 'face_expected'
    CHECK (mode IN ('face_expected', 'pass_face', 'pass_code'));
PRAGMA user_version = 4;
"""

_VERSIONS = (_SCHEMA, _ACCESSES, _ORDERED, _MODES)


class SiteDb:
    """One connection, explicit transactions."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._depth = 0
        self._unscrubbed = True  # what the last process may not have got to
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        for step in _VERSIONS[self._connection.execute("PRAGMA user_version").fetchone()[0] :]:
            self._connection.executescript(f"BEGIN; {step} COMMIT;")

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        """One statement; outside a transaction it is its own, with its own commit."""
        if self._depth:
            return self._connection.execute(sql, values)
        with spent(Part.JOURNAL):
            return self._connection.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner one joins the outer. Never ``await`` inside."""
        if self._depth:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        else:
            with spent(Part.JOURNAL):
                self._connection.execute("COMMIT")
        finally:
            self._depth = 0

    def scrub(self) -> bool:
        """Leave no old page of a shredded template in the write-ahead log. False while somebody else reads the file (a
        backup): then it is done by the next ``scrub_again``. Does not wait, since everything else would."""
        busy = self._connection.execute("PRAGMA busy_timeout").fetchone()[0]
        self._connection.execute("PRAGMA busy_timeout=0")
        try:
            refused, _pages, _moved = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self._connection.execute(f"PRAGMA busy_timeout={busy}")
        self._unscrubbed = bool(refused)
        return not self._unscrubbed

    def scrub_again(self) -> bool:
        """Make up for a ``scrub`` that was in a reader's way; True when nothing is left to do."""
        return not self._unscrubbed or self.scrub()

    def setting(self, name: str) -> str | None:
        row = self.row("SELECT value FROM setting WHERE name = ?", name)
        return None if row is None else str(row["value"])

    def keep_setting(self, name: str, value: str) -> None:
        self.execute(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def close(self) -> None:
        self._connection.close()
