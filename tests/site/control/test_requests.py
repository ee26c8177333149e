"""What the lifts are asked for, and in which ways it can be done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autosilo.site.control.dispatcher import Option
from autosilo.site.control.errands import errand
from autosilo.site.control.requests import waiting
from autosilo.site.control.states import Collect, Purpose

DEEP = Path(__file__).parents[2] / "tower" / "sites"
FRONT, REAR = "LSVAA4187E2000001", "LSVAA4187E2000002"


@pytest.fixture
def floor(still: Callable[..., Any]) -> Any:
    """Of L2, which has one delivery station: a car in a rear bay, and one before it."""
    return still(slug="deep", folder=DEEP, cars={"L2.B0203": FRONT, "L2.B0203R": REAR}).floor


def ways(floor: Any) -> dict[str, set[str | None]]:
    """Purpose of each job that waits -> which cars it would relocate first (None: it can be done at once)."""
    return {floor.journal.job(one.job).purpose: {first(way) for way in one.options} for one in waiting(floor)}


def first(way: Option) -> str | None:
    return way.first.vin if way.first else None


def ask(floor: Any, vin: str) -> None:
    floor.journal.add_job(job_key=vin, purpose=Purpose.COLLECT, vin=vin, state=Collect.QUEUED)


def test_a_car_that_may_come_down_ahead_of_time_keeps_nobody_waiting_for_the_one_behind(floor: Any) -> None:
    errand(floor, Purpose.STAGE, FRONT)
    ask(floor, REAR)
    assert ways(floor) == {"stage": set(), "collect": {FRONT}}, "the only station is kept for whoever comes"


def test_a_car_whose_driver_waits_goes_out_by_itself(floor: Any) -> None:
    ask(floor, FRONT)
    floor.journal.add_job(job_key=REAR, purpose=Purpose.STAGE, vin=REAR, state=Collect.QUEUED)
    assert ways(floor) == {"collect": {None}, "stage": set()}


def test_a_lane_is_cleared_only_as_a_part_of_bringing_a_car_down(floor: Any) -> None:
    """Each by itself, two shoppers whose cars stand behind would have the car before them carried to and fro."""
    ask(floor, REAR)
    (request,) = waiting(floor)
    (option,) = request.options
    assert option.source == "L2.B0203R"
    assert option.first is not None
    assert option.first.vin == FRONT
    assert option.expected_s > option.first.seconds > 0


def test_nothing_makes_way_while_no_station_can_be_served(floor: Any) -> None:
    ask(floor, REAR)
    for name in ("L1.D2", "L2.D1"):
        if name in floor.stations:
            floor.stations[name].holding.set("a person must look", name)
    assert ways(floor) == {"collect": set()}
