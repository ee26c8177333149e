"""A small tower and its demand, for tests of the planner."""

from typing import Any

from autosilo.bench.dispatch.whole_day_tower import OPENING, tower
from autosilo.planner.demand import Demand, check_demand
from autosilo.planner.machine import Machine

HOURS = OPENING


def small(*, depth: int = 1) -> Machine:
    """Two lifts, 96 bays (192 two deep), six delivery bays."""
    return tower(floors=6, sectors=8, depth=depth)


def demand(a_day: float = 60, *, cars: int = 25, **parts: Any) -> Demand:
    """Ten models with ``cars`` each."""
    content = {
        "pickups": {"a_day": a_day},
        "models": [{"name": f"M{number}", "cars": cars, "share": 1.0 + number % 3} for number in range(10)],
        **parts,
    }
    return check_demand(content, source="test")
