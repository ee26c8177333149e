"""What a lift does for a job that was given to it, and what the journal says afterwards. Resumes anywhere."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from autosilo.site.control.jobs.move import CannotBegin, Move
from autosilo.site.control.jobs.relocate import Relocate
from autosilo.site.control.jobs.retrieve import Retrieve
from autosilo.site.control.jobs.stage import Stage
from autosilo.site.control.jobs.store import Store
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.states import Collect, Errand, Purpose, Return
from autosilo.site.control.types import EventKind
from autosilo.site.control.unit import CannotMove
from autosilo.site.control.visits import Floor
from autosilo.site.control.whereabouts import settle, stored

ASK_AGAIN_S = 1.0
"""Before a job whose precondition did not hold is chosen anew."""


async def carry(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    """Bring the job's car where the journal says; or give the job back, if that cannot be."""
    step = _STEPS.get((job.purpose, job.state))
    if step is None or job.lift != driver.name:
        return
    try:
        await step(floor, driver, job)
    except CannotBegin:
        await asyncio.sleep(ASK_AGAIN_S)
        give_back(floor, job)
    except CannotMove as error:
        driver.halt(f"the PLC refuses to move a car: {error}", floor.journal.place_of(job.vin) or driver.name)
        give_back(floor, job)


def give_back(floor: Floor, job: JournalledJob) -> None:
    """It waits for a lift again, or has come to an end, by where its car is now."""
    settle(floor, job)
    floor.wake()


async def _run(floor: Floor, driver: LiftDriver, job: JournalledJob, kind: type[Move], to: str | None) -> None:
    place = to or ""
    await kind(job.vin, place, job.id).run(driver, floor.journal, partial(_begun, floor, job, place))


def _begun(floor: Floor, job: JournalledJob, place: str) -> None:
    floor.tell(EventKind.MOVING, job=job, place=place)


async def _retrieve(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    await _run(floor, driver, job, Retrieve, job.station)
    job = floor.journal.update_job(job.id, state=Collect.AT_GATE)
    floor.tell(EventKind.AT_GATE, job=job, place=job.station)


async def _store(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    """From a station, whatever the reason."""
    await _run(floor, driver, job, Store, job.bay)
    stored(floor, job, job.bay or "")


async def _stage(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    await _run(floor, driver, job, Stage, job.station)
    job = floor.journal.update_job(job.id, state=Errand.DONE)
    floor.tell(EventKind.STAGED, job=job, place=job.station)


async def _relocate(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    await _run(floor, driver, job, Relocate, job.bay)
    job = floor.journal.update_job(job.id, state=Errand.DONE)
    floor.tell(EventKind.STORED, job=job, place=job.bay, detail="relocated")


_STEPS: dict[tuple[str, str], Callable[[Floor, LiftDriver, JournalledJob], Awaitable[None]]] = {
    (Purpose.COLLECT, Collect.FETCHING): _retrieve,
    (Purpose.COLLECT, Collect.PUTTING_BACK): _store,
    (Purpose.RETURN, Return.STORING): _store,
    (Purpose.STAGE, Errand.MOVING): _stage,
    (Purpose.UNSTAGE, Errand.MOVING): _store,
    (Purpose.RELOCATE, Errand.MOVING): _relocate,
}
