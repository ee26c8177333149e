"""The simulated rows of the dispatch bench: what they compare, and that their limits are limits."""

import pytest

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch import one_year, simpy_tower, two_deep, waits_told, whole_day_tower, whole_days
from autosilo.bench.dispatch.whole_day_bound import walk_up_bound_s
from autosilo.planner.rules import Rules

QUICK = Conditions(seed=11, quick=True)


def test_the_bound_is_the_cheapest_bay_for_a_single_thing_to_ask_for() -> None:
    machine = whole_day_tower.tower()
    eight_more = len(machine.deliveries) + machine.lifts
    shares = [1.0] * eight_more + [1.0]
    bound = walk_up_bound_s(machine, shares)
    nearest = min(min(bays.seconds) for bays in machine.bays)
    assert bound == pytest.approx(nearest / len(shares))


def test_the_bound_grows_with_what_can_be_asked_for() -> None:
    machine = whole_day_tower.tower()
    bounds = [walk_up_bound_s(machine, [1.0] * count) for count in (10, 40, 160)]
    assert bounds == sorted(bounds)


@pytest.mark.parametrize("variants", [0, whole_day_tower.VARIANTS])
def test_no_simulated_policy_beats_the_bound(variants: int) -> None:
    machine = whole_day_tower.tower()
    found = whole_days.waits(machine, 0.0, range(2), 2, whole_day_tower.DAY, variants, Rules())
    assert found.walk_up_share == 1.0
    assert found.mean > walk_up_bound_s(machine, whole_days.shares(variants)) * (1 - found.substituted)


def test_the_fleet_keeps_the_stock_that_is_said() -> None:
    asked = whole_day_tower.demand(booked=0.5)
    away = 3 * asked.pickups.a_day * (1 - 0.04 * 0.5)
    assert asked.fleet - away == pytest.approx(whole_day_tower.STOCK, abs=2)
    assert len(asked.models) == whole_day_tower.VARIANTS


def test_the_policy_of_two_deep_lanes_beats_chance_with_and_without_knowledge() -> None:
    known_nothing, known_half, known_most, alike = two_deep.figures(QUICK)
    for figure in (known_nothing, known_half, known_most):
        assert figure.value < 0.7 * figure.baselines["random"]
    assert known_most.value < known_half.value < known_nothing.value
    assert alike.value == pytest.approx(0.45, abs=0.05), "theory: 0.8 / 1.8 when one-car lanes are kept many"


def test_told_waits_are_tested_on_other_seeds_than_they_were_calibrated_on() -> None:
    coverage, width, groups = waits_told.figures(QUICK)
    assert coverage.value < 6
    assert width.value < width.baselines["same interval for all"]
    assert groups.value > 40


def test_a_year_is_extrapolated_in_a_quick_run_only() -> None:
    seconds, rate = one_year.figures(QUICK)
    assert "from 30 days" in seconds.name
    assert 0 < seconds.value < 60
    assert rate.baselines["simpy, first come, without policies"] > 0


def test_the_comparison_in_simpy_moves_cars() -> None:
    events, seconds = simpy_tower.run(days=2, seed=1)
    assert events > 2 * 2 * one_year.A_DAY
    assert seconds > 0
