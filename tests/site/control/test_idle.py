"""A lift that nobody asks for anything: where it waits, and what it tidies; and that this is never in anybody's way."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autosilo.site.config import SettingMissing, Settings
from autosilo.site.control import EventKind
from autosilo.site.control.dispatcher import Kind, Option, Request
from autosilo.site.control.dispatching import Dispatching
from autosilo.site.control.habits import Habits
from autosilo.site.control.hours import opens
from autosilo.site.control.idle import HOME_MOVES, Idle, Tidying
from autosilo.site.control.states import Collect, Purpose
from autosilo.tower.site_file import load_site
from autosilo.tower.storage.rearrange import Rearrangement
from autosilo.wire.mailbox import Kind as Command
from twin.plc.rig import Rig, vin
from twin.plc.watched import fetch, leave, running

SITES = Path(__file__).parents[3] / "sites"
NIGHT = datetime(2026, 3, 3, 18, 0, tzinfo=UTC).timestamp()
"""Two in the morning in Shanghai."""
NEAR, FAR = "L1.B0302", "L1.B0804"
CAR = "LSVAA4187E2000001"
ENVIRON = {"AUTOSILO_NATS_URL": "a", "AUTOSILO_PLC_URL": "b", "AUTOSILO_KIOSK_PORT": "1"}


@pytest.fixture
def floor(still: Callable[..., Any]) -> Any:
    floor = still(slug="shanghai", cars={FAR: CAR}).floor
    floor.habits = Habits(park=True, tidy=True)
    return floor


@pytest.fixture
def idle(floor: Any) -> Idle:
    return Idle(floor, Dispatching(floor)._planner.between)


def wanted(kind: Kind = Kind.RETRIEVE, lift: str = "L1", free_in_s: float = 0.0) -> Request:
    return Request(1, kind, NIGHT, (Option(lift, f"{lift}.B0302", f"{lift}.D1", 30.0, None, free_in_s),))


# --- where it waits ---


def test_an_idle_lift_waits_where_the_cars_are(floor: Any, idle: Idle) -> None:
    home = idle.home("L1", [])
    assert home is not None
    assert home.name == FAR, "the only car"
    assert idle.home("L1", [wanted(Kind.STAGE)]) == home, "nobody waits for that"
    assert idle.home("L1", [wanted(lift="L2")]) == home, "another lift's"


def test_not_when_it_stands_there(floor: Any, idle: Idle, still: Any) -> None:
    at = floor.lifts["L1"].places[FAR].at
    seen = floor.link.status["L1"]
    floor.link.status["L1"] = type(seen)(**{**vars_of(seen), "lift_mm": round(at.y * 1000)})
    assert idle.home("L1", []) is None


def test_never_when_somebody_waits_for_it(idle: Idle) -> None:
    assert idle.home("L1", [wanted()]) is None
    assert idle.home("L1", [wanted(free_in_s=60.0)]) is not None, "for a station, not for the lift"


def test_not_where_the_site_does_not_want_it(floor: Any, idle: Idle) -> None:
    floor.habits = Habits()
    assert idle.home("L1", []) is None


def test_a_home_is_kept_for_some_moves(floor: Any, idle: Idle) -> None:
    assert idle.home("L1", []) is not None
    floor.journal.take(CAR)
    floor.journal.put("L1.B0301", CAR, 1)
    assert idle.home("L1", []).name == FAR
    for _ in range(HOME_MOVES):
        idle.moved("L1")
    assert idle.home("L1", []).name == "L1.B0301"


# --- what it does for the chargers ---

LOW, FULL = "LSVAA4187E2000007", "LSVAA4187E2000008"
CHARGER = "L1.B0301"


@pytest.fixture
def chargers(floor: Any) -> Any:
    """One bay with a charger; LOW has stood elsewhere, and FULL at the charger."""
    driver = floor.lifts["L1"]
    names = floor.rack("L1").names
    driver.bays = replace(driver.bays, charges=[name == CHARGER for name in names])
    floor.journal.put("L1.B0504", LOW, 1)
    floor.journal.put(CHARGER, FULL, 1)
    floor.charge |= {LOW: 0.2, FULL: 0.9, CAR: 0.9}
    return floor


def test_a_charged_car_makes_room_and_one_that_is_not_takes_its_place(chargers: Any, idle: Idle) -> None:
    away = idle.charging("L1", [], idle=2, now=NIGHT)
    assert away is not None
    assert away.vin == FULL
    chargers.journal.put(away.to, chargers.journal.take(FULL) or FULL, 1)
    assert idle.charging("L1", [], idle=2, now=NIGHT) == Tidying(LOW, CHARGER)
    chargers.journal.take(LOW)
    chargers.journal.put(CHARGER, LOW, 1)
    assert idle.charging("L1", [], idle=2, now=NIGHT) is None, "everybody stands where they should"


def test_the_car_that_leaves_first_is_charged_first(chargers: Any, idle: Idle) -> None:
    chargers.journal.take(FULL)
    chargers.charge[CAR] = 0.1
    assert idle.charging("L1", [], idle=2, now=NIGHT) == Tidying(CAR, CHARGER), "the emptier one"
    chargers.expected[LOW] = NIGHT + 3600
    assert idle.charging("L1", [], idle=2, now=NIGHT) == Tidying(LOW, CHARGER)


def test_chargers_take_a_lift_from_nobody(chargers: Any, idle: Idle) -> None:
    assert idle.charging("L1", [wanted()], idle=2, now=NIGHT) is None
    assert idle.charging("L1", [wanted(lift="L2")], idle=2, now=NIGHT) is not None
    chargers.journal.add_job(job_key="a", purpose=Purpose.COLLECT, vin=FULL, state=Collect.QUEUED)
    assert idle.charging("L1", [], idle=2, now=NIGHT) is None, "somebody has asked for the car at the charger"


def test_a_car_at_a_charger_stays_until_it_is_charged(chargers: Any, idle: Idle) -> None:
    chargers.charge[FULL] = 0.58
    assert idle.charging("L1", [], idle=2, now=NIGHT) is None
    del chargers.charge[FULL]
    assert idle.charging("L1", [], idle=2, now=NIGHT) is None, "it has not said that it is charged"


def test_nothing_moves_where_no_bay_has_a_charger(floor: Any, idle: Idle) -> None:
    floor.charge[CAR] = 0.1
    assert idle.charging("L1", [], idle=2, now=NIGHT) is None


def test_an_empty_car_is_stored_where_a_charger_is(chargers: Any) -> None:
    chargers.journal.take(FULL)
    rack = chargers.rack("L1")
    assert rack.choose(1, needs_charge=True) == CHARGER
    assert rack.choose(1) != CHARGER
    assert chargers.wants_charge(LOW)
    assert not chargers.wants_charge("LSVAA4187E2999999"), "a car that has said nothing is left in peace"


# --- what it tidies ---


def test_a_car_comes_nearer_while_the_site_is_shut(idle: Idle) -> None:
    move = idle.tidying("L1", [], now=NIGHT)
    assert isinstance(move, Tidying)
    assert move.vin == CAR
    assert move.to.startswith("L1.B03")


def test_nothing_is_tidied_while_the_site_is_open_or_somebody_is_there(floor: Any, idle: Idle) -> None:
    assert idle.tidying("L1", [], now=NIGHT + 7 * 3600) is None
    assert idle.tidying("L1", [], now=NIGHT + 6 * 3600 - 600) is None, "it opens soon"
    assert idle.tidying("L1", [wanted()], now=NIGHT) is None
    floor.journal.add_job(job_key="a", purpose=Purpose.RETURN, vin="B", state=Collect.QUEUED)
    assert idle.tidying("L1", [], now=NIGHT) is None


def test_what_is_tidy_stays_so(floor: Any, idle: Idle) -> None:
    floor.journal.take(CAR)
    assert idle.tidying("L1", [], now=NIGHT) is None
    floor.ledger.block(NEAR, reason="test", by="test")
    floor.journal.put(FAR, CAR, 1)
    assert idle.tidying("L1", [], now=NIGHT) is not None, "something has changed"
    floor.habits = Habits()
    assert idle.tidying("L1", [], now=NIGHT) is None


def test_a_site_opens_by_its_own_clock() -> None:
    config = load_site("shanghai", folder=SITES, pace=1)
    night, noon = datetime.fromtimestamp(NIGHT, UTC), datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    assert opens(config, night) == datetime(2026, 3, 4, 0, 0, tzinfo=UTC)
    assert opens(config, noon) == noon


def test_both_can_be_switched_off() -> None:
    usual, off = Settings.read(ENVIRON), Settings.read(ENVIRON | {"AUTOSILO_PARK": "0", "AUTOSILO_TIDY": "0"})
    assert (usual.habits.park, usual.habits.tidy) == (True, True)
    assert (off.habits.park, off.habits.tidy) == (False, False)
    assert not Settings.read(ENVIRON | {"AUTOSILO_DEMO": "1"}).habits.tidy, "a demo's night is not the real one"
    with pytest.raises(SettingMissing, match="AUTOSILO_PARK"):
        Settings.read(ENVIRON | {"AUTOSILO_PARK": "yes"})


# --- with a real PLC ---


async def test_a_lift_goes_to_its_cars_and_a_shopper_is_served_all_the_same(tmp_path: Path) -> None:
    rig = Rig(tmp_path, {"L1.B0402": 1, "L1.B0403": 2}, pace=20.0)
    rig.start_plc()
    try:
        async with running(rig, Habits(park=True)) as tower:
            await tower.until_true(lambda: tower.snapshot().lifts[0].floor > 3.9)
            station = await fetch(tower, 1)
            await leave(rig, tower, 1, station)
            await tower.until_true(lambda: tower.snapshot().lifts[0].floor > 3.9)
            assert tower.held is None
        assert rig.state()["violations"] == {}
        journal = sqlite3.connect(tmp_path / "sites/testtown/journal.db")
        kinds = [row[0] for row in journal.execute("SELECT kind FROM commands ORDER BY id")]
        journal.close()
        assert kinds.count(Command.PARK) >= 2
        assert kinds.index(Command.PARK) < kinds.index(Command.MOVE)
    finally:
        rig.close()


async def test_cars_are_tidied_at_night_and_the_journal_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autosilo.site.control.idle._shut", lambda floor, now: now < time.time() + 1)
    rig = Rig(tmp_path, {"L1.B0403": 1}, pace=40.0)
    rig.start_plc()
    try:
        async with running(rig, Habits(tidy=True, rearrangement=Rearrangement(least_s=0.01))) as tower:
            told = await tower.until(EventKind.STORED, vin=vin(1), detail="relocated")
            assert told.place == tower.place_of(vin(1)) != "L1.B0403"
            station = await fetch(tower, 1)
            await leave(rig, tower, 1, station)
        assert rig.state()["violations"] == {}
    finally:
        rig.close()


def vars_of(status: Any) -> dict[str, Any]:
    return {name: getattr(status, name) for name in status.__dataclass_fields__}
