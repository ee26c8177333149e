"""How long until a large tower with a long queue knows what to do."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch.play import MEAN_DWELL_S
from autosilo.bench.report import Figure
from autosilo.tower.dispatch import Budget, Decision, Job, Kind, LiftState, Option, Snapshot, Station, decide
from autosilo.tower.kinematics import Ramp
from autosilo.tower.traveltimes import TravelTimes, travel_times

TARGET = "<= 100"
LIFTS, BAYS, QUEUE, STATIONS = 4, 100, 30, 3
BUDGET_S = 0.05
LONG_S = 2.0
REPETITIONS = 300
QUICK_REPETITIONS = 30
LONG_REPETITIONS = 10
SHORT, SHORT_REPETITIONS = 2, 500
SECTORS = 8


def figures(conditions: Conditions) -> Iterator[Figure]:
    random = Random(conditions.seed)  # noqa: S311 - queues to measure on, nothing secret
    machine = [_table()] * LIFTS
    snapshots = [_snapshot(random) for _ in range(QUICK_REPETITIONS if conditions.quick else REPETITIONS)]
    spent, bare, wall = [], [], []
    for snapshot in snapshots:
        spent.append(_timed(snapshot, machine, BUDGET_S)[0])
        bare.append(_timed(snapshot, machine, 0.0)[0])
        wall.append(_timed(snapshot, machine, BUDGET_S, time.perf_counter)[0])
    yield Figure(
        name=f"first decision, {LIFTS * BAYS} bays, {LIFTS} lifts, queue of {QUEUE}: p99 of {len(spent)}",
        value=round(1000 * _percentile(spent, 99), 1),
        unit="ms",
        target=TARGET,
        parts={"given to the search": 1000 * BUDGET_S},
        baselines={
            "median": round(1000 * _percentile(spent, 50), 1),
            "without search, p99": round(1000 * _percentile(bare, 99), 1),
            "without search, median": round(1000 * _percentile(bare, 50), 1),
            "by the wall clock, p99": round(1000 * _percentile(wall, 99), 1),
            "by the wall clock, median": round(1000 * _percentile(wall, 50), 1),
        },
    )
    yield _short(random, machine)
    yield _gain(snapshots[: 2 if conditions.quick else LONG_REPETITIONS], machine)


def _short(random: Random, machine: list[TravelTimes]) -> Figure:
    """What a simulated year is made of."""
    medians = []
    for jobs in range(SHORT + 1):
        spent = []
        for _ in range(SHORT_REPETITIONS):
            whole = _snapshot(random)
            snapshot = replace(whole, jobs=whole.jobs[:jobs], stations=(Station(0.0),) * len(whole.stations))
            spent.append(_timed(snapshot, machine, None)[0])
        medians.append(round(1e6 * _percentile(spent, 50), 1))
    return Figure(
        name=f"a decision about {SHORT} jobs, exact: median of {SHORT_REPETITIONS}",
        value=medians[-1],
        unit="µs",
        baselines={f"{jobs} jobs": median for jobs, median in enumerate(medians[:-1])},
    )


def _gain(snapshots: list[Snapshot], machine: list[TravelTimes]) -> Figure:
    """What is still to be gained while the lifts move."""
    costs = [0.0, 0.0, 0.0]
    for snapshot in snapshots:
        for number, seconds in enumerate((0.0, BUDGET_S, LONG_S)):
            costs[number] += _timed(snapshot, machine, seconds)[1].cost
    return Figure(
        name=f"first decision: its plan costs more than after {LONG_S:g} s, mean of {len(snapshots)}",
        value=round(100 * (costs[1] / costs[2] - 1), 2),
        unit="%",
        baselines={"without search": round(100 * (costs[0] / costs[2] - 1), 2)},
    )


def _timed(
    snapshot: Snapshot,
    machine: list[TravelTimes],
    seconds: float | None,
    clock: Callable[[], float] = time.process_time,
) -> tuple[float, Decision]:
    """Seconds of one core, whoever else is at work on this machine, or of another clock; None: no clock to end it."""
    begun = clock()
    budget = None if seconds is None else Budget(nodes=10**9, seconds=seconds, clock=clock)
    decision = decide(snapshot, machine, budget=budget)
    return clock() - begun, decision


def _table() -> TravelTimes:
    """Place 0 is the street, then the bays, floor by floor."""
    heights = [0.0, *(2.3 * (1 + bay // SECTORS) for bay in range(BAYS))]
    return travel_times(heights, Ramp(2.0, 0.3), take_s=25.0)


def _snapshot(random: Random) -> Snapshot:
    """A queue that has grown for ten minutes; some delivery bays are taken, one lift is idle."""
    now = 600.0
    jobs = []
    for number in range(QUEUE):
        lift, bay = random.randrange(LIFTS), 1 + random.randrange(BAYS)
        since = random.uniform(0.0, now)
        if random.random() < 0.5:
            mine = range(STATIONS * lift, STATIONS * (lift + 1))
            options = tuple(Option(lift, bay, 0, station) for station in mine)
            jobs.append(Job(number, Kind.RETRIEVE, options, weight=4.0, due=since))
        else:
            options = tuple(Option(one, 0, bay) for one in range(LIFTS))
            jobs.append(Job(number, Kind.STORE, options, weight=1.0, due=since))
    lifts = [LiftState(random.randrange(BAYS + 1), now + random.uniform(0.0, 90.0)) for _ in range(LIFTS)]
    lifts[0] = LiftState(lifts[0].place, now)
    stations = tuple(
        Station(now + max(0.0, random.uniform(-100.0, 200.0)), MEAN_DWELL_S) for _ in range(STATIONS * LIFTS)
    )
    return Snapshot(now, tuple(lifts), tuple(jobs), stations)


def _percentile(values: list[float], per_cent: float) -> float:
    """The least value that so many per cent of all do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -int(-len(ranked) * per_cent // 100) - 1)]
