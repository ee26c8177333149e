"""A return: the intake opens, the car drives in, is judged and stored; or it is sent away. Resumes in any state."""

from collections.abc import Awaitable, Callable

from autosilo.site.control.driver import CannotMove, LiftDriver
from autosilo.site.control.jobs.gate import wait_for
from autosilo.site.control.jobs.store import Store, nearest_bay
from autosilo.site.control.jobs.take_in import TakeIn
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.mailbox import StationStatus
from autosilo.site.control.types import EventKind
from autosilo.site.control.visits import Floor, Return
from autosilo.tower.geometry import Role


async def run(floor: Floor, job: JournalledJob) -> None:
    """Take ``job`` from the state in which it stands to its end. It must have its lift's turn."""
    driver = floor.drivers[job.lift or ""]
    while (step := _STEPS.get(job.state)) is not None:
        job = await step(floor, driver, job)
        floor.wake()


async def _begin(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    await driver.settle_down()
    while True:
        status = driver.status
        for place in driver.places.values():
            taken = place.name in floor.journal.inventory
            if place.role is Role.INTAKE and not taken and status and not status.stations[place.name].occupied:
                return floor.journal.update_job(job.id, state=Return.ADMITTING, station=place.name)
        await floor.link.changed(1.0)


async def _open(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    await _intake(floor, job).open(driver)
    job = floor.journal.update_job(job.id, state=Return.GATE_OPEN)
    floor.tell(EventKind.GATE_OPEN, job=job, place=job.station)
    return job


async def _receive(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    if not await _intake(floor, job).arrived(driver, floor.link):
        return floor.journal.update_job(job.id, state=Return.TIMING_OUT, detail="timed_out")
    floor.tell(EventKind.ARRIVED, job=job, place=job.station)
    return _judge(floor, driver, job)


def _judge(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    """Accept the car that stands in the intake, or refuse it with the gate still open."""
    verdict = _intake(floor, job).judge(floor.config.tower, _seen(driver, job))
    bay = None
    if isinstance(verdict, int):
        bay = nearest_bay(
            driver,
            floor.config.tower,
            start=job.station or "",
            vehicle_class=verdict,
            taken=set(floor.journal.inventory),
        )
        if bay is None:
            verdict = "no_free_bay"
    if isinstance(verdict, str):
        job = floor.journal.update_job(job.id, state=Return.REFUSED, detail=verdict)
        floor.tell(EventKind.REFUSED, job=job, place=job.station, detail=verdict)
        return job
    floor.journal.update_job(job.id, bay=bay, detail=None)
    return floor.journal.arrive(
        place=job.station or "", vin=job.vin, vehicle_class=verdict, job=job.id, state=Return.ACCEPTED
    )


async def _wait_for_change(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    """A refused car leaves, or what was wrong with it is put right."""
    intake = _intake(floor, job)

    def changed(seen: StationStatus) -> bool:
        return seen.zone_clear and (not seen.occupied or intake.judge(floor.config.tower, seen) != (job.detail or ""))

    async with floor.minding(job, "car_stays"):
        await wait_for(driver, floor.link, job.station or "", changed, steady_s=floor.config.tower.gate.clear_s)
    if not _seen(driver, job).occupied:
        return floor.journal.update_job(job.id, state=Return.DISMISSING)
    return _judge(floor, driver, job)


async def _shut_in(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    async with floor.minding(job, "zone_not_clear"):
        await _intake(floor, job).shut(driver, floor.link)
    if not _seen(driver, job).occupied:  # it drove out again before the gate moved
        return floor.journal.leave(vin=job.vin, job=job.id, state=Return.TIMED_OUT)
    job = floor.journal.update_job(job.id, state=Return.STORING)
    floor.tell(EventKind.STORING, job=job, place=job.bay)
    return job


async def _store(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    bay = job.bay or ""
    try:
        await Store(job.vin, bay, job.id).run(driver, floor.journal, floor.moving(job, bay))
    except CannotMove as error:
        driver.halt(f"the PLC refuses to store an accepted car: {error}", job.station or driver.name)
        await driver.settle_down()
        return job
    job = floor.journal.update_job(job.id, state=Return.STORED)
    floor.tell(EventKind.STORED, job=job, place=bay)
    return job


async def _send_away(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    """Nothing stands in the intake any more (or nothing came): shut it."""
    clear_s = floor.config.tower.gate.clear_s
    async with floor.minding(job, "zone_not_clear"):
        await wait_for(driver, floor.link, job.station or "", lambda seen: seen.zone_clear, steady_s=clear_s)
    if _seen(driver, job).occupied:  # it came at the last moment, or came back
        return floor.journal.update_job(job.id, state=Return.GATE_OPEN)
    async with floor.minding(job, "zone_not_clear"):
        await _intake(floor, job).shut(driver, floor.link)
    ended = Return.TIMED_OUT if job.state == Return.TIMING_OUT else Return.DISMISSED
    return floor.journal.update_job(job.id, state=ended)


def _intake(floor: Floor, job: JournalledJob) -> TakeIn:
    return TakeIn(job.station or "", job.plate, floor.config.tower.gate, job.id)


def _seen(driver: LiftDriver, job: JournalledJob) -> StationStatus:
    status = driver.status
    if status is None:
        raise AssertionError("judged without sensors")
    return status.stations[job.station or ""]


_STEPS: dict[str, Callable[[Floor, LiftDriver, JournalledJob], Awaitable[JournalledJob]]] = {
    Return.QUEUED: _begin,
    Return.ADMITTING: _open,
    Return.GATE_OPEN: _receive,
    Return.REFUSED: _wait_for_change,
    Return.ACCEPTED: _shut_in,
    Return.STORING: _store,
    Return.DISMISSING: _send_away,
    Return.TIMING_OUT: _send_away,
}
