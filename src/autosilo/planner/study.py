"""Many designs at once, each in a process of its own."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from autosilo.planner.demand import Demand
from autosilo.planner.design import CannotBuild, Design, build, fleet
from autosilo.planner.draws import Opening
from autosilo.planner.machine import machine_of
from autosilo.planner.outcome import Outcome, outcome
from autosilo.planner.run import simulate
from autosilo.tower.config import SiteConfig

WARM_UP_DAYS = 4


def opening_of(site: SiteConfig) -> Opening:
    """Hours of the day for Monday to Sunday."""
    found: list[tuple[float, float] | None] = []
    for weekday in range(7):
        hours = site.opening(weekday)
        found.append(
            None
            if hours is None
            else (hours.opens.hour + hours.opens.minute / 60.0, hours.shuts.hour + hours.shuts.minute / 60.0)
        )
    return found


def study_one(site: SiteConfig, demand: Demand, design: Design, *, days: int, seed: int) -> Outcome:
    """Simulate one design. Raises ``CannotBuild``, and ``ValueError`` when no demand falls into opening hours."""
    built = build(site, design)
    asked = fleet(demand, design)
    machine = machine_of(built, charging_bays=design.chargers)
    opening = opening_of(built)
    classes = [one.name for one in built.tower.classes]
    for model in asked.models:
        if model.vehicle_class not in (None, *classes):
            raise CannotBuild(f"model {model.name!r}: the site has no vehicle class {model.vehicle_class!r}")
    counts = simulate(machine, asked, opening, days=days, warm_up_days=WARM_UP_DAYS, seed=seed, classes=classes)
    return outcome(design, machine, asked, opening, counts, days=days)


def study(
    site: SiteConfig, demand: Demand, designs: Sequence[Design], *, days: int, seed: int, processes: int | None = None
) -> list[Outcome]:
    """All designs, in their order; the same people come to each. Raises as ``study_one``."""
    processes = min(processes or os.cpu_count() or 1, len(designs))
    jobs = [(site, demand, design, days, seed) for design in designs]
    if processes <= 1:
        return [_one(job) for job in jobs]
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_one, jobs))


def _one(job: tuple[SiteConfig, Demand, Design, int, int]) -> Outcome:
    site, demand, design, days, seed = job
    return study_one(site, demand, design, days=days, seed=seed)
