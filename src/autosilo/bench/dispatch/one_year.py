"""How long one simulated year takes, beside ``simpy`` running the same tower without policies."""

import importlib.util
import time
from collections.abc import Sequence
from statistics import median

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch.whole_day_tower import OPENING, tower
from autosilo.bench.report import Figure
from autosilo.planner.demand import Demand
from autosilo.planner.run import simulate

DAYS, RUNS = 365, 3
QUICK_DAYS = 30
SIMPY_DAYS = 120
FLOORS, SECTORS, LIFTS = 10, 10, 4
A_DAY = 90
MODELS, OF_EACH = 40, 14


def asked() -> Demand:
    """560 cars: some 270 are on a test drive of three days, and the others fill three quarters of the 400 bays."""
    models = [{"name": f"M{number + 1}", "cars": OF_EACH, "share": 1.0 + number % 5} for number in range(MODELS)]
    return Demand.model_validate({"pickups": {"a_day": A_DAY}, "models": models})


def figures(conditions: Conditions) -> Sequence[Figure]:
    """Processor time of one process, tables and random draws included; median of the runs."""
    days, runs = (QUICK_DAYS, 1) if conditions.quick else (DAYS, RUNS)
    seconds, events = [], 0
    for run in range(runs):
        begun = time.process_time()
        machine = tower(lifts=LIFTS, floors=FLOORS, sectors=SECTORS)
        counts = simulate(machine, asked(), OPENING, days=days, warm_up_days=0, seed=conditions.seed + run)
        seconds.append(time.process_time() - begun)
        events = counts.events
    took = median(seconds)
    seconds_beside, rate_beside = _in_simpy(min(days, SIMPY_DAYS), conditions.seed)
    return [
        Figure(
            name=f"simulated year, 400 bays, 4 lifts, full policy{' (from 30 days)' if conditions.quick else ''}",
            value=round(took * DAYS / days, 2),
            unit="s",
            target="<= 5",
            baselines=seconds_beside,
        ),
        Figure(name="simulated year: events a second", value=round(events / took), unit="1/s", baselines=rate_beside),
    ]


def _in_simpy(days: int, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """Baselines of both figures, extrapolated from ``days``; empty without the library, which only tests need."""
    if importlib.util.find_spec("simpy") is None:
        return {}, {}
    from autosilo.bench.dispatch import simpy_tower

    events, seconds = simpy_tower.run(days=days, seed=seed)
    name = "simpy, first come, without policies"
    return {name: round(seconds * DAYS / days, 2)}, {name: round(events / seconds)}
