"""The wait that a shopper is told."""

import random

import pytest

from autosilo.tower.eta import Way, calibrate, estimate, group, guess_s


def test_the_guess_takes_the_quicker_lift() -> None:
    assert guess_s([Way(free_in_s=0.0, own_s=90.0), Way(free_in_s=50.0, own_s=60.0)]) == 90.0


def test_whoever_is_ahead_takes_as_long_as_oneself() -> None:
    assert guess_s([Way(free_in_s=10.0, own_s=60.0, ahead=2.0)]) == 190.0


def test_the_uncertainty_depends_on_the_queue_the_lift_and_the_bay() -> None:
    assert group(waiting=0, idle=True, station_free=True) == "idle"
    assert group(waiting=0, idle=False, station_free=True) == "busy"
    assert group(waiting=2, idle=True, station_free=True) == "queue"
    assert group(waiting=2, idle=True, station_free=False) == "full"


def test_an_interval_covers_what_it_promises_on_other_samples() -> None:
    dice = random.Random(5)

    def samples(count: int) -> list[tuple[str, float, float]]:
        return [("busy", 60.0, 60.0 + dice.expovariate(1 / 20)) for _ in range(count)]

    calibration = calibrate(samples(4000), coverage=0.8)
    told = estimate(60.0, group="busy", calibration=calibration)
    hits = [told.low_s <= wait <= told.high_s for _, _, wait in samples(4000)]
    assert sum(hits) / len(hits) == pytest.approx(0.8, abs=0.02)
    assert told.low_s < told.likely_s < told.high_s


def test_a_group_of_which_little_is_known_takes_what_is_known_of_all() -> None:
    calibration = calibrate([("busy", 60.0, 60.0 + wait % 10) for wait in range(200)])
    assert calibration.of("full") == calibration.of("")


def test_a_rare_group_takes_what_is_known_of_rare_groups() -> None:
    common = [("idle", 10.0, 10.0)] * 500
    calibration = calibrate([*common, *[("full", 60.0, 60.0 + wait) for wait in range(30)]])
    assert calibration.of("queue").high > 20.0
    assert calibration.of("idle").high == 0.0


def test_nobody_is_told_a_negative_wait() -> None:
    calibration = calibrate([("idle", 10.0, 0.0)] * 100)
    assert estimate(5.0, group="idle", calibration=calibration).low_s == 0.0


def test_too_few_waits_calibrate_nothing() -> None:
    with pytest.raises(ValueError, match="too few"):
        calibrate([("idle", 10.0, 10.0)] * 10)
