"""What the lifts are asked for at this moment, out of the journal: each job that waits, and the ways to do it."""

from collections.abc import Iterator
from math import inf

from autosilo.site.control.deliveries import free_in_s
from autosilo.site.control.dispatcher import Kind, Option, Request
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.promises import bay_for
from autosilo.site.control.states import Collect, Errand, Purpose, Return
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import Place, Role
from autosilo.tower.kinematics import move_s

KINDS: dict[tuple[str, str], Kind] = {
    (Purpose.COLLECT, Collect.QUEUED): Kind.RETRIEVE,
    (Purpose.COLLECT, Collect.PUTTING_BACK): Kind.PUT_BACK,
    (Purpose.RETURN, Return.STORING): Kind.STORE,
    (Purpose.STAGE, Errand.QUEUED): Kind.STAGE,
    (Purpose.UNSTAGE, Errand.QUEUED): Kind.UNSTAGE,
    (Purpose.RELOCATE, Errand.QUEUED): Kind.RELOCATE,
}
"""Which states wait for a lift."""

BEGUN: frozenset[tuple[str, str]] = frozenset(
    {
        (Purpose.COLLECT, Collect.FETCHING),
        (Purpose.COLLECT, Collect.PUTTING_BACK),
        (Purpose.RETURN, Return.STORING),
        *((purpose, Errand.MOVING) for purpose in (Purpose.STAGE, Purpose.UNSTAGE, Purpose.RELOCATE)),
    }
)
"""Which are a lift's own, once it was chosen (``job.lift``)."""


def begun(floor: Floor) -> list[JournalledJob]:
    """Jobs that a lift has begun, or was about to begin when the process ended."""
    return [job for job in floor.journal.open_jobs() if (job.purpose, job.state) in BEGUN and job.lift]


def waiting(floor: Floor) -> list[Request]:
    """Jobs that wait for a lift, each with the ways in which it can be done now."""
    in_motion = {job.vin for job in begun(floor)}
    found = []
    for job in floor.journal.open_jobs():
        kind = KINDS.get((job.purpose, job.state))
        if kind is None or job.lift or job.vin in in_motion:
            continue
        due = floor.expected.get(job.vin) if kind is Kind.STAGE else None
        found.append(Request(job.id, kind, job.since, tuple(options(floor, job, kind)), due))
    return found


def options(floor: Floor, job: JournalledJob, kind: Kind) -> Iterator[Option]:
    """The ways in which this job can be done, now or when a station is free again."""
    place = floor.journal.place_of(job.vin)
    for driver in floor.lifts.values():
        source = driver.places.get(place or "")
        if source is None or not floor.in_service(driver.name) or not floor.rack(driver.name).usable(source):
            continue
        if kind in (Kind.RETRIEVE, Kind.STAGE):
            yield from _down(floor, driver, source, spare=kind is Kind.STAGE)
        else:
            yield from _up(floor, driver, job, source, kind)


def _down(floor: Floor, driver: LiftDriver, source: Place, *, spare: bool) -> Iterator[Option]:
    """From a bay to each delivery station, if need be when it is free again; ``spare``: only to those that are free,
    and only if one more stays free for whoever comes."""
    if source.role is not Role.BAY:
        return
    before = source.front if source.front in floor.journal.inventory else None
    if before is not None:
        yield from _out_of_the_way(floor, driver, before)
        return
    free_in = {one.name: free_in_s(floor, one) for one in floor.stations_of(driver.name) if one.delivery}
    if spare and sum(seconds <= 0 for seconds in free_in.values()) <= floor.habits.staging.reserve:
        return
    for station, seconds in free_in.items():
        if seconds <= 0 or (seconds < inf and not spare):
            yield _option(driver, source, driver.places[station], free_in_s=seconds)


def _up(floor: Floor, driver: LiftDriver, job: JournalledJob, source: Place, kind: Kind) -> Iterator[Option]:
    """Into the best free bay; from a bay only to make way for another car."""
    if (source.role is Role.BAY) != (kind is Kind.RELOCATE):
        return
    leaving = source.name if source.role is Role.BAY else None
    bay = bay_for(floor, driver, job, leaving=leaving)
    if bay is not None and bay != source.name:
        yield _option(driver, source, driver.places[bay])


def _out_of_the_way(floor: Floor, driver: LiftDriver, front: str) -> Iterator[Option]:
    """The car in the front bay goes to another bay first, unless it is itself about to go out. One that may come down
    ahead of time waits for a station to spare, perhaps for ever, and can do so in any bay."""
    vin = floor.journal.inventory[front]
    jobs = [job for job in floor.journal.open_jobs() if job.vin == vin]
    if any((job.purpose, job.state) != (Purpose.STAGE, Errand.QUEUED) for job in jobs):
        return
    bay = floor.rack(driver.name).choose(floor.journal.class_of(vin), leaves=floor.leaves(vin), leaving=front)
    if bay is not None:
        yield _option(driver, driver.places[front], driver.places[bay], relocates=vin)


def _option(
    driver: LiftDriver, source: Place, destination: Place, *, relocates: str | None = None, free_in_s: float = 0.0
) -> Option:
    expected_s = move_s(driver.lift, driver.at, source, destination)
    return Option(driver.name, source.name, destination.name, expected_s, relocates, free_in_s)
