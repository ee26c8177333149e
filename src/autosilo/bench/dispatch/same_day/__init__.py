"""The site controller really uses this policy: one day at the real controller, and the same day in the simulator."""

import asyncio
import logging
import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import resources
from math import sqrt
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
from autosilo.site.control.journal import Journal
from autosilo.tower.eta import calibrate, estimate
from autosilo.tower.eta.calibration import LEAST_SAMPLES
from autosilo.tower.site_file import load_site

log = logging.getLogger(__name__)

SLUG = "sameday"
PACE = 20.0
"""The controller's own time, some tens of milliseconds a step, counts so many times in the tower's."""
HOURS, QUICK_HOURS = 1.5, 0.4
DAYS, AT_ONCE = 4, 2
"""Each day waits for its shoppers most of the time and needs some tenths of a core."""
COVERAGE = 0.8
MOST_WAITS = 10_000
TARGET = ">= 100"
POLICY = Rules(park=False, rearrangement=None)
"""Lifts stay where they are, and the site is open all day."""
OTHERS = {
    "first come, first served": Rules(order=Order.FIRST_COME, park=False, rearrangement=None),
    "bays by chance": Rules(storage=Storage.RANDOM, park=False, rearrangement=None),
}
"""Of what the run did, so much would have been done by these as well."""


@dataclass(frozen=True, slots=True)
class Played:
    """One day. ``others``: by name, what baselines would have done alike; ``waits``: (group, guess, wait) in seconds of
    the tower; ``kept``: choices that fell on the promised car."""

    found: Compared
    others: dict[str, Compared]
    trouble: int
    waits: list[tuple[str, float, float]]
    kept: int


def figures(conditions: Conditions) -> Sequence[Figure]:
    """Of every move: is it the one that the simulator decides in the same state?"""
    if conditions.quick:
        days = [_day(conditions.seed, QUICK_HOURS)]
    else:
        seeds = range(conditions.seed, conditions.seed + DAYS)
        with ProcessPoolExecutor(AT_ONCE, mp_context=multiprocessing.get_context("spawn")) as pool:
            days = list(pool.map(_day, seeds, [HOURS] * DAYS))
    return [*_same(days), *_told(days)]


def _same(days: Sequence[Played]) -> Iterator[Figure]:
    steps = sum(day.found.steps for day in days)
    moves = f"{steps} moves in {len(days)} days"
    others = {name: _percent([day.others[name] for day in days]) for name in OTHERS}
    yield Figure(
        name=f"same day at the site controller, over OPC UA: the simulator decides the same ({moves})",
        value=_percent([day.found for day in days]),
        unit="%",
        target=TARGET,
        limit=100.0,
        baselines=others | {"the worst of the days": min(_percent([day.found]) for day in days)},
    )
    choices, otherwise = (sum(getattr(day.found, one) for day in days) for one in ("choices", "otherwise"))
    yield Figure(
        name=f"same day: of equal cars the simulator chooses the same ({choices} choices)",
        value=round(100 * (choices - otherwise) / max(1, choices), 1),
        unit="%",
        target=TARGET,
        limit=100.0,
        baselines={"the car that was promised": round(100 * sum(day.kept for day in days) / max(1, choices), 1)},
    )
    yield Figure(
        name="same day: holds and lost links during the run",
        value=sum(day.trouble for day in days),
        unit="",
        target="== 0",
        baselines={"moves of all days": steps},
    )


def _told(days: Sequence[Played]) -> Iterator[Figure]:
    """Each day's waits are foretold with what the other days taught: what the controller guessed beside what came."""
    within = count = 0
    for number, day in enumerate(days):
        others = [wait for other, one in enumerate(days) if other != number for wait in one.waits]
        if len(others) < LEAST_SAMPLES:
            return
        calibration = calibrate(others, coverage=COVERAGE)
        for group, guess, seconds in day.waits:
            told = estimate(guess, group=group, calibration=calibration)
            within += told.low_s <= seconds <= told.high_s
            count += 1
    errors = sorted(abs(seconds - guess) for day in days for _, guess, seconds in day.waits)
    yield Figure(
        name=f"wait told at the site controller: share within the 80 % interval ({count} pick-ups)",
        value=round(100 * within / count, 1),
        unit="%",
        baselines={
            "what it should be": 100 * COVERAGE,
            "standard error of that many": round(100 * sqrt(COVERAGE * (1 - COVERAGE) / count), 1),
            "guess off by, median in s": round(errors[len(errors) // 2], 1),
        },
    )


def _day(seed: int, hours: float) -> Played:
    """In a process of its own, with the PLC's twin in another."""
    site = load_site(SLUG, folder=Path(str(resources.files(__name__))), pace=1)
    day = drawn(site, seed=seed, hours=hours)
    record, waits = asyncio.run(_played(day))
    machine = machine_of(site)
    found = compare(machine, day, record, POLICY)
    for words in found.words:
        log.warning("seed %d differs: %s", seed, words)
    others = {name: compare(machine, day, record, rules) for name, rules in OTHERS.items()}
    return Played(found, others, len(record.trouble), waits, _kept(record))


def _kept(record: run.Record) -> int:
    """Before the exchanges of others: what each was promised at first."""
    return sum(record.promised[number] == car for (number, _), car in record.chosen.items())


def _percent(found: Sequence[Compared]) -> float:
    made = sum(one.steps - one.differing for one in found)
    return round(100 * made / max(1, sum(one.steps + one.extra for one in found)), 1)


async def _played(day: Day) -> tuple[run.Record, list[tuple[str, float, float]]]:
    habits = Habits(ahead=True, dwell_s=(SHORTEST_DWELL_S + LONGEST_DWELL_S) / 2).at_pace(PACE)
    with tempfile.TemporaryDirectory(prefix="autosilo-bench-") as folder:
        town = Town(Path(folder) / "home", package=__name__, slug=SLUG, pace=PACE)
        town.fill({bay: car(number) for bay, number in day.places.items()})
        try:
            record = await run.play(town, day, habits)
        finally:
            await town.close()
        return record, _waits(town)


def _waits(town: Town) -> list[tuple[str, float, float]]:
    """By the controller's journal; its clock counts ``PACE`` times in the tower's."""
    journal = Journal(town.home / "sites" / SLUG / "journal.db")
    try:
        return [(group, PACE * guess, PACE * seconds) for group, guess, seconds in journal.waits(MOST_WAITS)]
    finally:
        journal.close()
