"""A collection: the car comes to a delivery station, its driver takes it, the gate shuts. Resumes in any state.

A lift brings the car, and is free again when it stands in the station; from then on only the station is at work.
"""

import time
from collections.abc import Awaitable, Callable

from autosilo.site.control.dispatching import Dispatching
from autosilo.site.control.jobs.present import Present
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.states import Collect
from autosilo.site.control.types import EventKind
from autosilo.site.control.visits import Floor
from autosilo.site.control.whereabouts import in_doubt, settle

WITH_A_LIFT = frozenset({Collect.QUEUED, Collect.FETCHING, Collect.PUTTING_BACK})


async def step(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """Take ``job`` one state further."""
    if job.state in WITH_A_LIFT:
        await floor.until(lambda: floor.journal.job(job.id).state != job.state)
    else:
        await _STEPS[job.state](floor, lifts, job)


async def _open(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """The gate opens on this car only: while it waited for that, a technician may have carried it back."""
    station = floor.stations[job.station or ""]
    await lifts.quiet(station)
    await floor.until(lambda: _here(floor, job) or not in_doubt(floor, job.vin))
    if not _here(floor, job):
        settle(floor, job)
        return
    await _present(floor, job).open(only_if=lambda: _here(floor, job))
    if _here(floor, job):
        job = floor.journal.update_job(job.id, state=Collect.GATE_OPEN)
        floor.waits.over(job.job_key, now=time.time())
        floor.tell(EventKind.GATE_OPEN, job=job, place=job.station)
    elif not station.shut:
        floor.journal.update_job(job.id, state=Collect.ABANDONING)


async def _see_off(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    if _here(floor, job) and await _present(floor, job).left():
        _left(floor, job)
    else:
        floor.journal.update_job(job.id, state=Collect.ABANDONING)


async def _shut(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """Handed over is a car that is still away when the gate is shut. One that rolled back is presented anew."""
    async with floor.minding(job, "zone_not_clear"):
        await _present(floor, job).shut()
    if _occupied(floor, job):
        job = floor.journal.update_job(job.id, state=Collect.AT_GATE)
        floor.tell(EventKind.DWELLING, job=job, place=job.station, detail="car_stays")
        return
    job = floor.journal.leave(vin=job.vin, job=job.id, state=Collect.DONE)
    floor.tell(EventKind.HANDED_OVER, job=job, place=job.station)


async def _give_up(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """Nobody came for the car: shut the gate, and back into a bay, unless somebody took it at the last moment."""
    async with floor.minding(job, "zone_not_clear"):
        await _present(floor, job).shut()
    if not _here(floor, job):
        floor.journal.update_job(job.id, state=Collect.ABANDONED, detail="not_here")
    elif _occupied(floor, job):
        floor.journal.update_job(job.id, state=Collect.PUTTING_BACK, lift=None, bay=None)
    else:
        _left(floor, job)


def _left(floor: Floor, job: JournalledJob) -> None:
    """It stays in the books until the gate is shut behind it."""
    job = floor.journal.update_job(job.id, state=Collect.LEFT)
    floor.tell(EventKind.LEFT, job=job, place=job.station)


def _here(floor: Floor, job: JournalledJob) -> bool:
    """Does the journal have the car in the job's station?"""
    return floor.journal.place_of(job.vin) == job.station


def _occupied(floor: Floor, job: JournalledJob) -> bool:
    status = floor.stations[job.station or ""].status
    return status is None or status.occupied


def _present(floor: Floor, job: JournalledJob) -> Present:
    return Present(floor.stations[job.station or ""], job.id)


_STEPS: dict[str, Callable[[Floor, Dispatching, JournalledJob], Awaitable[None]]] = {
    Collect.AT_GATE: _open,
    Collect.GATE_OPEN: _see_off,
    Collect.LEFT: _shut,
    Collect.ABANDONING: _give_up,
}
