"""The controller asks the simulator's policies: which bay, which promise, and whether now is the time."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autosilo.site.control.dispatcher import Kind, Option, Request
from autosilo.site.control.habits import Habits
from autosilo.site.control.promises import bay_for, exchange
from autosilo.site.control.requests import waiting
from autosilo.site.control.states import Purpose, Return
from autosilo.site.control.urgency import later_s, timely

DEEP = Path(__file__).parents[2] / "tower" / "sites"
HOUR = 3600.0
COMES, OTHER, THIRD = "LSVAA4187E2000001", "LSVAA4187E2000002", "LSVAA4187E2000003"
NOW = time.time()


@pytest.fixture
def floor(still: Callable[..., Any]) -> Any:
    return still(slug="shanghai", cars={"L1.I1": COMES, "L2.I1": OTHER}).floor


def storing(floor: Any, vin: str, station: str, bay: str | None) -> Any:
    job = floor.journal.add_job(job_key=vin, purpose=Purpose.RETURN, vin=vin, state=Return.STORING)
    return floor.journal.update_job(job.id, station=station, bay=bay)


def ranked(floor: Any, lift: str = "L1") -> list[str]:
    """Its bays, nearest to a delivery first, of the smaller class."""
    rack = floor.rack(lift)
    names = rack.names
    order = sorted(range(len(names)), key=lambda bay: (rack.bays.seconds[bay], bay))
    return [names[bay] for bay in order if rack.bays.kind[bay] == 1]


def chosen(floor: Any, vin: str) -> str | None:
    return bay_for(floor, floor.lifts["L1"], storing(floor, vin, "L1.I1", None))


def test_a_car_that_nobody_has_booked_stands_near(floor: Any) -> None:
    assert chosen(floor, COMES) == ranked(floor)[0]


def test_a_booked_car_that_comes_down_ahead_leaves_the_near_bays_to_others(floor: Any) -> None:
    floor.habits = Habits(ahead=True)
    floor.expected[COMES] = NOW + HOUR
    assert chosen(floor, COMES) == ranked(floor)[-1]


def test_where_nothing_comes_down_ahead_what_leaves_first_stands_nearest(still: Callable[..., Any]) -> None:
    floor = still(slug="shanghai", cars={"L1.I1": COMES}).floor
    near = ranked(floor)[0]
    floor.expected |= {OTHER: NOW + HOUR, COMES: NOW + 9 * HOUR}
    floor.journal.commission({near: OTHER})
    floor.journal.commission({ranked(floor)[5]: THIRD})
    assert chosen(floor, COMES) == ranked(floor)[1], "one car of this rack leaves before it"


def test_in_two_deep_lanes_a_car_stands_before_one_that_leaves_later(still: Callable[..., Any]) -> None:
    rears = {f"L1.B02{column:02d}R": f"LSVAA4187E20001{column:02d}" for column in (1, 2)}
    floor = still(slug="deep", folder=DEEP, cars=rears | {"L1.I1": COMES}).floor
    for place in floor.lifts["L1"].places:
        if place not in (*rears, "L1.B0201", "L1.B0202") and ".B" in place and "B01" not in place:
            floor.ledger.block(place, reason="test", by="test")
    floor.expected |= {rears["L1.B0201R"]: NOW + HOUR, rears["L1.B0202R"]: NOW + 9 * HOUR, COMES: NOW + 4 * HOUR}
    floor.journal.learn_classes({COMES: 1})
    assert chosen(floor, COMES) == "L1.B0202"


def test_two_returns_exchange_their_promises(floor: Any) -> None:
    near, far = ranked(floor)[0], ranked(floor)[9]
    floor.journal.commission({"L1.D1": THIRD})
    other = storing(floor, THIRD, "L1.I1", near)
    mine = storing(floor, COMES, "L1.I1", far)
    bay = bay_for(floor, floor.lifts["L1"], mine)
    assert bay == near, "the lift is at hand for this car"
    exchange(floor, mine, near)
    assert floor.journal.job(other.id).bay == far


def test_who_was_promised_nothing_may_have_a_promised_bay_while_there_is_another(floor: Any) -> None:
    """As in the simulator, which promises nothing: a staged car that goes back, beside a return that is measured."""
    near, next_ = ranked(floor)[:2]
    floor.journal.commission({"L1.D1": THIRD})
    other = storing(floor, THIRD, "L1.I1", near)
    mine = storing(floor, COMES, "L1.I1", None)
    assert bay_for(floor, floor.lifts["L1"], mine) == near, "the lift is at hand for this car"
    exchange(floor, mine, near)
    assert floor.journal.job(other.id).bay == next_


def test_a_promise_is_kept_where_nothing_can_be_given_for_it(floor: Any) -> None:
    """The last bay of all."""
    near = ranked(floor)[0]
    for place in floor.rack("L1").names:
        if place != near:
            floor.ledger.block(place, reason="test", by="test")
    storing(floor, OTHER, "L1.I1", near)
    assert chosen(floor, COMES) is None


# --- when ---


def up(job: int, waited_s: float) -> Request:
    return Request(job, Kind.STORE, NOW - waited_s, (Option("L1", "L1.I1", "L1.B0302", 30.0),))


def down(job: int, *, free_in_s: float = 0.0) -> Request:
    return Request(job, Kind.RETRIEVE, NOW, (Option("L1", "L1.B0302", "L1.D1", 30.0, None, free_in_s),))


def ahead(job: int, due_s: float) -> Request:
    return Request(job, Kind.STAGE, NOW, (Option("L1", "L1.B0302", "L1.D1", 30.0),), NOW + due_s)


def numbers(floor: Any, *requests: Request, idle: int) -> list[int]:
    return [one.job for one in timely(floor, requests, idle=idle, now=NOW)]


@pytest.fixture
def roomy(still: Callable[..., Any]) -> Any:
    """Both intakes are free."""
    return still(slug="shanghai").floor


def test_storing_leaves_a_lift_idle_unless_it_presses(roomy: Any) -> None:
    assert numbers(roomy, up(1, 60.0), idle=2) == [1]
    assert numbers(roomy, up(1, 60.0), idle=1) == []
    assert numbers(roomy, up(1, 601.0), idle=1) == [1]


def test_an_intake_that_is_needed_presses(floor: Any) -> None:
    assert numbers(floor, up(1, 60.0), idle=1) == [1]


def test_a_driver_who_waits_for_a_station_presses(roomy: Any) -> None:
    assert numbers(roomy, down(1, free_in_s=9.0), up(2, 60.0), idle=1) == [1, 2]


def test_booked_cars_come_down_in_time_and_when_nobody_waits(roomy: Any) -> None:
    assert numbers(roomy, ahead(1, 400.0), ahead(2, 100.0), idle=2) == [2, 1]
    assert numbers(roomy, ahead(1, 400.0), ahead(2, 100.0), idle=1) == [2], "a lift stays idle until it presses"
    assert numbers(roomy, ahead(1, 400.0), down(2), idle=2) == [2]
    assert numbers(roomy, ahead(1, 500.0), idle=2) == []


def test_a_single_lift_is_not_kept_idle(still: Callable[..., Any]) -> None:
    floor = still(slug="shanghai").floor
    del floor.lifts["L2"]
    assert numbers(floor, up(1, 60.0), ahead(2, 400.0), idle=1) == [1, 2]


def test_a_shopper_may_be_brought_to_a_station_that_is_free_soon(still: Callable[..., Any]) -> None:
    floor = still(slug="shanghai", cars={"L1.B0302": COMES, "L1.D1": OTHER}).floor
    floor.journal.add_job(job_key="a", purpose=Purpose.COLLECT, vin=COMES, state="queued")
    free_in = {one.destination: one.free_in_s for request in waiting(floor) for one in request.options}
    assert free_in["L1.D2"] == 0.0
    assert free_in["L1.D1"] >= floor.habits.dwell_s


def test_a_booked_car_that_comes_down_ahead_keeps_no_near_bay_free(still: Callable[..., Any]) -> None:
    floor = still(slug="shanghai", cars={"L1.I1": COMES}).floor
    floor.habits = Habits(ahead=True)
    floor.expected[OTHER] = NOW + HOUR
    floor.journal.commission({ranked(floor)[5]: OTHER})
    assert chosen(floor, COMES) == ranked(floor)[0]


def test_it_is_looked_at_again_when_something_becomes_timely(roomy: Any) -> None:
    assert later_s(roomy, [up(1, 590.0), ahead(2, 500.0)], now=NOW) == pytest.approx(10.0)
    assert later_s(roomy, [ahead(2, 500.0)], now=NOW) == pytest.approx(80.0)
    assert later_s(roomy, [ahead(2, 300.0)], now=NOW) == pytest.approx(120.0)
    assert later_s(roomy, [ahead(2, 100.0), down(1)], now=NOW) == float("inf")
