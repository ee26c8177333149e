"""The search: exact where it says so, never worse than the rule, and obedient to its budget."""

from itertools import pairwise, permutations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosilo.tower.dispatch import (
    Budget,
    Job,
    Kind,
    LiftState,
    Option,
    Settings,
    Snapshot,
    Station,
    decide,
    decide_by_rule,
)
from autosilo.tower.dispatch.problem import Problem, prepare
from autosilo.tower.kinematics import Ramp
from autosilo.tower.traveltimes import travel_times

TIMES = travel_times([2.3 * floor for floor in range(17)], Ramp(2.0, 0.3), take_s=25)
MACHINE = [TIMES, TIMES]


def queue(seed: int, size: int, *, stations: int = 0, free: int | None = None) -> Snapshot:
    """Two lifts with racks of their own, one of them busy; some jobs are not due or not released yet."""
    random = Random(seed)
    jobs = []
    for number in range(size):
        floor, lift = random.randint(1, 16), random.randrange(2)
        due = random.choice([0.0, 60.0, 200.0])
        if random.random() < 0.5:
            options = tuple(Option(lift, floor, 0, one) for one in range(stations)) or (Option(lift, floor, 0),)
            jobs.append(Job(number, Kind.RETRIEVE, options, 4.0, due, random.choice([0.0, 0.0, 90.0])))
        else:
            jobs.append(Job(number, Kind.STORE, (Option(0, 0, floor), Option(1, 0, floor)), 1.0, due))
    free = stations if free is None else free
    bays = tuple(Station(100.0 if one < free else 100.0 + 50.0 * (one + 1)) for one in range(stations))
    return Snapshot(100.0, (LiftState(0, 0.0), LiftState(5, 140.0)), tuple(jobs), bays)


def least(problem: Problem) -> float:
    """Of all orders in all modes."""
    tasks = range(len(problem.tasks))
    return min(
        problem.cost(list(modes))
        for order in permutations(tasks)
        for modes in product(*(problem.modes[task] for task in order))
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("size", "stations", "free"), [(1, 2, 0), (2, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 0), (4, 2, 1)]
)
def test_what_is_called_exact_is_the_least_of_all(seed: int, size: int, stations: int, free: int) -> None:
    snapshot = queue(seed, size, stations=stations, free=free)
    decision = decide(snapshot, MACHINE, budget=Budget(nodes=10**6))
    assert decision.exact
    assert decision.cost == pytest.approx(least(prepare(snapshot, MACHINE, Settings())))


def test_lifts_that_share_nothing_are_searched_one_by_one() -> None:
    random = Random(11)
    jobs = [
        Job(number, Kind.RETRIEVE, (Option(number % 2, random.randint(1, 16), 0),), random.choice([1.0, 4.0]), 0.0)
        for number in range(8)
    ]
    lifts = (LiftState(3, 0.0), LiftState(9, 20.0))
    both = decide(Snapshot(0.0, lifts, tuple(jobs)), MACHINE, budget=Budget(nodes=10**6))
    idle = prepare(Snapshot(0.0, lifts, ()), MACHINE, Settings()).cost([])
    alone = [least(prepare(Snapshot(0.0, lifts, tuple(jobs[lift::2])), MACHINE, Settings())) for lift in (0, 1)]
    assert both.exact
    assert both.cost == pytest.approx(sum(alone) - idle)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(6, 14), stations=st.integers(0, 3))
def test_the_search_is_never_worse_than_the_rule_and_loses_no_job(seed: int, size: int, stations: int) -> None:
    snapshot = queue(seed, size, stations=stations)
    decision = decide(snapshot, MACHINE, budget=Budget(nodes=300))
    assert decision.cost <= decide_by_rule(snapshot, MACHINE).cost + 1e-6
    assert sorted(move.job.key for move in decision.plan) == list(range(size))
    assert all(move.start >= max(snapshot.now, move.job.release) for move in decision.plan)
    for lift in (0, 1):
        mine = [move for move in decision.plan if move.lift == lift]
        assert all(one.done <= other.start + 1e-9 for one, other in pairwise(mine))


@pytest.mark.parametrize("size", [3, 7, 12, 30])
@pytest.mark.parametrize("stations", [0, 2])
def test_there_is_a_valid_decision_without_any_budget(size: int, stations: int) -> None:
    decision = decide(queue(1, size, stations=stations), MACHINE, budget=Budget(nodes=0))
    assert len(decision.plan) == size
    assert decision.moves


def test_more_budget_never_costs_more() -> None:
    snapshot = queue(3, 20)
    costs = [decide(snapshot, MACHINE, budget=Budget(nodes=nodes)).cost for nodes in (0, 500, 5_000, 20_000)]
    assert costs == sorted(costs, reverse=True)


def test_the_same_arguments_give_the_same_decision() -> None:
    snapshot = queue(4, 15, stations=2)
    one, two = (decide(snapshot, MACHINE, budget=Budget(nodes=2_000)) for _ in range(2))
    assert one == two


def test_a_clock_ends_the_search() -> None:
    ticks = iter(range(10**9))
    budget = Budget(nodes=10**9, seconds=50, clock=lambda: float(next(ticks)))
    assert len(decide(queue(5, 15), MACHINE, budget=budget).plan) == 15


def test_seconds_without_a_clock_are_refused() -> None:
    with pytest.raises(ValueError, match="clock"):
        Budget(seconds=1.0)


def test_the_last_plan_is_where_the_next_search_begins() -> None:
    snapshot = queue(6, 20)
    long = decide(snapshot, MACHINE, budget=Budget(nodes=20_000))
    assert decide(snapshot, MACHINE, budget=Budget(nodes=0), hint=long).cost == pytest.approx(long.cost)


def test_a_hint_of_other_jobs_does_no_harm() -> None:
    hint = decide(queue(7, 9), MACHINE)
    snapshot = Snapshot(100.0, (LiftState(0, 0.0),) * 2, queue(8, 14).jobs[6:])
    assert len(decide(snapshot, MACHINE, hint=hint).plan) == 8


def test_moves_that_nobody_waits_for_are_done_as_dual_commands() -> None:
    jobs = [Job(f"in{floor}", Kind.RELOCATE, (Option(0, 0, floor),), weight=0.0) for floor in (2, 4, 6, 8)]
    jobs += [Job(f"out{floor}", Kind.RELOCATE, (Option(0, floor, 0),), weight=0.0) for floor in (2, 4, 6, 8)]
    decision = decide(Snapshot(0.0, (LiftState(0, 0.0),), tuple(jobs)), MACHINE[:1])
    keys = [str(move.job.key) for move in decision.plan]
    assert keys[1::2] == [key.replace("in", "out") for key in keys[::2]]
    loaded = sum(TIMES.carry_s(move.option.source, move.option.destination) for move in decision.plan)
    assert decision.plan[-1].done == pytest.approx(loaded)
