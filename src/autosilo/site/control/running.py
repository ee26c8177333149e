"""A tower at work: its parts, the visits in progress, and what is looked after without being asked."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from autosilo.site.control import bring_back, collect
from autosilo.site.control.dispatching import Dispatching
from autosilo.site.control.errands import withdraw
from autosilo.site.control.habits import HABITS, Habits
from autosilo.site.control.holding import Hold, Told
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.mailbox import Attention
from autosilo.site.control.parts import build, commission
from autosilo.site.control.states import ENDED, Collect, Purpose
from autosilo.site.control.types import EventKind, TowerEvent
from autosilo.site.control.unit import UnitDriver
from autosilo.site.control.visits import Floor
from autosilo.site.control.whereabouts import settle_all
from autosilo.site.tasks import end, keep, say_if_it_fails
from autosilo.tower.config import SiteConfig
from autosilo.tower.eta import Estimate

log = logging.getLogger(__name__)

BY_ITSELF = "the site itself"
"""Who released a tower whose fault went away."""


class Running:
    """One task for each visit, one that minds the units, and the dispatcher's."""

    def __init__(
        self,
        *,
        config: SiteConfig,
        home: Path,
        plc_url: str,
        listeners: list[Callable[[TowerEvent], None]],
        habits: Habits = HABITS,
    ) -> None:
        self._habits = habits
        self._config = config
        self._home = home
        self._plc_url = plc_url
        self._listeners = listeners
        self._parts: tuple[Floor, Dispatching] | None = None
        self._visits: dict[int, asyncio.Task[None]] = {}
        self._minder: asyncio.Task[None] | None = None
        self._settling: dict[str, asyncio.Task[None]] = {}
        self.online = False

    async def start(self) -> None:
        """See ``Tower.start``."""
        told = Told(self._on_hold, self._on_recover)
        floor = build(self._config, self._home, self._plc_url, told, self._listeners, habits=self._habits)
        lifts = Dispatching(floor)
        self._parts = floor, lifts
        floor.journal.prune()
        commission(floor, self._home / "sites" / self._config.slug / "commissioning.json")
        if not floor.ledger.walks:
            settle_all(floor)
        floor.link.attention = self._attention
        floor.link.start()
        lifts.start()
        self._minder = asyncio.create_task(keep("minding the units", self._mind, site=self._config.slug))
        for job in floor.journal.open_jobs():
            if job.state == Collect.QUEUED and job.lift is not None:
                job = floor.journal.update_job(job.id, lift=None)
            self._launch(job)

    async def stop(self) -> None:
        """See ``Tower.stop``."""
        tasks = [task for task in (self._minder, *self._visits.values(), *self._settling.values()) if task is not None]
        await end(tasks)
        self._visits.clear()
        if self._parts is not None:
            floor, lifts = self._parts
            await lifts.stop()
            await floor.link.stop()
            floor.journal.close()
            self._parts = None

    @property
    def started(self) -> bool:
        return self._parts is not None

    @property
    def floor(self) -> Floor:
        """Raises ``RuntimeError`` before the start."""
        if self._parts is None:
            raise RuntimeError("the tower is not started")
        return self._parts[0]

    @property
    def ready(self) -> bool:
        return all(unit.ready for unit in self.floor.units)

    @property
    def serving(self) -> bool:
        """Can one lift at least bring a car to a gate?"""
        floor = self.floor
        return any(
            driver.ready
            and floor.in_service(name)
            and any(one.ready for one in floor.stations_of(name) if one.delivery)
            for name, driver in floor.lifts.items()
        )

    @property
    def hold(self) -> Hold | None:
        """The first of all units' holds."""
        return next(iter(self._holds), None)

    @property
    def held_since(self) -> datetime | None:
        """When the oldest hold of all units began."""
        return min((hold.since for hold in self._holds), default=None)

    @property
    def _holds(self) -> list[Hold]:
        return [unit.hold for unit in self.floor.units if unit.hold is not None]

    @property
    def _lifts(self) -> Dispatching:
        if self._parts is None:
            raise RuntimeError("the tower is not started")
        return self._parts[1]

    def add(self, purpose: Purpose, job_key: str, vin: str, plate: str) -> JournalledJob:
        """A new visit, or a new attempt; it begins at once if it can."""
        floor = self.floor
        if purpose is Purpose.COLLECT:
            self._lifts.wait_begins(job_key, vin)
            withdraw(floor, vin)
        job = floor.journal.add_job(job_key=job_key, purpose=purpose, vin=vin, plate=plate, state=Collect.QUEUED)
        self._lifts.look()
        self._launch(job)
        if floor.journal.job(job.id).state == Collect.QUEUED and len(floor.journal.open_jobs()) > 1:
            floor.tell(EventKind.QUEUED, job=job)
        return job

    def eta(self, vin: str) -> Estimate | None:
        """See ``Tower.eta``."""
        return self._lifts.eta(vin)

    def soonest(self, vin: str, others: Iterable[str], *, due: float | None) -> str:
        """See ``Tower.soonest``."""
        return self._lifts.soonest(vin, others, due=due)

    def _launch(self, job: JournalledJob) -> None:
        """See the visit through in the background. Errands are the dispatcher's alone."""
        if job.purpose not in (Purpose.COLLECT, Purpose.RETURN):
            return
        task = asyncio.create_task(self._see_through(job.id), name=f"{job.purpose} {job.job_key}")
        task.add_done_callback(partial(self._job_stopped, job.id))
        self._visits[job.id] = task

    async def _see_through(self, number: int) -> None:
        """Step by step to its end; after a fault it goes on from where the journal has it."""
        floor, lifts = self.floor, self._lifts
        while (job := floor.journal.job(number)).state not in ENDED:
            step = collect.step if job.purpose == Purpose.COLLECT else bring_back.step
            await floor.unit_of(job).holding.through_faults(
                f"{job.purpose} {job.job_key}", partial(step, floor, lifts, job), on_fault=floor.unit_of(job).distrust
            )
            floor.wake()

    def _job_stopped(self, number: int, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            log.error("job failed", exc_info=task.exception(), extra={"job": task.get_name()})
        elif self._visits.get(number) is task:
            del self._visits[number]
        if self.started:
            self.floor.wake()

    async def until(self, job: JournalledJob, states: set[str]) -> JournalledJob:
        """Wait until the job is in one of ``states``. Raises what its task raised, if it broke."""
        floor = self.floor
        while True:
            changed = floor.changed
            job = floor.journal.job(job.id)
            if job.state in states:
                return job
            task = self._visits.get(job.id)
            if task is None or task.done():
                if task is not None and not task.cancelled() and (error := task.exception()) is not None:
                    raise RuntimeError(f"{task.get_name()} broke in state {job.state}") from error
                raise RuntimeError(f"{job.purpose} {job.job_key} does not run")
            await changed.wait()

    def _attention(self, unit: str) -> Attention:
        driver = self.floor.lifts.get(unit) or self.floor.stations[unit]
        if driver.busy or not driver.settled or self._lifts.at_work(unit):
            return Attention.BUSY
        attended = any(job.station == unit for job in self.floor.journal.open_jobs())
        return Attention.ATTENDED if attended else Attention.IDLE

    def _on_hold(self, unit: str, hold: Hold) -> None:
        self.floor.tell(EventKind.HELD, place=hold.look_at, detail=hold.reason)

    def _on_recover(self, unit: str) -> None:
        """Only when no other unit waits is the tower released."""
        if self.hold is None:
            self.floor.tell(EventKind.RELEASED, detail=BY_ITSELF)

    async def _mind(self) -> None:
        """After each change: key switches, and units that have yet to be fenced and compared."""
        while True:
            await self.floor.link.changed(1.0)
            for unit in self.floor.units:
                unit.watch()
                settling = self._settling.get(unit.name)
                if self.floor.link.connected and not unit.settled and (settling is None or settling.done()):
                    task = asyncio.create_task(self._settle(unit), name=f"settling {unit.name}")
                    task.add_done_callback(say_if_it_fails)
                    self._settling[unit.name] = task
            if self.online and not self.floor.link.connected:
                self.online = False
                self.floor.tell(EventKind.OFFLINE)
            elif not self.online and self.serving:
                self.online = True
                self.floor.tell(EventKind.ONLINE)
            else:
                self.floor.wake()

    async def _settle(self, unit: UnitDriver) -> None:
        await unit.settle_down()
        self.floor.wake()
