"""One tower as the rest of the site sees it."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from autosilo.site.control import bring_back, collect, picture
from autosilo.site.control.driver import Hold, LiftDriver
from autosilo.site.control.eta import eta_s
from autosilo.site.control.journal import Journal, JournalledJob
from autosilo.site.control.mailbox import PlcLink
from autosilo.site.control.turns import Turns
from autosilo.site.control.types import (
    AdmitResult,
    CannotAdmit,
    CannotFetch,
    CannotHandOver,
    CannotResolve,
    CannotTakeIn,
    EventKind,
    FetchResult,
    TakeInResult,
    TowerEvent,
)
from autosilo.site.control.visits import DRIVER_AT_WORK, ENDED, Collect, Floor, Purpose, Return
from autosilo.site.tasks import keep, say_if_it_fails
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Role, lift_of
from autosilo.wire.live import TowerLive

log = logging.getLogger(__name__)

BY_ITSELF = "the site itself"
"""Who released a tower whose fault went away."""

_FETCHED: set[str] = {Collect.GATE_OPEN, Collect.LEFT, Collect.DONE, Collect.ABANDONING, Collect.ABANDONED}
_ADMITTED: set[str] = {*Return} - {Return.QUEUED, Return.ADMITTING}


class Tower:
    """Moves cars exactly once.

    Every job carries a ``job_key`` (for example the trial's id). A key names one collection (``fetch`` and
    ``hand_over``) and one return (``admit`` and ``take_in``). All four may be called again with the same key at any
    time, also after the process was killed: the call joins the job where it stands and nothing moves twice. Calls wait
    as long as it takes: on a lift that serves somebody else, on a PLC that is away, on an operator who has to look
    (``held``). Cancel the task to stop waiting; the job itself goes on by itself to its end (also after a restart, and
    whether or not anybody calls), and can be joined later.

    ``home`` is AUTOSILO_HOME: reads ``pki/<site>/``, keeps ``sites/<site>/journal.db``, and learns the first inventory
    from ``sites/<site>/commissioning.json`` ({place: vin}). ``plc_url`` is ``opc.tcp://host:port/…``.
    """

    def __init__(self, *, config: SiteConfig, home: Path, plc_url: str) -> None:
        self._config = config
        self._home = home
        self._plc_url = plc_url
        self._floor_: Floor | None = None
        self._jobs: dict[int, asyncio.Task[None]] = {}
        self._minder: asyncio.Task[None] | None = None
        self._settling: dict[str, asyncio.Task[None]] = {}
        self._listeners: list[Callable[[TowerEvent], None]] = []
        self._online = False

    async def start(self) -> None:
        """Open the journal, take up every job that had not ended, begin to connect.

        Returns at once and never raises for a dead PLC. Raises ``OSError`` or ``sqlite3.Error`` when the journal cannot
        be opened and ``ValueError`` when the commissioning file is damaged or names a place that does not exist.
        """
        folder = self._home / "sites" / self._config.slug
        journal = Journal(folder / "journal.db")
        link = PlcLink(config=self._config, url=self._plc_url, pki=self._home / "pki" / self._config.slug)
        floor = Floor(self._config, journal, link, {}, {}, self._listeners)
        self._floor_ = floor
        for lift in self._config.tower.lifts:
            floor.turns[lift.name] = Turns()
            floor.drivers[lift.name] = LiftDriver(
                tower=self._config.tower,
                lift=lift,
                journal=journal,
                link=link,
                on_hold=self._on_hold,
                on_recover=self._on_recover,
                in_use=self._stations_in_use,
            )
        self._commission(folder / "commissioning.json")
        link.busy = self._busy
        link.start()
        self._minder = asyncio.create_task(keep("minding the lifts", self._mind, site=self._config.slug))
        unfinished = journal.jobs_not_in(ENDED)
        for job in sorted(unfinished, key=lambda one: (one.state in (Collect.QUEUED, Return.QUEUED), one.id)):
            self._launch(job)

    async def stop(self) -> None:
        """Stop talking. The PLC finishes the move that runs; the next start joins it."""
        tasks = [task for task in (self._minder, *self._jobs.values(), *self._settling.values()) if task is not None]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
        self._jobs.clear()
        if self._floor_ is not None:
            await self._floor_.link.stop()
            self._floor_.journal.close()
            self._floor_ = None

    # --- what is so ---

    @property
    def config(self) -> SiteConfig:
        """The site's configuration, with the pace already applied."""
        return self._config

    @property
    def connected(self) -> bool:
        """Is the PLC's heartbeat alive?"""
        return self._floor_ is not None and self._floor_.link.connected

    @property
    def ready(self) -> bool:
        """Connected, and every lift agrees with its sensors and is not held?"""
        return self._floor_ is not None and all(driver.ready for driver in self._floor_.drivers.values())

    @property
    def held(self) -> str | None:
        """Why the tower (or one lift of it) waits for an operator, with the place to look at; None when it does not."""
        hold = self.hold
        return f"{hold.look_at}: {hold.reason}" if hold else None

    @property
    def hold(self) -> Hold | None:
        """The same in two parts: ``reason`` and ``look_at``."""
        holds = (driver.hold for driver in self._floor.drivers.values())
        return next((hold for hold in holds if hold is not None), None)

    def snapshot(self) -> TowerLive:
        """The moving picture; computed from what was last read, cheap enough for 5 Hz."""
        return picture.snapshot(self._floor, held=self.held)

    def inventory(self) -> dict[str, str]:
        """Place -> VIN of every car inside, by the journal."""
        return dict(self._floor.journal.inventory)

    def place_of(self, vin: str) -> str | None:
        """Where the car stands (bay, station), or None when it is not inside."""
        return self._floor.journal.place_of(vin)

    def free_bays(self) -> int:
        """Bays that are neither taken, promised to a job, nor blocked."""
        return sum(self._free_bays(lift) for lift in self._floor.drivers)

    def eta_s(self, vin: str) -> float:
        """Expected seconds until the car stands behind an open gate, from kinematics and the jobs ahead.

        Raises ``CannotFetch("not_here")``.
        """
        return eta_s(self._floor, vin)

    def subscribe(self, callback: Callable[[TowerEvent], None]) -> Callable[[], None]:
        """Call ``callback`` with each event, in order, in the event loop; it must not block. Returns unsubscribe."""
        self._listeners.append(callback)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(callback)

        return unsubscribe

    # --- collections ---

    async def fetch(self, *, job_key: str, vin: str) -> FetchResult:
        """Bring the car to a free delivery station of its lift; open the gate when the zone is clear.

        The lift stays locked until the car left and the gate is shut. After an abandoned attempt the same key begins
        anew. Raises ``CannotFetch``.
        """
        job = self._floor.journal.find_job(job_key, Purpose.COLLECT)
        if job is None or job.state == Collect.ABANDONED:
            place = self.place_of(vin)
            if place is None:
                raise CannotFetch("not_here")
            job = self._add(Purpose.COLLECT, job_key, vin, "", lift_of(place), Collect.QUEUED)
        job = await self._until(job, _FETCHED)
        if job.state in (Collect.ABANDONING, Collect.ABANDONED):
            raise CannotFetch("abandoned")
        return FetchResult(station=job.station or "", done=job.state == Collect.DONE)

    async def hand_over(self, *, job_key: str, vin: str) -> None:
        """Wait until the car left, the zone is clear and the gate is shut. Raises ``CannotHandOver``."""
        job = self._floor.journal.find_job(job_key, Purpose.COLLECT)
        if job is None or job.vin != vin:
            raise CannotHandOver("not_fetched")
        job = await self._until(job, {Collect.DONE, Collect.ABANDONED})
        if job.state == Collect.ABANDONED:
            raise CannotHandOver("abandoned")

    # --- returns ---

    async def admit(self, *, job_key: str, vin: str, plate: str) -> AdmitResult:
        """Promise a bay and open an intake gate for this car; the lift stays locked until the gate is shut again.

        After an attempt that timed out or was refused, the same key begins anew. Raises ``CannotAdmit``.
        """
        job = self._floor.journal.find_job(job_key, Purpose.RETURN)
        if job is None or job.state in (Return.DISMISSED, Return.TIMED_OUT):
            job = self._add(Purpose.RETURN, job_key, vin, plate, self._lift_for_return(vin), Return.QUEUED)
        job = await self._until(job, _ADMITTED)
        done = job.state == Return.STORED
        return AdmitResult(station=job.station or "", done=done, bay=job.bay if done else None)

    async def take_in(self, *, job_key: str, vin: str) -> TakeInResult:
        """Wait for the car in the intake, check it, shut the gate, store it.

        A refused car keeps the gate open so that it can leave, or be put right (unplugged): then it is taken in by
        itself, and ``take_in`` called again waits for that. When it has left, the gate shuts by itself. ``timed_out``:
        no car came; ``admit`` may be called anew. Raises ``CannotTakeIn("not_admitted")``.
        """
        job = self._floor.journal.find_job(job_key, Purpose.RETURN)
        if job is None or job.vin != vin or job.state in (Return.QUEUED, Return.ADMITTING):
            raise CannotTakeIn("not_admitted")
        job = await self._until(job, {Return.STORED, Return.REFUSED, *_SENT_AWAY})
        if job.state == Return.STORED:
            return TakeInResult(bay=job.bay)
        return TakeInResult(refused=job.detail or "timed_out")  # type: ignore[arg-type]  # journalled literals

    # --- operators ---

    async def resolve_hold(self, *, operator: str) -> None:
        """An operator has looked: check again and go on. Raises ``CannotResolve`` when something still stands against.

        Does nothing when no lift is held.
        """
        held = [driver for driver in self._floor.drivers.values() if driver.hold is not None]
        for driver in held:
            wrong = driver.still_wrong()
            if wrong:
                raise CannotResolve(wrong)
        for driver in held:
            driver.release(operator)
        if held:
            self._floor.tell(EventKind.RELEASED, detail=operator)

    # --- inside ---

    @property
    def _floor(self) -> Floor:
        if self._floor_ is None:
            raise RuntimeError("the tower is not started")
        return self._floor_

    def _commission(self, path: Path) -> None:
        """Take over the first inventory, once."""
        journal = self._floor.journal
        if journal.commissioned() or not path.exists():
            return
        cars = json.loads(path.read_text(encoding="utf-8"))
        places = {name for driver in self._floor.drivers.values() for name in driver.places}
        unknown = sorted(set(cars) - places)
        if unknown:
            raise ValueError(f"{path}: no such place: {', '.join(unknown)}")
        journal.commission(cars)
        log.info("commissioned", extra={"site": self._config.slug, "cars": len(cars)})

    def _add(self, purpose: Purpose, job_key: str, vin: str, plate: str, lift: str, state: str) -> JournalledJob:
        waits = len(self._floor.turns[lift]) > 0
        job = self._floor.journal.add_job(
            job_key=job_key, purpose=purpose, vin=vin, plate=plate, lift=lift, state=state
        )
        self._launch(job)
        if waits:
            self._floor.tell(EventKind.QUEUED, job=job)
        return job

    def _launch(self, job: JournalledJob) -> None:
        """Run the job in the background; its place in line is taken here, in the order of calls."""
        self._floor.turns[job.lift or ""].join(job.id)
        task = asyncio.create_task(self._see_through(self._floor, job), name=f"{job.purpose} {job.job_key}")
        task.add_done_callback(self._job_stopped)
        self._jobs[job.id] = task

    async def _see_through(self, floor: Floor, job: JournalledJob) -> None:
        """Run the job when it is its turn; after a fault it goes on from where the journal has it.

        The lift stays its own meanwhile: its gate may be open.
        """
        flow = collect.run if job.purpose == Purpose.COLLECT else bring_back.run
        turns, driver = floor.turns[job.lift or ""], floor.drivers[job.lift or ""]
        try:
            await turns.wait(job.id)
            await driver.through_faults(f"{job.purpose} {job.job_key}", lambda: flow(floor, floor.journal.job(job.id)))
        finally:
            turns.leave(job.id)

    def _job_stopped(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            log.error("job failed", exc_info=task.exception(), extra={"job": task.get_name()})
        if self._floor_ is not None:
            self._floor_.wake()

    async def _until(self, job: JournalledJob, states: set[str]) -> JournalledJob:
        """Wait until the job is in one of ``states``. Raises what its task raised, if it broke."""
        floor = self._floor
        while True:
            changed = floor.changed
            job = floor.journal.job(job.id)
            if job.state in states:
                return job
            task = self._jobs.get(job.id)
            if task is None or task.done():
                if task is not None and not task.cancelled() and (error := task.exception()) is not None:
                    raise RuntimeError(f"{task.get_name()} broke in state {job.state}") from error
                raise RuntimeError(f"{job.purpose} {job.job_key} does not run")
            await changed.wait()

    def _lift_for_return(self, vin: str) -> str:
        """The lift with room and the shortest line. Raises ``CannotAdmit``."""
        if self.place_of(vin) is not None:
            raise CannotAdmit("already_here")
        room = [name for name in self._floor.drivers if self._free_bays(name) > 0]
        if not room:
            raise CannotAdmit("no_free_bay")
        return min(room, key=lambda name: (len(self._floor.turns[name]), -self._free_bays(name), name))

    def _free_bays(self, lift: str) -> int:
        driver = self._floor.drivers[lift]
        bays = [place.name for place in driver.places.values() if place.role is Role.BAY]
        promised = [
            job for job in self._floor.journal.jobs_not_in(ENDED) if job.purpose == Purpose.RETURN and job.lift == lift
        ]
        return max(0, sum(bay not in self._floor.journal.inventory for bay in bays) - len(promised))

    def _stations_in_use(self) -> set[str]:
        jobs = self._floor.journal.jobs_not_in(ENDED)
        return {job.station for job in jobs if job.station and job.state in DRIVER_AT_WORK}

    def _busy(self) -> bool:
        return any(len(turns) for turns in self._floor.turns.values()) or not self.ready

    def _on_hold(self, lift: str, hold: Hold) -> None:
        self._floor.tell(EventKind.HELD, place=hold.look_at, detail=hold.reason)

    def _on_recover(self, lift: str) -> None:
        """Only when no other lift waits is the tower released."""
        if self.hold is None:
            self._floor.tell(EventKind.RELEASED, detail=BY_ITSELF)

    async def _mind(self) -> None:
        """After each poll: key switches, and lifts that have yet to be fenced and compared."""
        while True:
            await self._floor.link.changed(1.0)
            for name, driver in self._floor.drivers.items():
                driver.watch()
                settling = self._settling.get(name)
                if self.connected and not driver.settled and (settling is None or settling.done()):
                    task = asyncio.create_task(driver.settle_down(), name=f"settling {name}")
                    task.add_done_callback(say_if_it_fails)
                    self._settling[name] = task
            if self._online and not self.connected:
                self._online = False
                self._floor.tell(EventKind.OFFLINE)
            elif not self._online and self.ready:
                self._online = True
                self._floor.tell(EventKind.ONLINE)


_SENT_AWAY = {Return.DISMISSING, Return.DISMISSED, Return.TIMING_OUT, Return.TIMED_OUT}
