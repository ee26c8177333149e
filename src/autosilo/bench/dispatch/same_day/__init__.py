"""The site controller really uses this policy: one day at the real controller, and the same day in the simulator."""

import asyncio
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch.instances import LONGEST_DWELL_S, SHORTEST_DWELL_S
from autosilo.bench.dispatch.same_day import run
from autosilo.bench.dispatch.same_day.day import Day, drawn
from autosilo.bench.dispatch.same_day.reference import Compared, compare
from autosilo.bench.report import Figure
from autosilo.bench.tower.town import Town, car
from autosilo.planner.machine import machine_of
from autosilo.planner.rules import Order, Rules, Storage
from autosilo.site.control.habits import Habits
from autosilo.tower.site_file import load_site

SLUG = "sameday"
PACE = 20.0
"""The controller's own time, some tens of milliseconds a step, counts so many times in the tower's."""
HOURS, QUICK_HOURS = 1.5, 0.4
TARGET = ">= 100"
POLICY = Rules(late=False, park=False, rearrangement=None)
"""Each shopper wants one particular car; lifts stay where they are."""
OTHERS = {
    "first come, first served": Rules(order=Order.FIRST_COME, late=False, park=False, rearrangement=None),
    "bays by chance": Rules(storage=Storage.RANDOM, late=False, park=False, rearrangement=None),
}
"""Of what the run did, so much would have been done by these as well."""


def figures(conditions: Conditions) -> Sequence[Figure]:
    """Of every move: is it the one that the simulator decides in the same state?"""
    site = load_site(SLUG, folder=Path(str(resources.files(__name__))), pace=1)
    day = drawn(site, seed=conditions.seed, hours=QUICK_HOURS if conditions.quick else HOURS)
    record = asyncio.run(_played(day))
    machine = machine_of(site)
    found = compare(machine, day, record, POLICY)
    others = {name: _percent(compare(machine, day, record, rules)) for name, rules in OTHERS.items()}
    return [
        Figure(
            name=f"same day at the site controller, over OPC UA: the simulator decides the same ({found.steps} moves)",
            value=_percent(found),
            unit="%",
            target=TARGET,
            limit=100.0,
            baselines=others,
        ),
        Figure(
            name="same day: holds and lost links during the run",
            value=len(record.trouble),
            unit="",
            target="== 0",
            baselines={"moves of the day": found.steps},
        ),
    ]


def _percent(found: Compared) -> float:
    return round(100 * found.same, 1)


async def _played(day: Day) -> run.Record:
    habits = Habits(ahead=True, dwell_s=(SHORTEST_DWELL_S + LONGEST_DWELL_S) / 2).at_pace(PACE)
    with tempfile.TemporaryDirectory(prefix="autosilo-bench-") as folder:
        town = Town(Path(folder) / "home", package=__name__, slug=SLUG, pace=PACE)
        town.fill({bay: car(number) for bay, number in day.places.items()})
        try:
            return await run.play(town, day, habits)
        finally:
            await town.close()
