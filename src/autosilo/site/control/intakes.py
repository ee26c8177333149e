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
            return
        best = min(free, key=lambda one: (-max(floor.rack(lift).room() for lift in one.lifts), one.name))
        floor.journal.update_job(job.id, state=Return.ADMITTING, station=best.name)
        floor.wake()


def _may_open(floor: Floor, at_work: Callable[[str], bool], station: StationDriver, job: JournalledJob) -> bool:
    lifts = [
        one
        for one in station.lifts
        if floor.in_service(one) and floor.lifts[one].ready and floor.rack(one).room() > _promised(floor, one)
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


def _promised(floor: Floor, lift: str) -> int:
    """Returns under way at the lift's intakes whose bay is not chosen yet."""
    return sum(
        job.purpose == Purpose.RETURN and job.bay is None and lift in floor.stations[job.station].lifts
        for job in floor.journal.open_jobs()
        if job.station in floor.stations
    )
