"""What was told beside what came true."""

import pytest

from autosilo.tower.eta import Coverage, ToldWait, coverage, usual
from autosilo.tower.eta.calibration import LEAST_SAMPLES


def test_both_ends_of_the_interval_belong_to_it() -> None:
    waits = [ToldWait("idle", 10.0, 20.0, seconds) for seconds in (9.9, 10.0, 20.0, 20.1)]
    assert coverage(waits) == (Coverage("idle", sooner=1, within=2, later=1),)
    assert coverage(waits)[0].waits == 4


def test_groups_are_counted_apart() -> None:
    found = coverage([ToldWait("queue", 0.0, 1.0, 2.0), ToldWait("busy", 0.0, 1.0, 1.0)])
    assert [(one.group, one.within, one.later) for one in found] == [("busy", 1, 0), ("queue", 0, 1)]
    assert coverage([]) == ()


def test_what_is_usual_needs_enough_waits() -> None:
    assert usual([60.0] * (LEAST_SAMPLES - 1)) is None
    found = usual([float(second) for second in range(100, 0, -1)])
    assert found is not None
    assert (found.low_s, found.likely_s, found.high_s) == pytest.approx((11.0, 51.0, 91.0))
