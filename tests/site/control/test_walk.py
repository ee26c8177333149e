"""The walk from bay to bay, and what the journal keeps of it."""

import sqlite3
from pathlib import Path

import pytest

from autosilo.site.control.journal import Journal
from autosilo.site.control.ledger import Ledger
from autosilo.site.control.walk import first_open, reconciliation
from autosilo.wire.books import Reconciliation, RowState

PLACES = ["L1.B0101", "L1.B0102", "L1.B0103"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Journal:
    journal = Journal(path)
    journal.commission({"L1.B0101": "V1", "L1.B0102": "V2"})
    return journal


@pytest.fixture
def ledger(journal: Journal) -> Ledger:
    return Ledger(journal)


def look(journal: Journal, ledger: Ledger, occupied: set[str] | None, *apart: str) -> Reconciliation:
    walk = ledger.walks["L1"]
    return reconciliation(
        walk,
        places=PLACES,
        inventory=journal.inventory,
        occupied=occupied,
        said=ledger.confirmed(walk),
        apart=apart,
    )


def states(walk: Reconciliation) -> list[RowState]:
    return [row.state for row in walk.rows]


def test_after_the_key_was_turned_every_place_must_be_confirmed(journal: Journal, ledger: Ledger) -> None:
    walk = ledger.open_walk("L1", why="the key switch was on Manual", every=True)
    seen = {"L1.B0101", "L1.B0102"}
    assert states(look(journal, ledger, seen)) == [RowState.AGREES] * 3
    for place in PLACES:
        open_row = first_open(look(journal, ledger, seen))
        assert open_row is not None
        assert open_row.place == place
        ledger.confirm(walk, place, journal.inventory.get(place), by="li")
    assert first_open(look(journal, ledger, seen)) is None
    row = look(journal, ledger, seen).rows[0]
    assert (row.state, row.by, row.vin, row.occupied) == (RowState.CONFIRMED, "li", "V1", True)


def test_after_a_disagreement_only_what_differs(journal: Journal, ledger: Ledger) -> None:
    walk = ledger.open_walk("L1", why="L1.B0103", every=False)
    seen = {"L1.B0101", "L1.B0103"}
    assert states(look(journal, ledger, seen)) == [RowState.AGREES, RowState.DIFFERS, RowState.DIFFERS]
    ledger.confirm(walk, "L1.B0103", "V2", by="li")
    assert dict(journal.inventory) == {"L1.B0101": "V1", "L1.B0103": "V2"}, "the car was moved by hand"
    assert first_open(look(journal, ledger, seen)) is None


def test_a_word_against_a_sensor_does_not_count(journal: Journal, ledger: Ledger) -> None:
    walk = ledger.open_walk("L1", why="", every=True)
    ledger.confirm(walk, "L1.B0101", None, by="li")
    row = first_open(look(journal, ledger, {"L1.B0101", "L1.B0102"}))
    assert row is not None
    assert (row.place, row.state) == ("L1.B0101", RowState.DIFFERS)


def test_a_place_where_something_moves_is_neither_compared_nor_asked_for(journal: Journal, ledger: Ledger) -> None:
    walk = ledger.open_walk("L1", why="", every=True)
    for place in PLACES[1:]:
        ledger.confirm(walk, place, journal.inventory.get(place), by="li")
    half_way = look(journal, ledger, {"L1.B0102"}, "L1.B0101")
    assert states(half_way) == [RowState.APART, RowState.CONFIRMED, RowState.CONFIRMED]
    assert first_open(half_way) is None
    over = look(journal, ledger, {"L1.B0101", "L1.B0102"})
    assert states(over)[0] is RowState.AGREES, "the move is over: somebody must look"
    assert first_open(over) == over.rows[0]


def test_what_was_confirmed_stays_so_while_something_moves_there(journal: Journal, ledger: Ledger) -> None:
    walk = ledger.open_walk("L1", why="", every=True)
    ledger.confirm(walk, "L1.B0101", "V1", by="li")
    assert states(look(journal, ledger, {"L1.B0102"}, "L1.B0101"))[0] is RowState.CONFIRMED


def test_without_the_plc_nothing_is_said_of_sensors(journal: Journal, ledger: Ledger) -> None:
    ledger.open_walk("L1", why="", every=True)
    assert {row.occupied for row in look(journal, ledger, None).rows} == {None}


def test_it_survives_a_restart_with_all_that_was_said(journal: Journal, ledger: Ledger, path: Path) -> None:
    walk = ledger.open_walk("L1", why="the key", every=False)
    ledger.confirm(walk, "L1.B0101", "V9", by="li")
    ledger.open_walk("L1", why="the key again", every=True)
    ledger.open_walk("L1", why="less", every=False)
    again_journal = Journal(path)
    again = Ledger(again_journal)
    assert (again.walks["L1"].why, again.walks["L1"].every) == ("the key again", True)
    assert again_journal.inventory["L1.B0101"] == "V9"
    said = again.confirmed(again.walks["L1"])["L1.B0101"]
    assert (said.before, said.after, said.by) == ("V1", "V9", "li")
    assert again.last_confirmations() == [said]
    again.finish(again.walks["L1"], by="li")
    assert Ledger(Journal(path)).walks == {}


def test_a_key_that_was_turned_is_asked_after_once_whatever_dies(ledger: Ledger, path: Path) -> None:
    ledger.note_mode_changes("L1", 4)
    assert ledger.walks == {}, "the first count that was ever read says nothing"
    ledger.key_turned("L1", 6, why="unseen")
    again = Ledger(Journal(path))
    assert (again.walks["L1"].why, again.walks["L1"].every, dict(again.mode_changes)) == ("unseen", True, {"L1": 6})
    assert again.walks == ledger.walks
    again.finish(again.walks["L1"], by="li")
    last = Ledger(Journal(path))
    assert (last.walks, last.mode_changes) == ({}, {"L1": 6})


def test_what_was_said_before_the_key_was_turned_again_counts_no_more(ledger: Ledger, path: Path) -> None:
    ledger.key_turned("L1", 2, why="unseen")
    first = ledger.walks["L1"]
    ledger.key_turned("L1", 3, why="again")
    assert ledger.walks["L1"] == first, "nothing had been said yet"
    said = ledger.confirm(first, "L1.B0101", "V1", by="li")
    ledger.key_turned("L1", 4, why="and again")
    for one in (ledger, Ledger(Journal(path))):
        assert (one.walks["L1"].why, dict(one.confirmed(one.walks["L1"]))) == ("and again", {})
        assert one.last_confirmations() == [said], "it stays in the books"


def test_a_walk_over_what_differs_becomes_one_over_every_place(ledger: Ledger) -> None:
    ledger.open_walk("L1", why="L1.B0103", every=False)
    ledger.key_turned("L1", 2, why="unseen")
    assert (ledger.walks["L1"].why, ledger.walks["L1"].every) == ("unseen", True)


def test_a_journal_from_before_turns_were_counted_is_taken_over(journal: Journal, path: Path) -> None:
    journal.db.execute("DROP TABLE key_switches")
    journal.close()
    assert Ledger(Journal(path)).mode_changes == {}


def test_blocks_and_service_survive_a_restart(ledger: Ledger, path: Path) -> None:
    ledger.block("L1.B0101", reason="leak", by="li")
    ledger.block("L1.B0102", reason="light", by="li")
    ledger.unblock("L1.B0102", by="wang")
    ledger.take_out("L1", reason="rope", by="wang")
    again = Ledger(Journal(path))
    assert {place: (one.reason, one.by) for place, one in again.blocked.items()} == {"L1.B0101": ("leak", "li")}
    assert again.out_of_service["L1"].reason == "rope"
    again.bring_in("L1", by="wang")
    assert Ledger(Journal(path)).out_of_service == {}
    notes = again._journal.db.execute("SELECT detail FROM notes WHERE what = 'order'").fetchall()
    assert [row[0] for row in notes][-2:] == ["out of service L1 by wang: rope", "in service L1 by wang"]


def test_a_journal_from_before_stations_were_units_is_taken_over(path: Path) -> None:
    db = sqlite3.connect(path)
    db.executescript(
        """
        CREATE TABLE lifts (lift TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
        CREATE TABLE commands (
            id INTEGER PRIMARY KEY AUTOINCREMENT, lift TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
            kind INTEGER NOT NULL, src TEXT NOT NULL, dst TEXT NOT NULL, vehicle_class INTEGER NOT NULL,
            deadline INTEGER NOT NULL, vin TEXT, job INTEGER, state TEXT NOT NULL, detail TEXT,
            intended TEXT NOT NULL, settled TEXT, UNIQUE (lift, epoch, seq)
        ) STRICT;
        CREATE UNIQUE INDEX one_open_command_a_lift ON commands (lift) WHERE state = 'open';
        INSERT INTO lifts VALUES ('L1', 7, 40);
        INSERT INTO commands (lift, epoch, seq, kind, src, dst, vehicle_class, deadline, vin, state, intended)
            VALUES ('L1', 7, 40, 2, 'L1.B0101', 'L1.D1', 0, 1, 'V1', 'open', 'now');
        """
    )
    db.close()
    journal = Journal(path)
    assert journal.numbers("L1") == (7, 40)
    command = journal.open_command("L1")
    assert command is not None
    assert (command.unit, command.key, command.vin) == ("L1", (7, 40), "V1")


def test_a_heavy_car_that_was_carried_away_is_still_known_to_be_heavy(
    path: Path, journal: Journal, ledger: Ledger
) -> None:
    """First it is said of its old place that nothing stands there; then the computer is restarted in mid-walk."""
    journal.learn_classes({"V1": 2})
    walk = ledger.open_walk("L1", why="the key switch was on Manual", every=True)
    ledger.confirm(walk, "L1.B0101", None, by="t")
    journal.close()
    again = Journal(path)
    later = Ledger(again)
    later.confirm(later.walks["L1"], "L1.B0103", "V1", by="t", at_least=1)
    assert (again.place_of("V1"), again.class_of("V1")) == ("L1.B0103", 2)
