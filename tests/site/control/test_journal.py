"""The journal keeps its promises over restarts."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autosilo.site.control.journal import CommandState, Journal, JournalledCommand
from autosilo.wire.mailbox import Kind


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sites" / "x" / "journal.db"


@pytest.fixture
def journal(path: Path) -> Journal:
    journal = Journal(path)
    journal.commission({"L1.B0101": "V1", "L1.B0102": "V2"})
    journal.raise_epoch("L1", above=(0, 0))
    return journal


def move(journal: Journal, vin: str, src: str, dst: str) -> JournalledCommand:
    return journal.intend(unit="L1", kind=Kind.MOVE, deadline=1, src=src, dst=dst, vin=vin)


def test_every_commit_is_flushed(journal: Journal) -> None:
    assert journal.db.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


def test_an_intent_is_there_after_a_restart(journal: Journal, path: Path) -> None:
    command = move(journal, "V1", "L1.B0101", "L1.D1")
    again = Journal(path).open_command("L1")
    assert again == command


def test_only_an_outcome_moves_a_car(journal: Journal, path: Path) -> None:
    command = move(journal, "V1", "L1.B0101", "L1.D1")
    assert Journal(path).place_of("V1") == "L1.B0101"
    journal.settle(command, CommandState.ENDED)
    assert Journal(path).inventory == journal.inventory == {"L1.D1": "V1", "L1.B0102": "V2"}
    assert journal.open_command("L1") is None


@pytest.mark.parametrize("state", [CommandState.REJECTED, CommandState.ABORTED, CommandState.VOID])
def test_any_other_outcome_leaves_it_where_it_was(journal: Journal, state: CommandState) -> None:
    journal.settle(move(journal, "V1", "L1.B0101", "L1.D1"), state)
    assert journal.place_of("V1") == "L1.B0101"


def test_what_is_settled_is_forgotten_after_ninety_days(journal: Journal, path: Path) -> None:
    settled = move(journal, "V1", "L1.B0101", "L1.D1")
    journal.settle(settled, CommandState.ENDED)
    journal.note("held", "old")
    ago = (datetime.now(UTC) - timedelta(days=91)).isoformat()
    journal.db.execute("UPDATE commands SET intended = ?", (ago,))
    journal.db.execute("UPDATE notes SET at = ?", (ago,))
    move(journal, "V2", "L1.B0102", "L1.B0101")
    journal.note("held", "new")
    still_open = journal.open_command("L1")
    assert still_open is not None
    journal.db.execute("UPDATE commands SET intended = ? WHERE id = ?", (ago, still_open.id))
    journal.prune()
    assert journal.open_command("L1") == still_open
    assert not journal.knows("L1", *settled.key)
    assert [row["detail"] for row in journal.db.execute("SELECT detail FROM notes")] == ["2 cars", "new"]
    again = Journal(path)
    assert again.commissioned()
    assert again.inventory == {"L1.D1": "V1", "L1.B0102": "V2"}
    assert again.numbers("L1") == still_open.key


def test_nothing_is_settled_twice(journal: Journal) -> None:
    command = move(journal, "V1", "L1.B0101", "L1.D1")
    journal.settle(command, CommandState.VOID)
    with pytest.raises(AssertionError, match="settled twice"):
        journal.settle(command, CommandState.ENDED)
    assert journal.place_of("V1") == "L1.B0101"


def test_a_unit_has_one_open_command(journal: Journal) -> None:
    move(journal, "V1", "L1.B0101", "L1.D1")
    before = journal.numbers("L1")
    with pytest.raises(sqlite3.IntegrityError):
        move(journal, "V2", "L1.B0102", "L1.D2")
    assert journal.numbers("L1") == before, "the number was not used up"


def test_a_place_holds_one_car_and_a_failed_write_changes_nothing(journal: Journal) -> None:
    command = move(journal, "V1", "L1.B0101", "L1.B0102")
    with pytest.raises(sqlite3.IntegrityError):
        journal.settle(command, CommandState.ENDED)
    assert journal.inventory == {"L1.B0101": "V1", "L1.B0102": "V2"}
    assert journal.open_command("L1") == command


def test_epoch_and_seq_only_rise(journal: Journal, path: Path) -> None:
    epoch = journal.raise_epoch("L1", above=(7, 40))
    assert epoch == 8
    first = journal.intend(unit="L1", kind=Kind.SYNC, deadline=1)
    again = Journal(path)
    assert again.raise_epoch("L1", above=(3, 3)) == 9
    second = again.intend(unit="L1", kind=Kind.SYNC, deadline=1)
    assert first.key == (8, 41)
    assert second.key == (9, 42)


def test_a_job_is_found_by_its_key_and_begins_anew_under_it(journal: Journal, path: Path) -> None:
    job = journal.add_job(job_key="k", purpose="collect", vin="V1", plate="", lift="L1", state="queued")
    journal.update_job(job.id, station="L1.D1", state="abandoned")
    found = Journal(path).find_job("k", "collect")
    assert found is not None
    assert (found.state, found.station) == ("abandoned", "L1.D1")
    assert Journal(path).find_job("k", "return") is None
    anew = journal.add_job(job_key="k", purpose="collect", vin="V1", plate="", lift="L1", state="queued")
    assert (anew.id, anew.state, anew.station) == (job.id, "queued", None)
    assert journal.open_jobs() == Journal(path).open_jobs() == [anew]
    journal.update_job(anew.id, state="done")
    assert journal.open_jobs() == Journal(path).open_jobs() == []


def test_leaving_and_arriving_go_with_the_job(journal: Journal, path: Path) -> None:
    job = journal.add_job(job_key="k", purpose="collect", vin="V1", plate="", lift="L1", state="gate_open")
    assert journal.leave(vin="V1", job=job.id, state="left").state == "left"
    assert Journal(path).place_of("V1") is None
    journal.arrive(place="L1.I1", vin="V1", vehicle_class=2, job=job.id, state="accepted")
    again = Journal(path)
    assert (again.place_of("V1"), again.class_of("V1")) == ("L1.I1", 2)


def test_what_is_learnt_of_a_car_that_was_never_measured_is_kept(journal: Journal, path: Path) -> None:
    journal.learn_classes({"V1": 2})
    assert (Journal(path).class_of("V1"), Journal(path).class_of("V2")) == (2, 0)


def test_a_unit_that_was_never_fenced_uses_its_numbers_up_too(journal: Journal) -> None:
    first, second = (journal.intend(unit="L1.D1", kind=Kind.SYNC, deadline=1) for _ in range(2))
    assert (first.key, second.key) == ((0, 1), (0, 2))
