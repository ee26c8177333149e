"""How long until a car stands behind an open gate: the dispatch's own plan, and how wrong such guesses were before."""

import time
from collections.abc import Mapping
from math import inf

from autosilo.site.control.dispatcher import Kind, Request
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.planning import LiftView, Planner
from autosilo.site.control.remaining import job_s, rest_of_move_s
from autosilo.site.control.requests import begun, down, waiting
from autosilo.site.control.states import Collect, Purpose
from autosilo.site.control.types import CannotFetch
from autosilo.site.control.urgency import timely
from autosilo.site.control.visits import Floor
from autosilo.site.control.waits import Guess
from autosilo.tower.eta import Estimate, estimate, group
from autosilo.tower.eta.guess import UNDER_WAY
from autosilo.tower.geometry import lift_of

ASKING = -1
"""Number of a job that nobody has asked for yet: what if they did now?"""
THERE = Estimate(0.0, 0.0, 0.0)


def eta(floor: Floor, planner: Planner, lifts: Mapping[str, LiftView], vin: str) -> Estimate | None:
    """From now on; None when nobody can say, since no lift can bring the car as things are. Raises
    ``CannotFetch("not_here")``."""
    own = _own(floor, vin)
    if own is not None and own.state == Collect.GATE_OPEN:
        return THERE
    guess = guessed(floor, planner, lifts, vin)
    if guess is None:
        return None
    return estimate(guess.seconds, group=guess.group, calibration=floor.waits.calibration)


def guessed(floor: Floor, planner: Planner, lifts: Mapping[str, LiftView], vin: str) -> Guess | None:
    """The same without its uncertainty, and the group that this depends on. Raises ``CannotFetch("not_here")``."""
    place, now = floor.journal.place_of(vin), time.time()
    if place is None:
        raise CannotFetch("not_here")
    gate_s = floor.config.tower.gate.travel_s
    if place in floor.stations:
        return Guess(UNDER_WAY, gate_s, now)
    driver, own = floor.lifts[lift_of(place)], _own(floor, vin)
    moving = _brings(floor, vin)
    if moving is not None:
        left = rest_of_move_s(driver, driver.places[place], driver.places[moving.station or ""], vin)
        first = sum(job_s(floor, driver, job) for job in begun(floor) if job.lift == driver.name and job.vin != vin)
        return Guess(UNDER_WAY, first + left + gate_s, now)
    seconds = _planned_s(floor, planner, lifts, own, vin, now)
    if seconds == inf:
        return None
    others = sum(one.kind is Kind.RETRIEVE and (own is None or one.job != own.id) for one in waiting(floor))
    free = any(floor.free_station(one) for one in floor.stations_of(driver.name) if one.delivery)
    found = group(waiting=others, idle=lifts[driver.name].free_in_s <= 0, station_free=free)
    return Guess(found, seconds + gate_s, now)


def _planned_s(
    floor: Floor, planner: Planner, lifts: Mapping[str, LiftView], own: JournalledJob | None, vin: str, now: float
) -> float:
    """By the plan for everything that waits, and for this car if nobody has asked for it yet; ``inf`` without one."""
    idle = sum(view.available and view.free_in_s <= 0 for view in lifts.values())
    requests = [one for one in waiting(floor) if floor.journal.job(one.job).vin != vin or one.kind is Kind.RETRIEVE]
    number = own.id if own is not None else ASKING
    if own is None:
        requests.append(Request(ASKING, Kind.RETRIEVE, now, tuple(down(floor, vin))))
    planned = planner.expected(timely(floor, requests, idle=idle, now=now), lifts, now)
    return planned.get(number, inf)


def _own(floor: Floor, vin: str) -> JournalledJob | None:
    return next((one for one in floor.journal.open_jobs() if one.vin == vin and one.purpose == Purpose.COLLECT), None)


def _brings(floor: Floor, vin: str) -> JournalledJob | None:
    """The job by which a lift brings this car down at present, for whom it may be."""
    jobs = (job for job in floor.journal.open_jobs() if job.vin == vin and job.lift and job.bay is None)
    return next((job for job in jobs if job.station), None)
