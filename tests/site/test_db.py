"""What is shredded leaves the site's files, also when somebody else reads them meanwhile."""

import sqlite3
from pathlib import Path

import pytest

from autosilo.site.db import SiteDb

SEALED = "a sealed template " * 20


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "site.db"


def on_disk(file: Path) -> bytes:
    return b"".join(one.read_bytes() for one in file.parent.iterdir() if not one.name.endswith("-shm"))


def kept_and_shredded(db: SiteDb) -> None:
    db.keep_setting("sealed", SEALED)
    db.execute("DELETE FROM setting WHERE name = 'sealed'")


def test_a_scrub_leaves_nothing(file: Path) -> None:
    db = SiteDb(file)
    kept_and_shredded(db)
    assert SEALED.encode() in on_disk(file), "the write-ahead log has it until then"
    assert db.scrub()
    assert SEALED.encode() not in on_disk(file)
    db.close()


def test_a_scrub_in_a_readers_way_is_made_up_for(file: Path) -> None:
    db = SiteDb(file)
    db.keep_setting("sealed", SEALED)
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM setting").fetchall()
    db.execute("DELETE FROM setting WHERE name = 'sealed'")
    assert not db.scrub()
    assert not db.scrub_again()
    assert SEALED.encode() in on_disk(file)
    reader.close()
    assert db.scrub_again()
    assert SEALED.encode() not in on_disk(file)
    db.close()


def test_what_the_last_process_did_not_get_to_is_made_up_for(file: Path) -> None:
    before = SiteDb(file)
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM setting").fetchall()
    kept_and_shredded(before)
    assert not before.scrub()
    before.close()  # the reader is still there: closing cannot empty the log either
    after = SiteDb(file)
    reader.close()
    assert after.scrub_again()
    assert SEALED.encode() not in on_disk(file)
    after.close()


def test_a_lock_is_still_waited_for_afterwards(file: Path) -> None:
    db = SiteDb(file)
    db.scrub()
    assert db.row("PRAGMA busy_timeout")[0] > 0
    db.close()
