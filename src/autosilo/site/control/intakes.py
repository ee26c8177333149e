"""Which return gets which intake, in the order in which they were asked for."""

from collections.abc import Callable

from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.requests import waiting
from autosilo.site.control.states import Purpose, Return
from autosilo.site.control.station import StationDriver
from autosilo.site.control.visits import Floor


def admit(floor: Floor, at_work: Callable[[str], bool]) -> None:
    """Give each return that waits an intake, in their order."""
    queue = [job for job in floor.journal.open_jobs() if job.purpose == Purpose.RETURN and job.state == Return.QUEUED]
    for job in queue:
        free = [one for one in floor.stations.values() if not one.delivery and _may_open(floor, at_work, one, job)]
        if not free:
            continue  # a car that only few bays take keeps nobody else from coming in
        best = min(free, key=lambda one: (-max(floor.rack(lift).room() for lift in one.lifts), one.name))
        floor.journal.update_job(job.id, state=Return.ADMITTING, station=best.name)
        floor.wake()


def _may_open(floor: Floor, at_work: Callable[[str], bool], station: StationDriver, job: JournalledJob) -> bool:
    lifts = [
        one for one in station.lifts if floor.in_service(one) and floor.lifts[one].ready and _takes(floor, one, job)
    ]
    if not lifts or station.hold is not None or not floor.free_station(station):
        return False
    if not station.locks:
        return True
    older = any(
        request.since < job.since and any(one.lift in station.lifts and one.free_in_s <= 0 for one in request.options)
        for request in waiting(floor)
    )
    return not older and not any(at_work(one) or floor.locked(one) for one in station.lifts)


def _takes(floor: Floor, lift: str, job: JournalledJob) -> bool:
    """Is there a bay that takes this car, also when all have come in that are on their way to the lift's intakes?"""
    rack, coming = floor.rack(lift), _coming(floor, lift)
    if rack.room() <= len(coming):
        return False
    for vehicle_class in map(floor.journal.class_of, coming):
        bay = rack.choose(vehicle_class)
        if bay is not None:
            rack = rack.with_car(bay, vehicle_class)
    return rack.choose(floor.journal.class_of(job.vin)) is not None


def _coming(floor: Floor, lift: str) -> list[str]:
    """VINs of returns under way at the lift's intakes whose bay is not chosen yet."""
    return [
        job.vin
        for job in floor.journal.open_jobs()
        if job.purpose == Purpose.RETURN and job.bay is None and job.station in floor.stations
        if lift in floor.stations[job.station].lifts
    ]
