"""A collection: the car comes to a delivery station, its driver takes it, the gate shuts. Resumes in any state."""

from collections.abc import Awaitable, Callable

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.jobs.gate import wait_for
from autosilo.site.control.jobs.present import Present
from autosilo.site.control.jobs.retrieve import Retrieve
from autosilo.site.control.jobs.store import Store, nearest_bay
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.types import EventKind
from autosilo.site.control.visits import Collect, Floor
from autosilo.tower.geometry import Role
from autosilo.tower.kinematics import travel_s


async def run(floor: Floor, job: JournalledJob) -> None:
    """Take ``job`` from the state in which it stands to its end. It must have its lift's turn."""
    driver = floor.drivers[job.lift or ""]
    while (step := _STEPS.get(job.state)) is not None:
        job = await step(floor, driver, job)
        floor.wake()


async def _begin(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    await driver.settle_down()
    station = await _free_station(floor, driver, job)
    job = floor.journal.update_job(job.id, state=Collect.FETCHING, station=station)
    floor.tell(EventKind.FETCHING, job=job, place=floor.journal.place_of(job.vin))
    return job


async def _fetch(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    station = job.station or ""
    await Retrieve(job.vin, station, job.id).run(driver, floor.journal, floor.moving(job, station))
    job = floor.journal.update_job(job.id, state=Collect.AT_GATE)
    floor.tell(EventKind.AT_GATE, job=job, place=station)
    return job


async def _open(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    await _present(floor, job).open(driver)
    job = floor.journal.update_job(job.id, state=Collect.GATE_OPEN)
    floor.tell(EventKind.GATE_OPEN, job=job, place=job.station)
    return job


async def _see_off(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    if not await _present(floor, job).left(driver, floor.link):
        return floor.journal.update_job(job.id, state=Collect.ABANDONING)
    return _gone(floor, job)


async def _shut(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    async with floor.minding(job, "zone_not_clear"):
        await _present(floor, job).shut(driver, floor.link)
    job = floor.journal.update_job(job.id, state=Collect.DONE)
    floor.tell(EventKind.HANDED_OVER, job=job, place=job.station)
    return job


async def _put_back(floor: Floor, driver: LiftDriver, job: JournalledJob) -> JournalledJob:
    """Nobody came for the car: back into a bay, unless somebody took it at the last moment."""
    station = job.station or ""
    if floor.journal.place_of(job.vin) == station:
        steady_s = floor.config.tower.gate.clear_s
        async with floor.minding(job, "zone_not_clear"):
            await wait_for(driver, floor.link, station, lambda seen: seen.zone_clear, steady_s=steady_s)
            await _present(floor, job).shut(driver, floor.link)
        status = driver.status
        if status is not None and not status.stations[station].occupied:
            return _gone(floor, job)
    if job.bay is None:
        bay = nearest_bay(
            driver,
            floor.config.tower,
            start=station,
            vehicle_class=floor.journal.class_of(job.vin),
            taken=set(floor.journal.inventory),
        )
        if bay is None:
            driver.halt("no free bay for a car that nobody took", station)
            await driver.settle_down()
            return job
        job = floor.journal.update_job(job.id, bay=bay)
    bay = job.bay or ""
    await Store(job.vin, bay, job.id).run(driver, floor.journal, floor.moving(job, bay))
    job = floor.journal.update_job(job.id, state=Collect.ABANDONED)
    floor.tell(EventKind.STORED, job=job, place=bay, detail="abandoned")
    return job


def _gone(floor: Floor, job: JournalledJob) -> JournalledJob:
    job = floor.journal.leave(vin=job.vin, job=job.id, state=Collect.LEFT)
    floor.tell(EventKind.LEFT, job=job, place=job.station)
    return job


def _present(floor: Floor, job: JournalledJob) -> Present:
    return Present(job.station or "", floor.config.tower.gate, job.id)


async def _free_station(floor: Floor, driver: LiftDriver, job: JournalledJob) -> str:
    """The delivery station where the car stands already, else the free one that is reached soonest."""
    here = driver.places.get(floor.journal.place_of(job.vin) or "")
    if here is not None and here.role is Role.DELIVERY:
        return here.name
    while True:
        status = driver.status
        free = [
            place
            for place in driver.places.values()
            if place.role is Role.DELIVERY
            and place.name not in floor.journal.inventory
            and status is not None
            and not status.stations[place.name].occupied
        ]
        if free and here is not None:
            origin = here.at
            return min(free, key=lambda place: (travel_s(driver.lift, origin, place.at), place.name)).name
        await floor.link.changed(1.0)


_STEPS: dict[str, Callable[[Floor, LiftDriver, JournalledJob], Awaitable[JournalledJob]]] = {
    Collect.QUEUED: _begin,
    Collect.FETCHING: _fetch,
    Collect.AT_GATE: _open,
    Collect.GATE_OPEN: _see_off,
    Collect.LEFT: _shut,
    Collect.ABANDONING: _put_back,
}
