"""The controller's journal, read from outside: SQLite, read-only, at any time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from autosilo.chaos.tower.audit import Intent
from autosilo.site.control.states import ENDED
from autosilo.wire.mailbox import Kind


def begun(path: Path) -> bool:
    """Is there a journal with all its tables yet? The first controller makes it, the waits last."""
    try:
        with _opened(path) as database:
            return bool(database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'waits'").fetchone()[0])
    except sqlite3.OperationalError:
        return False


def intents(path: Path) -> list[Intent]:
    """Every MOVE that the controller ever intended."""
    with _opened(path) as database:
        rows = database.execute(
            "SELECT unit, epoch, seq, vin, src, dst, state FROM commands WHERE kind = ?", (int(Kind.MOVE),)
        )
        return [Intent((row[0], row[1], row[2]), row[3] or "", row[4], row[5], row[6]) for row in rows]


def inventory(path: Path) -> dict[str, str]:
    """Place -> VIN, as the controller believes."""
    with _opened(path) as database:
        return dict(database.execute("SELECT place, vin FROM inventory"))


def unended(path: Path) -> list[str]:
    """Jobs of the journal that have not come to an end, each as a sentence."""
    with _opened(path) as database:
        rows = database.execute("SELECT job_key, purpose, state, vin FROM jobs")
        return [f"{key}: {purpose} of {vin} is {state}" for key, purpose, state, vin in rows if state not in ENDED]


def standing(path: Path) -> dict[str, list[str]]:
    """The technician's orders that hold: bays that are blocked, lifts that are out of service."""
    with _opened(path) as database:
        blocked = [place for (place,) in database.execute("SELECT place FROM blocked")]
        return {
            "blocked": blocked,
            "out of service": [one for (one,) in database.execute("SELECT lift FROM out_of_service")],
        }


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        yield database
