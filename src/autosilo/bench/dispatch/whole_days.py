"""Whole days: waits of shoppers, against baselines and the bound, in the same run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch import whole_day_tower as towers
from autosilo.bench.dispatch.whole_day_bound import walk_up_bound_s
from autosilo.bench.report import Figure
from autosilo.planner.machine import Machine
from autosilo.planner.rules import BASELINE_FIRST_COME, BASELINE_ZONES, Choice, Rules
from autosilo.planner.run import simulate

RUNS, DAYS = 4, 10
QUICK_RUNS, QUICK_DAYS = 1, 3
TARGETS = {0.0: ("<= 95", "<= 175"), 0.5: ("<= 42", "<= 130"), 0.8: ("<= 20", "<= 95")}
"""Share booked -> mean and 95th percentile of the wait in seconds."""


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Seconds; pooled over the runs."""

    mean: float
    p95: float
    from_identification: float
    """Mean when an early shopper's wait is counted from identification, too."""
    walk_up_share: float
    walk_up_mean: float
    substituted: float
    """Share of shoppers who took another variant."""
    store_p95: float


def figures(conditions: Conditions) -> Sequence[Figure]:
    """A day with a peak hour of 30 + 30, then 14 such hours; then both for cars of which no two are alike."""
    runs, days = (QUICK_RUNS, QUICK_DAYS) if conditions.quick else (RUNS, DAYS)
    seeds = range(conditions.seed, conditions.seed + runs)
    machine = towers.tower()
    found: list[Figure] = []
    for booked in TARGETS:
        found += _row(machine, booked, seeds, days, "peak 30 + 30", towers.DAY, towers.VARIANTS, quoted=True)
    for booked in TARGETS:
        found += _row(machine, booked, seeds, days, "all day 30 + 30", towers.FLAT, towers.VARIANTS)
    for booked in TARGETS:
        found += _row(machine, booked, seeds, days, "peak 30 + 30, no two cars alike", towers.DAY, 0)
    for booked in TARGETS:
        found += _row(machine, booked, seeds, days, "all day 30 + 30, no two cars alike", towers.FLAT, 0)
    return found


def _row(
    machine: Machine,
    booked: float,
    seeds: range,
    days: int,
    name: str,
    profile: Sequence[float],
    variants: int,
    *,
    quoted: bool = False,
) -> list[Figure]:
    policy = Rules()
    found = waits(machine, booked, seeds, days, profile, variants, policy)
    first = waits(machine, booked, seeds, days, profile, variants, BASELINE_FIRST_COME)
    zones = waits(machine, booked, seeds, days, profile, variants, BASELINE_ZONES)
    promised, set_out = found, found
    if variants:
        promised = waits(machine, booked, seeds, days, profile, variants, Rules(choice=Choice.PROMISED))
        set_out = waits(machine, booked, seeds, days, profile, variants, Rules(choice=Choice.AT_SET_OUT))
    targets = TARGETS[booked] if quoted else (None, None)
    bound = walk_up_bound_s(machine, shares(variants)) * found.walk_up_share * (1 - found.substituted)
    title = f"whole days, {name}, {booked:.0%} booked"
    mean = Figure(
        name=f"{title}: mean wait",
        value=round(found.mean, 1),
        unit="s",
        target=targets[0],
        limit=round(bound, 1),
        baselines={
            "first come, nearest free": round(first.mean, 1),
            "class-based": round(zones.mean, 1),
            "each gets the car that was promised": round(promised.mean, 1),
            "no car is promised": round(set_out.mean, 1),
            "counted from identification": round(found.from_identification, 1),
            "walk-ups alone": round(found.walk_up_mean, 1),
        },
    )
    tail = Figure(
        name=f"{title}: p95 wait",
        value=round(found.p95, 1),
        unit="s",
        target=targets[1],
        baselines={
            "first come, nearest free": round(first.p95, 1),
            "class-based": round(zones.p95, 1),
            "each gets the car that was promised": round(promised.p95, 1),
            "no car is promised": round(set_out.p95, 1),
            "p95 until a returned car is stored": round(found.store_p95, 1),
        },
    )
    return [mean, tail]


def shares(variants: int) -> list[float]:
    """Of demand, for each thing that a shopper can ask for and the tower holds."""
    if variants:
        return [model.share for model in towers.demand(booked=0.0, variants=variants).models]
    return [
        of_demand / round(towers.STOCK * of_stock)
        for _, of_stock, of_demand in towers.CLASSES
        for _ in range(round(towers.STOCK * of_stock))
    ]


def waits(
    machine: Machine, booked: float, seeds: range, days: int, profile: Sequence[float], variants: int, rules: Rules
) -> Waits:
    """Pooled over one run a seed."""
    asked = towers.demand(booked=booked, profile=profile, variants=variants)
    counts = [simulate(machine, asked, towers.OPENING, days=days, seed=seed, rules=rules) for seed in seeds]
    found = [wait for one in counts for wait in one.waits]
    after_due = np.array([wait.after_due_s for wait in found])
    walk_ups = np.array([wait.seconds for wait in found if not wait.booked])
    return Waits(
        mean=float(after_due.mean()),
        p95=float(np.quantile(after_due, 0.95)),
        from_identification=float(np.mean([wait.seconds for wait in found])),
        walk_up_share=len(walk_ups) / len(found),
        walk_up_mean=float(walk_ups.mean()) if len(walk_ups) else 0.0,
        substituted=sum(one.substituted for one in counts) / len(found),
        store_p95=float(np.quantile([wait for one in counts for wait in one.store_waits], 0.95)),
    )
