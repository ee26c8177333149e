"""A collection: the car comes to a delivery station, its driver takes it, the gate shuts. Resumes in any state.

A lift brings the car, and is free again when it stands in the station; from then on only the station is at work.
"""

from collections.abc import Awaitable, Callable

from autosilo.site.control.dispatching import Dispatching
from autosilo.site.control.jobs.present import Present
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.states import Collect
from autosilo.site.control.types import EventKind
from autosilo.site.control.visits import Floor

WITH_A_LIFT = frozenset({Collect.QUEUED, Collect.FETCHING, Collect.PUTTING_BACK})


async def step(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """Take ``job`` one state further."""
    if job.state in WITH_A_LIFT:
        await floor.until(lambda: floor.journal.job(job.id).state != job.state)
    else:
        await _STEPS[job.state](floor, lifts, job)


async def _open(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    await lifts.quiet(floor.stations[job.station or ""])
    await _present(floor, job).open()
    job = floor.journal.update_job(job.id, state=Collect.GATE_OPEN)
    floor.tell(EventKind.GATE_OPEN, job=job, place=job.station)


async def _see_off(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    if not await _present(floor, job).left():
        floor.journal.update_job(job.id, state=Collect.ABANDONING)
    else:
        _gone(floor, job)


async def _shut(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    async with floor.minding(job, "zone_not_clear"):
        await _present(floor, job).shut()
    job = floor.journal.update_job(job.id, state=Collect.DONE)
    floor.tell(EventKind.HANDED_OVER, job=job, place=job.station)


async def _give_up(floor: Floor, lifts: Dispatching, job: JournalledJob) -> None:
    """Nobody came for the car: shut the gate, and back into a bay, unless somebody took it at the last moment."""
    station = floor.stations[job.station or ""]
    async with floor.minding(job, "zone_not_clear"):
        await _present(floor, job).shut()
    if station.status is not None and not station.status.occupied:
        _gone(floor, job)
    else:
        floor.journal.update_job(job.id, state=Collect.PUTTING_BACK, lift=None, bay=None)


def _gone(floor: Floor, job: JournalledJob) -> None:
    job = floor.journal.leave(vin=job.vin, job=job.id, state=Collect.LEFT)
    floor.tell(EventKind.LEFT, job=job, place=job.station)


def _present(floor: Floor, job: JournalledJob) -> Present:
    return Present(floor.stations[job.station or ""], job.id)


_STEPS: dict[str, Callable[[Floor, Dispatching, JournalledJob], Awaitable[None]]] = {
    Collect.AT_GATE: _open,
    Collect.GATE_OPEN: _see_off,
    Collect.LEFT: _shut,
    Collect.ABANDONING: _give_up,
}
