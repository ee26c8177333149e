"""A hundred moves that nobody waits for: how long above what the assignment of followers allows at best."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import fmean

import numpy as np

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch.gaps import BelowOptimum
from autosilo.bench.dispatch.instances import Instance, backlog
from autosilo.bench.dispatch.play import Play
from autosilo.bench.dispatch.policies import RULES, by, policy
from autosilo.bench.report import Figure
from autosilo.tower.dispatch.assignment import assign

TARGET = "<= 0.3"
INSTANCES = 5
QUICK_INSTANCES = 1
NODES = 500
ROUNDING = 1e-6


class NoProof(Exception):
    """The prices of an assignment do not prove that it is the best."""


def figures(conditions: Conditions) -> Iterator[Figure]:
    count = QUICK_INSTANCES if conditions.quick else INSTANCES
    drawn = [backlog(conditions.seed * 1000 + number) for number in range(count)]
    idle = [replace(one, cars=tuple(replace(car, weight=0.0) for car in one.cars)) for one in drawn]
    limits = [least_s(instance) for instance in drawn]
    runs = {
        "policy": [_done_s(one, None) for one in idle],
        "policy while people wait": [_done_s(one, None) for one in drawn],
    }
    for name in RULES:
        runs[name] = [_done_s(one, name) for one in drawn]
    found = {
        name: max(0.0, round(fmean(100 * (done / limit - 1) for done, limit in zip(each, limits, strict=True)), 3))
        for name, each in runs.items()
    }
    yield Figure(
        name=f"throughput, backlog of {len(drawn[0].cars)}: mean of {count} above the assignment optimum",
        value=found.pop("policy"),
        unit="%",
        target=TARGET,
        limit=0.0,
        baselines=found,
    )
    yield Figure(
        name=f"throughput, backlog of {len(drawn[0].cars)}: moves an hour",
        value=round(3600 * len(drawn[0].cars) / fmean(runs["policy"]), 2),
        unit="1/h",
        limit=round(3600 * len(drawn[0].cars) / fmean(limits), 2),
    )


def _done_s(instance: Instance, rule: str | None) -> float:
    game = Play(instance)
    game.run(policy(NODES) if rule is None else by(RULES[rule]))
    if game.makespan() < least_s(instance) - ROUNDING:
        raise BelowOptimum(instance.name)
    return game.makespan()


def least_s(instance: Instance) -> float:
    """No order of all cars of a one-lift instance takes less: all loads, and each empty way that follows best.

    Raises:
        NoProof: the assignment was not shown to be the best.
    """
    times = instance.tower.times()
    source = [car.floor if car.kind == "retrieve" else 0 for car in instance.cars]
    destination = [0 if car.kind == "retrieve" else car.floor for car in instance.cars]
    ends = [*destination, 0]
    ways = np.array([[*(times.rows[end][start] for start in source), 0.0] for end in ends])
    follower, u, v = assign(ways)
    least = float(ways[np.arange(len(ends)), follower].sum())
    if np.any(u[:, None] + v[None, :] > ways + ROUNDING) or abs(u.sum() + v.sum() - least) > ROUNDING:
        raise NoProof(instance.name)
    return least + sum(times.carry_s(a, b) for a, b in zip(source, destination, strict=True))
