"""When a booked car is brought down, and where an idle lift waits."""

import numpy as np

from autosilo.tower.storage.park import park_bay
from autosilo.tower.storage.rack import NO_BAY, Bays, Rack
from autosilo.tower.storage.staging import Staging, may_stage
from autosilo.tower.storage.urgency import Patience, may_store

STAGING = Staging(ahead_s=420.0, by_s=180.0, reserve=1, keep_free=1)


def test_a_booked_car_is_brought_down_shortly_before_its_time() -> None:
    assert not may_stage(STAGING, due=421.0, now=0.0, idle_lifts=2, free_bays=6)
    assert may_stage(STAGING, due=420.0, now=0.0, idle_lifts=2, free_bays=6)


def test_it_leaves_a_delivery_bay_to_walk_ups() -> None:
    assert not may_stage(STAGING, due=60.0, now=0.0, idle_lifts=2, free_bays=1)


def test_it_waits_for_a_second_idle_lift_until_it_presses() -> None:
    assert not may_stage(STAGING, due=300.0, now=0.0, idle_lifts=1, free_bays=6)
    assert may_stage(STAGING, due=180.0, now=0.0, idle_lifts=1, free_bays=6)


def test_storing_leaves_a_lift_idle_until_it_presses() -> None:
    patience = Patience(keep_free=1, longest_s=600.0, press_intakes=2)
    assert may_store(patience, waited_s=0.0, idle_lifts=2, free_intakes=4)
    assert not may_store(patience, waited_s=0.0, idle_lifts=1, free_intakes=4)
    assert may_store(patience, waited_s=0.0, idle_lifts=1, free_intakes=1)
    assert may_store(patience, waited_s=600.0, idle_lifts=1, free_intakes=4)


def row(count: int) -> Rack:
    return Rack(
        Bays(
            seconds=[float(bay) for bay in range(count)],
            rear=[NO_BAY] * count,
            front=[NO_BAY] * count,
            kind=[1] * count,
            charges=[False] * count,
        )
    )


def test_an_idle_lift_waits_amid_the_cars_that_are_wanted() -> None:
    rack = row(5)
    for bay, rate in ((0, 1.0), (3, 5.0), (4, 1.0)):
        rack.put(bay, bay, leaves=float("inf"), rate=rate)
    between = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
    assert park_bay(rack, [0, -1, -1, 3, 4], between) == 3


def test_of_equal_cars_only_the_nearest_counts() -> None:
    rack = row(5)
    for bay in (0, 3, 4):
        rack.put(bay, bay, leaves=float("inf"), rate=1.0)
    between = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
    assert park_bay(rack, [7, -1, -1, 7, 7], between) == 0
