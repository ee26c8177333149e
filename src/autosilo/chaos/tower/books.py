"""The controller's journal, read from outside: SQLite, read-only, at any time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from autosilo.chaos.tower.audit import Intent
from autosilo.wire.mailbox import Kind


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


def holds(path: Path) -> list[str]:
    """Why each hold was, in the controller's words."""
    with _opened(path) as database:
        return [row[0] for row in database.execute("SELECT detail FROM notes WHERE what = 'held'")]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        yield database
