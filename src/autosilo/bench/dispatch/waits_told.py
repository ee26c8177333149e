"""The wait that a shopper is told: does it come true as often as it says?"""

from collections.abc import Sequence

import numpy as np

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch import whole_day_tower as towers
from autosilo.bench.report import Figure
from autosilo.planner.run import simulate
from autosilo.planner.world import Wait
from autosilo.tower.eta import Calibration, calibrate, estimate

RUNS, DAYS = 4, 30
QUICK_RUNS, QUICK_DAYS = 1, 6
OTHER_SEEDS = 1000
"""Added to the seed of a run to calibrate with."""
SPREAD = 0.05
COVERAGE = 0.8
TOLERANCE = "<= 2"


def figures(conditions: Conditions) -> Sequence[Figure]:
    """Half of the pick-ups booked, moves that vary by 5 %, faults. Who finds the car at the gate is told nothing."""
    runs, days = (QUICK_RUNS, QUICK_DAYS) if conditions.quick else (RUNS, DAYS)
    seeds = range(conditions.seed, conditions.seed + runs)
    before = [wait for seed in seeds for wait in _waits(seed + OTHER_SEEDS, days)]
    calibration = calibrate([(wait.group, wait.guess_s, wait.seconds) for wait in before], coverage=COVERAGE)
    after = [wait for seed in seeds for wait in _waits(seed, days)]
    covered, width = _score(after, calibration)
    waits = np.array([wait.seconds for wait in before])
    low, high = np.quantile(waits, [0.1, 0.9])
    plain = np.array([low <= wait.seconds <= high for wait in after])
    groups = {
        name or "others": round(100 * _score([wait for wait in after if wait.group == name], calibration)[0], 1)
        for name in sorted({wait.group for wait in after})
    }
    return [
        Figure(
            name=f"wait told: 80 % interval, distance of its coverage from 80 % ({len(after)} pick-ups)",
            value=round(abs(100 * covered - 100 * COVERAGE), 2),
            unit="points",
            target=TOLERANCE,
            limit=0.0,
            baselines={"coverage in %": round(100 * covered, 1), "same interval for all": round(100 * plain.mean(), 1)},
        ),
        Figure(
            name="wait told: mean width of the interval",
            value=round(width, 1),
            unit="s",
            baselines={"same interval for all": round(float(high - low), 1)},
        ),
        Figure(
            name="wait told: least coverage of a group",
            value=min(groups.values()),
            unit="%",
            baselines=groups,
        ),
    ]


def _score(waits: Sequence[Wait], calibration: Calibration) -> tuple[float, float]:
    """(share covered, mean width in s)."""
    told = [estimate(wait.guess_s, group=wait.group, calibration=calibration) for wait in waits]
    hits = [one.low_s <= wait.seconds <= one.high_s for one, wait in zip(told, waits, strict=True)]
    return float(np.mean(hits)), float(np.mean([one.high_s - one.low_s for one in told]))


def _waits(seed: int, days: int) -> list[Wait]:
    asked = towers.demand(booked=0.5)
    asked = asked.model_copy(update={"faults": asked.faults.model_copy(update={"a_year": 6.0, "spread": SPREAD})})
    counts = simulate(towers.tower(), asked, towers.OPENING, days=days, seed=seed)
    return [wait for wait in counts.waits if wait.group]
