"""A return gets an intake only where its car finds a bay, and keeps nobody else from coming in."""

from collections.abc import Callable
from typing import Any

import pytest

from autosilo.site.control import intakes
from autosilo.site.control.parts import takes
from autosilo.site.control.states import Purpose, Return

HEAVY, LIGHT, ALSO_HEAVY = "LSVAA4187E2000001", "LSVAA4187E2000002", "LSVAA4187E2000003"
STANDARD_CLASS, HEAVY_CLASS = 1, 2


@pytest.fixture
def floor(still: Callable[..., Any]) -> Any:
    floor = still(slug="shanghai", cars={}).floor
    floor.journal.learn_classes({HEAVY: HEAVY_CLASS, ALSO_HEAVY: HEAVY_CLASS, LIGHT: STANDARD_CLASS})
    return floor


def block_heavy_bays(floor: Any, *, but: int = 0) -> None:
    bays = [
        place.name
        for lift in floor.lifts.values()
        for place in lift.places.values()
        if ".B" in place.name and place.class_number == HEAVY_CLASS
    ]
    for bay in bays[but:]:
        floor.ledger.block(bay, reason="test", by="test")


def comes(floor: Any, vin: str) -> int:
    return int(floor.journal.add_job(job_key=vin, purpose=Purpose.RETURN, vin=vin, state=Return.QUEUED).id)


def admitted(floor: Any) -> list[str]:
    intakes.admit(floor, lambda lift: False)
    return [job.vin for job in floor.journal.open_jobs() if job.state == Return.ADMITTING]


def test_a_car_that_no_free_bay_carries_waits_and_others_pass_it(floor: Any) -> None:
    block_heavy_bays(floor)
    comes(floor, HEAVY)
    comes(floor, LIGHT)
    assert admitted(floor) == [LIGHT]
    assert (takes(floor, HEAVY), takes(floor, LIGHT)) == (False, True)


def test_one_bay_for_heavy_cars_is_not_given_to_two(floor: Any) -> None:
    block_heavy_bays(floor, but=1)
    comes(floor, HEAVY)
    comes(floor, ALSO_HEAVY)
    assert admitted(floor) == [HEAVY]


def test_a_car_that_was_never_measured_comes_in_wherever_there_is_room(floor: Any) -> None:
    block_heavy_bays(floor)
    comes(floor, "LSVAA4187E2000009")
    assert admitted(floor) == ["LSVAA4187E2000009"]
