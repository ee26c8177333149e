"""A return: the intake opens, the car drives in, is judged and stored; or it is sent away. Resumes in any state.

Only the last part needs a lift; until then the intake alone is at work.
"""

from collections.abc import Awaitable, Callable

from autosilo.site.control.dispatching import Dispatching
from autosilo.site.control.jobs.take_in import TakeIn
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.readings import StationStatus
from autosilo.site.control.states import Return
from autosilo.site.control.station import StationDriver
from autosilo.site.control.types import EventKind, RefusalReason
from autosilo.site.control.visits import Floor

WITH_THE_LIFTS = frozenset({Return.QUEUED, Return.STORING})


async def step(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """Take ``job`` one state further."""
    if job.state in WITH_THE_LIFTS:
        await floor.until(lambda: floor.journal.job(job.id).state != job.state)
    else:
        await _STEPS[job.state](floor, lifts, job)


async def _open(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    await lifts.quiet(_station(floor, job))
    await _intake(floor, job).open()
    job = floor.journal.update_job(job.id, state=Return.GATE_OPEN)
    floor.tell(EventKind.GATE_OPEN, job=job, place=job.station)


async def _receive(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    if not await _intake(floor, job).arrived():
        floor.journal.update_job(job.id, state=Return.TIMING_OUT, detail="timed_out")
    elif _seen(floor, job).occupied:
        floor.tell(EventKind.ARRIVED, job=job, place=job.station)
        _judge(floor, job)


def _judge(floor: Floor, job: JournalledJob) -> JournalledJob:
    """Accept the car that stands in the intake and promise it a bay, or refuse it with the gate still open."""
    verdict = _verdict(floor, job)
    if isinstance(verdict, str):
        job = floor.journal.update_job(job.id, state=Return.REFUSED, detail=verdict)
        floor.tell(EventKind.REFUSED, job=job, place=job.station, detail=verdict)
        return job
    vehicle_class, bay = verdict
    floor.journal.update_job(job.id, bay=bay, detail=None)
    job = floor.journal.arrive(
        place=job.station or "", vin=job.vin, vehicle_class=vehicle_class, job=job.id, state=Return.ACCEPTED
    )
    floor.wake()
    return job


def _verdict(floor: Floor, job: JournalledJob) -> tuple[int, str] | RefusalReason:
    """The class that the car in the intake needs and a bay for it, or why it is not taken in."""
    found = _intake(floor, job).judge(floor.config.tower, _seen(floor, job))
    if isinstance(found, str):
        return found
    bay = _bay(floor, _station(floor, job), found, job)
    return "no_free_bay" if bay is None else (found, bay)


def _bay(floor: Floor, station: StationDriver, vehicle_class: int, job: JournalledJob) -> str | None:
    lifts = [one for one in station.lifts if floor.in_service(one)]
    racks = (floor.rack(lift, without=job.id) for lift in lifts)
    found = (floor.best_bay(rack, job.vin, vehicle_class=vehicle_class) for rack in racks)
    return next((bay for bay in found if bay is not None), None)


async def _wait_for_change(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """A refused car leaves, or what was wrong with it is put right."""
    station = _station(floor, job)

    def changed(seen: StationStatus) -> bool:
        return seen.zone_clear and (not seen.occupied or _verdict(floor, job) != job.detail)

    async with floor.minding(job, "car_stays"):
        while job.state == Return.REFUSED:
            await station.wait_for(changed, steady_s=station.times.clear_s)
            if _seen(floor, job).occupied:
                job = _judge(floor, job)
            else:
                job = floor.journal.update_job(job.id, state=Return.DISMISSING)


async def _shut_in(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    async with floor.minding(job, "zone_not_clear"):
        await _intake(floor, job).shut()
    if not _seen(floor, job).occupied:  # it drove out again before the gate moved
        floor.journal.leave(vin=job.vin, job=job.id, state=Return.TIMED_OUT)
        floor.wake()
        return
    job = floor.journal.update_job(job.id, state=Return.STORING, lift=None)
    floor.tell(EventKind.STORING, job=job, place=job.bay)


async def _send_away(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """Nothing stands in the intake any more (or nothing came): shut it."""
    station = _station(floor, job)
    async with floor.minding(job, "zone_not_clear"):
        await station.wait_for(lambda seen: seen.zone_clear, steady_s=station.times.clear_s)
    if _seen(floor, job).occupied:  # it came at the last moment, or came back
        floor.journal.update_job(job.id, state=Return.GATE_OPEN)
        return
    async with floor.minding(job, "zone_not_clear"):
        await _intake(floor, job).shut()
    ended = Return.TIMED_OUT if job.state == Return.TIMING_OUT else Return.DISMISSED
    floor.journal.update_job(job.id, state=ended)
    floor.wake()


def _station(floor: Floor, job: JournalledJob) -> StationDriver:
    return floor.stations[job.station or ""]


def _intake(floor: Floor, job: JournalledJob) -> TakeIn:
    return TakeIn(_station(floor, job), job.plate, job.id)


def _seen(floor: Floor, job: JournalledJob) -> StationStatus:
    status = _station(floor, job).status
    if status is None:
        raise AssertionError("judged without sensors")
    return status


_STEPS: dict[str, Callable[[Floor, Dispatching, JournalledJob], Awaitable[None]]] = {
    Return.ADMITTING: _open,
    Return.GATE_OPEN: _receive,
    Return.REFUSED: _wait_for_change,
    Return.ACCEPTED: _shut_in,
    Return.DISMISSING: _send_away,
    Return.TIMING_OUT: _send_away,
}
