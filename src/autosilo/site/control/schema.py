"""Tables of the tower's journal."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS units (
    unit TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS inventory (
    place TEXT PRIMARY KEY, vin TEXT NOT NULL UNIQUE, vehicle_class INTEGER NOT NULL DEFAULT 0, since TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS measured (
    vin TEXT PRIMARY KEY, vehicle_class INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job_key TEXT NOT NULL, purpose TEXT NOT NULL, vin TEXT NOT NULL,
    plate TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, lift TEXT, station TEXT, bay TEXT, detail TEXT,
    created TEXT NOT NULL, updated TEXT NOT NULL, UNIQUE (job_key, purpose)
) STRICT;
CREATE TABLE IF NOT EXISTS commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    kind INTEGER NOT NULL, src TEXT NOT NULL, dst TEXT NOT NULL, vehicle_class INTEGER NOT NULL,
    deadline INTEGER NOT NULL, vin TEXT, job INTEGER REFERENCES jobs (id), state TEXT NOT NULL, detail TEXT,
    intended TEXT NOT NULL, settled TEXT, UNIQUE (unit, epoch, seq)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_open_command_a_unit ON commands (unit) WHERE state = 'open';
CREATE TABLE IF NOT EXISTS notes (at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS blocked (
    place TEXT PRIMARY KEY, reason TEXT NOT NULL, by TEXT NOT NULL, since TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS out_of_service (
    lift TEXT PRIMARY KEY, reason TEXT NOT NULL, by TEXT NOT NULL, since TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS key_switches (lift TEXT PRIMARY KEY, changes INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS reconciliations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, lift TEXT NOT NULL, why TEXT NOT NULL, every INTEGER NOT NULL,
    since TEXT NOT NULL, finished TEXT, by TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_open_reconciliation_a_lift ON reconciliations (lift) WHERE finished IS NULL;
CREATE TABLE IF NOT EXISTS confirmations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, reconciliation INTEGER NOT NULL REFERENCES reconciliations (id),
    place TEXT NOT NULL, before TEXT, after TEXT, by TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS waits (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, guess_group TEXT NOT NULL, guess_s REAL NOT NULL,
    wait_s REAL NOT NULL, low_s REAL, high_s REAL
) STRICT;
"""

FROM_LIFTS_TO_UNITS = """
ALTER TABLE lifts RENAME TO units;
ALTER TABLE units RENAME COLUMN lift TO unit;
ALTER TABLE commands RENAME COLUMN lift TO unit;
DROP INDEX IF EXISTS one_open_command_a_lift;
"""
"""A journal that was begun when only lifts were units."""


WAITS_WITH_WHAT_WAS_TOLD = """
ALTER TABLE waits ADD COLUMN low_s REAL;
ALTER TABLE waits ADD COLUMN high_s REAL;
"""
"""A journal that was begun when only the guess was kept; of its waits nobody knows any more what was told."""


def prepare(db: sqlite3.Connection) -> None:
    """Durable at each commit; every table there, in its present form."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    if db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lifts'").fetchone():
        db.executescript(f"BEGIN;{FROM_LIFTS_TO_UNITS}COMMIT;")
    db.executescript(SCHEMA)
    if "low_s" not in {row[1] for row in db.execute("PRAGMA table_info(waits)")}:
        db.executescript(f"BEGIN;{WAITS_WITH_WHAT_WAS_TOLD}COMMIT;")
