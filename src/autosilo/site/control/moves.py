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
    """It waits for a lift again; or it has come to an end, since the car is no longer inside (somebody said so)."""
    inside = floor.journal.place_of(job.vin) is not None
    waits, gone = _AFTERWARDS[job.purpose, job.state]
    keep = {"lift": None, "bay": None} | ({"station": None} if waits in (Collect.QUEUED, Errand.QUEUED) else {})
    detail = {} if inside else {"detail": "not_here"}
    floor.journal.update_job(job.id, state=waits if inside else gone, **keep, **detail)
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


async def _put_back(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    await _run(floor, driver, job, Store, job.bay)
    job = floor.journal.update_job(job.id, state=Collect.ABANDONED)
    floor.tell(EventKind.STORED, job=job, place=job.bay, detail="abandoned")


async def _store(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    await _run(floor, driver, job, Store, job.bay)
    job = floor.journal.update_job(job.id, state=Return.STORED)
    floor.tell(EventKind.STORED, job=job, place=job.bay)


async def _stage(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    await _run(floor, driver, job, Stage, job.station)
    job = floor.journal.update_job(job.id, state=Errand.DONE)
    floor.tell(EventKind.STAGED, job=job, place=job.station)


async def _unstage(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    await _run(floor, driver, job, Store, job.bay)
    job = floor.journal.update_job(job.id, state=Errand.DONE)
    floor.tell(EventKind.STORED, job=job, place=job.bay, detail="unstaged")


async def _relocate(floor: Floor, driver: LiftDriver, job: JournalledJob) -> None:
    await _run(floor, driver, job, Relocate, job.bay)
    job = floor.journal.update_job(job.id, state=Errand.DONE)
    floor.tell(EventKind.STORED, job=job, place=job.bay, detail="relocated")


_STEPS: dict[tuple[str, str], Callable[[Floor, LiftDriver, JournalledJob], Awaitable[None]]] = {
    (Purpose.COLLECT, Collect.FETCHING): _retrieve,
    (Purpose.COLLECT, Collect.PUTTING_BACK): _put_back,
    (Purpose.RETURN, Return.STORING): _store,
    (Purpose.STAGE, Errand.MOVING): _stage,
    (Purpose.UNSTAGE, Errand.MOVING): _unstage,
    (Purpose.RELOCATE, Errand.MOVING): _relocate,
}

_AFTERWARDS: dict[tuple[str, str], tuple[str, str]] = {
    (Purpose.COLLECT, Collect.FETCHING): (Collect.QUEUED, Collect.ABANDONED),
    (Purpose.COLLECT, Collect.PUTTING_BACK): (Collect.PUTTING_BACK, Collect.ABANDONED),
    (Purpose.RETURN, Return.STORING): (Return.STORING, Return.DISMISSED),
    (Purpose.STAGE, Errand.MOVING): (Errand.QUEUED, Errand.WITHDRAWN),
    (Purpose.UNSTAGE, Errand.MOVING): (Errand.QUEUED, Errand.WITHDRAWN),
    (Purpose.RELOCATE, Errand.MOVING): (Errand.QUEUED, Errand.WITHDRAWN),
}
"""Of a job that could not be done: the state in which it waits again, and the one if its car is gone."""
