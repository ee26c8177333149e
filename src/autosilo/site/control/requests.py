"""What the lifts are asked for at this moment, out of the journal: each job that waits, and the ways to do it."""

from collections.abc import Iterator
from math import inf
from typing import Literal

from autosilo.site.control.deliveries import free_in_s
from autosilo.site.control.dispatcher import Clearing, Kind, Option, Request
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.promises import bay_for
from autosilo.site.control.states import Collect, Errand, Purpose, Return
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import Place, Role
from autosilo.tower.kinematics import move_s, travel_s

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


_MAY_MAKE_WAY = frozenset({(Purpose.STAGE, Errand.QUEUED), (Purpose.RELOCATE, Errand.QUEUED)})
"""What a car may be wanted for and still be moved to another bay."""


def begun(floor: Floor) -> list[JournalledJob]:
    """Jobs that a lift has begun, or was about to begin when the process ended; what clears a lane before what it is
    cleared for."""
    found = [job for job in floor.journal.open_jobs() if (job.purpose, job.state) in BEGUN and job.lift]
    return sorted(found, key=lambda job: job.purpose != Purpose.RELOCATE)


def waiting(floor: Floor) -> list[Request]:
    """Jobs that wait for a lift, each with the ways in which it can be done now."""
    in_motion = {job.vin for job in begun(floor)}
    found = []
    for job in floor.journal.open_jobs():
        kind = KINDS.get((job.purpose, job.state))
        if kind is None or job.lift or job.vin in in_motion:
            continue
        due = floor.expected.get(job.vin) if kind is Kind.STAGE else None
        found.append(Request(job.id, kind, _since(floor, job, kind), tuple(_options(floor, job, kind)), due))
    return found


def _since(floor: Floor, job: JournalledJob, kind: Kind) -> float:
    """A car in an intake waits from when its driver has left."""
    return floor.stood.get(job.station or "", job.since) if kind is Kind.STORE else job.since


def _options(floor: Floor, job: JournalledJob, kind: Kind) -> Iterator[Option]:
    """The ways in which this job can be done, now or when a station is free again."""
    if kind in (Kind.RETRIEVE, Kind.STAGE):
        yield from down(floor, job.vin, spare=kind is Kind.STAGE)
        return
    place = floor.journal.place_of(job.vin)
    for driver in floor.lifts.values():
        source = source_of(floor, driver, place)
        if source is not None:
            yield from _up(floor, driver, job, source, kind)


def down(floor: Floor, vin: str, *, spare: bool = False) -> Iterator[Option]:
    """How this car can be brought to a delivery station; ``spare``: see ``_down``."""
    place = floor.journal.place_of(vin)
    for driver in floor.lifts.values():
        source = source_of(floor, driver, place)
        if source is not None:
            yield from _down(floor, driver, source, spare=spare)


def source_of(floor: Floor, driver: LiftDriver, place: str | None) -> Place | None:
    """Where the lift may take the car from now."""
    source = driver.places.get(place or "")
    usable = source is not None and floor.in_service(driver.name) and floor.rack(driver.name).usable(source)
    return source if usable else None


def _down(floor: Floor, driver: LiftDriver, source: Place, *, spare: bool) -> Iterator[Option]:
    """From a bay to each delivery station, if need be when it is free again; ``spare``: only if one more stays free for
    whoever comes.

    The car before it goes out of the way as a part of that: by itself it would be a short job, which is always chosen
    first, and two shoppers whose cars stand behind could have it carried to and fro between their lanes for ever.
    """
    if source.role is not Role.BAY:
        return
    clearing = clearing_of(floor, driver, source)
    if clearing is None:
        return
    free_in = {one.name: free_in_s(floor, one) for one in floor.stations_of(driver.name) if one.delivery}
    if spare and sum(seconds <= 0 for seconds in free_in.values()) <= floor.habits.staging.reserve:
        return
    for station, seconds in free_in.items():
        if seconds < inf:
            yield _option(driver, source, driver.places[station], clearing=clearing, free_in_s=seconds)


def _up(floor: Floor, driver: LiftDriver, job: JournalledJob, source: Place, kind: Kind) -> Iterator[Option]:
    """Into the best free bay; from a bay only to make way for another car."""
    if (source.role is Role.BAY) != (kind is Kind.RELOCATE):
        return
    leaving = source.name if source.role is Role.BAY else None
    bay = bay_for(floor, driver, job, leaving=leaving)
    if bay is not None and bay != source.name:
        yield _option(driver, source, driver.places[bay])


def clearing_of(floor: Floor, driver: LiftDriver, source: Place) -> Clearing | Literal["clear"] | None:
    """How the lane before ``source`` is cleared; None when it cannot be.

    The car in the front bay goes to another bay first, unless it is itself about to go out. One that may come down
    ahead of time waits for a station to spare, perhaps for ever, and can do so in any bay.
    """
    vin = floor.journal.inventory.get(source.front or "")
    if source.front is None or vin is None:
        return "clear"
    jobs = [job for job in floor.journal.open_jobs() if job.vin == vin]
    if any((job.purpose, job.state) not in _MAY_MAKE_WAY for job in jobs):
        return None
    bay = floor.best_bay(floor.rack(driver.name), vin, leaving=source.front)
    if bay is None:
        return None
    front, aside = driver.places[source.front], driver.places[bay]
    seconds = move_s(driver.lift, source.at, front, aside) + travel_s(driver.lift, aside.at, source.at)
    return Clearing(vin, bay, seconds)


def _option(
    driver: LiftDriver,
    source: Place,
    destination: Place,
    *,
    clearing: Clearing | Literal["clear"] = "clear",
    free_in_s: float = 0.0,
) -> Option:
    first = None if clearing == "clear" else clearing
    expected_s = move_s(driver.lift, driver.at, source, destination) + (first.seconds if first else 0.0)
    return Option(driver.name, source.name, destination.name, expected_s, first, free_in_s)
