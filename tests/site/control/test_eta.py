"""The wait that is told follows from the dispatch's own plan, and from how wrong such guesses were before."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autosilo.site.control.dispatching import Dispatching
from autosilo.site.control.journal import Journal
from autosilo.site.control.states import Collect, Purpose
from autosilo.site.control.types import CannotFetch
from autosilo.site.control.waits import AGAIN_AFTER, Guess, Waits
from autosilo.tower.eta import Coverage, Estimate
from autosilo.tower.eta.estimate import BEFORE_ANY_DATA
from autosilo.tower.kinematics import move_s

FIRST, SECOND, THIRD = "LSVAA4187E2000001", "LSVAA4187E2000002", "LSVAA4187E2000003"
BAYS = {"L1.B0302": FIRST, "L1.B0502": SECOND, "L2.B0302": THIRD}


@pytest.fixture
def floor(still: Callable[..., Any]) -> Any:
    return still(slug="shanghai", cars=BAYS).floor


def told(floor: Any, vin: str) -> Estimate:
    found = Dispatching(floor).eta(vin)
    assert found is not None
    return found


def ask(floor: Any, vin: str, **changes: Any) -> None:
    job = floor.journal.add_job(job_key=vin, purpose=Purpose.COLLECT, vin=vin, state=Collect.QUEUED)
    if changes:
        floor.journal.update_job(job.id, **changes)


def test_an_idle_lift_needs_what_kinematics_says(floor: Any) -> None:
    driver = floor.lifts["L1"]
    ways = [
        move_s(driver.lift, driver.at, driver.places["L1.B0302"], driver.places[station])
        for station in ("L1.D1", "L1.D2")
    ]
    found = told(floor, FIRST)
    assert found.likely_s == pytest.approx(min(ways) + floor.config.tower.gate.travel_s, abs=1.0)
    assert found.low_s < found.likely_s < found.high_s


def test_whoever_comes_first_is_in_the_plan(floor: Any) -> None:
    before = told(floor, FIRST)
    ask(floor, SECOND)
    ask(floor, FIRST)
    assert told(floor, FIRST).likely_s > before.likely_s + 30 or told(floor, SECOND).likely_s > before.likely_s + 30
    assert told(floor, THIRD).likely_s == pytest.approx(before.likely_s, abs=20), "the other lift's rack"


def test_a_wait_is_less_certain_when_others_wait(floor: Any) -> None:
    alone = told(floor, FIRST)
    ask(floor, SECOND)
    queued = told(floor, FIRST)
    assert queued.high_s - queued.low_s > alone.high_s - alone.low_s


def test_an_open_gate_is_no_wait(floor: Any) -> None:
    ask(floor, FIRST, state=Collect.GATE_OPEN, station="L1.D1")
    assert told(floor, FIRST) == Estimate(0.0, 0.0, 0.0)


def test_nobody_can_say_while_the_lift_is_held_or_out_of_service(floor: Any) -> None:
    floor.lifts["L1"].halt("a person must look", "L1")
    assert Dispatching(floor).eta(FIRST) is None
    floor.ledger.take_out("L2", reason="test", by="test")
    assert Dispatching(floor).eta(THIRD) is None
    with pytest.raises(CannotFetch, match="not_here"):
        Dispatching(floor).eta("LSVAA4187E2999999")


def test_a_policy_that_fails_tells_no_time(floor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("autosilo.site.control.planning.dispatch.decide", fail)
    assert Dispatching(floor).eta(FIRST) is None


def test_the_uncertainty_is_learned_from_the_sites_own_waits(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    waits = Waits(journal)
    assert waits.calibration is BEFORE_ANY_DATA
    for number in range(60 + AGAIN_AFTER):
        waits.begin(f"job-{number}", Guess("idle", 100.0, at=1000.0))
        waits.over(f"job-{number}", now=1110.0 + number % 5)
        waits.over(f"job-{number}", now=9999.0)
    idle = waits.calibration.of("idle")
    assert (idle.low, idle.likely, idle.high) == (10.0, 12.0, 14.0)
    assert Waits(journal).calibration.samples == 60 + AGAIN_AFTER, "also after a restart"
    journal.close()


def test_what_was_told_is_kept_beside_what_came_true(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    waits = Waits(journal)
    told = BEFORE_ANY_DATA.of("idle")
    for number, seconds in enumerate((100.0 + told.low - 1, 100.0, 100.0 + told.high, 100.0 + told.high + 1)):
        waits.begin(f"job-{number}", Guess("idle", 100.0, at=1000.0))
        waits.over(f"job-{number}", now=1000.0 + seconds)
    assert waits.coverage == (Coverage("idle", sooner=1, within=2, later=1),)
    assert Waits(journal).coverage == waits.coverage, "also after a restart"
    assert waits.usual is None, "four waits say nothing of what is usual"
    journal.close()


def test_a_journal_that_kept_only_the_guess_is_taken_over(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "journal.db")
    old.execute(
        "CREATE TABLE waits (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, guess_group TEXT NOT NULL,"
        " guess_s REAL NOT NULL, wait_s REAL NOT NULL) STRICT"
    )
    old.execute("INSERT INTO waits (at, guess_group, guess_s, wait_s) VALUES ('2026-01-01', 'idle', 50.0, 60.0)")
    old.commit()
    old.close()
    journal = Journal(tmp_path / "journal.db")
    assert journal.waits(10) == [("idle", 50.0, 60.0)]
    assert Waits(journal).coverage == (), "nobody knows any more what was told"
    journal.close()
