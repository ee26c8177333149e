"""Which of several equal cars the tower can bring soonest, by its journal and its lifts."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autosilo.site.control.alike import undecided
from autosilo.site.control.dispatching import Dispatching
from autosilo.site.control.errands import errand
from autosilo.site.control.states import Collect, Errand, Purpose
from autosilo.tower.storage.charging import WANTING

DEEP = Path(__file__).parents[2] / "tower" / "sites"
NEAR, FAR, THIRD, FOURTH = (f"LSVAA4187E200000{number}" for number in (1, 2, 3, 4))
BAYS = {"L1.B0302": NEAR, "L1.B0704": FAR, "L2.B0302": THIRD}


@pytest.fixture
def floor(still: Callable[..., Any]) -> Any:
    return still(slug="shanghai", cars=BAYS).floor


def soonest(floor: Any, vin: str, *others: str, due: float | None = None) -> str:
    return Dispatching(floor).soonest(vin, others, due=due)


def ask(floor: Any, vin: str) -> None:
    floor.journal.add_job(job_key=vin, purpose=Purpose.COLLECT, vin=vin, state=Collect.QUEUED)


def test_the_nearer_one_by_the_lifts_own_way(floor: Any) -> None:
    assert soonest(floor, FAR, NEAR) == NEAR
    assert soonest(floor, NEAR, FAR) == NEAR


def test_who_waits_at_the_same_lift_comes_first(floor: Any) -> None:
    floor.journal.commission({"L1.B0402": FOURTH})
    ask(floor, FOURTH)
    assert soonest(floor, NEAR, THIRD) == THIRD, "the other lift is free"


@pytest.mark.parametrize("why", ["fetched", "empty", "blocked", "out of service"])
def test_one_that_cannot_be_had_is_no_choice(floor: Any, why: str) -> None:
    if why == "fetched":
        ask(floor, NEAR)
    elif why == "empty":
        floor.charge[NEAR] = WANTING / 2
    elif why == "blocked":
        floor.ledger.block("L1.B0302", reason="a lamp", by="x")
    else:
        floor.ledger.take_out("L2", reason="a rope", by="x")
        assert soonest(floor, FAR, THIRD) == FAR
        return
    assert soonest(floor, FAR, NEAR) == FAR


def test_a_car_that_is_shut_in_gives_way_to_one_that_is_not(floor: Any) -> None:
    floor.ledger.take_out("L1", reason="a rope", by="x")
    assert soonest(floor, NEAR, THIRD) == THIRD


def test_a_rear_bay_costs_what_must_be_moved_first(still: Callable[..., Any]) -> None:
    floor = still(slug="deep", folder=DEEP, cars={"L2.B0203": THIRD, "L2.B0203R": NEAR, "L2.B0303": FAR}).floor
    assert soonest(floor, NEAR, FAR) == FAR


def test_ahead_of_time_lifts_share_what_is_due_together(floor: Any) -> None:
    due = time.time() + 600
    floor.journal.commission({"L1.B0402": FOURTH})
    floor.expected[FOURTH] = due + 60
    assert soonest(floor, NEAR, THIRD, due=due) == THIRD
    floor.expected[FOURTH] = due + 3600
    assert soonest(floor, NEAR, THIRD, due=due) == NEAR


def test_nothing_is_chosen_anew_for_a_car_that_moves(floor: Any) -> None:
    assert undecided(floor, NEAR)
    job = errand(floor, Purpose.STAGE, NEAR)
    assert undecided(floor, NEAR), "no lift has begun"
    floor.journal.update_job(job.id, lift="L1", station="L1.D1", state=Errand.MOVING)
    assert not undecided(floor, NEAR)
    assert not undecided(floor, "LSVAA4187E2999999"), "it is not here"
    assert soonest(floor, FAR, NEAR) == FAR
