"""One tower as the rest of the site sees it."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from autosilo.site.control import alike, picture, technician
from autosilo.site.control.errands import errand, withdraw
from autosilo.site.control.habits import HABITS, Habits
from autosilo.site.control.holding import Hold
from autosilo.site.control.jobs.park import Park
from autosilo.site.control.parts import free_bays, takes
from autosilo.site.control.running import Running
from autosilo.site.control.states import Collect, Purpose, Return
from autosilo.site.control.types import (
    AdmitResult,
    CannotAdmit,
    CannotFetch,
    CannotHandOver,
    CannotTakeIn,
    FetchResult,
    TakeInResult,
    TowerEvent,
)
from autosilo.site.control.visits import Floor
from autosilo.tower.config import SiteConfig
from autosilo.tower.eta import Coverage, Estimate
from autosilo.wire.books import Reconciliation, TowerBooks
from autosilo.wire.live import TowerLive

log = logging.getLogger(__name__)

_FETCHED: set[str] = {*Collect} - {Collect.QUEUED, Collect.FETCHING, Collect.AT_GATE}
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
    from ``sites/<site>/commissioning.json`` ({place: vin}). ``plc_url`` is ``opc.tcp://host:port/…``. ``habits``: what
    the tower does ahead of time and in idle hours.
    """

    def __init__(self, *, config: SiteConfig, home: Path, plc_url: str, habits: Habits = HABITS) -> None:
        self._config = config
        self._listeners: list[Callable[[TowerEvent], None]] = []
        self._running = Running(config=config, home=home, plc_url=plc_url, listeners=self._listeners, habits=habits)

    async def start(self) -> None:
        """Open the journal, take up every job that had not ended, begin to connect.

        Returns at once and never raises for a dead PLC. Raises ``OSError`` or ``sqlite3.Error`` when the journal cannot
        be opened and ``ValueError`` when the commissioning file is damaged or names a place that does not exist.
        """
        await self._running.start()

    async def stop(self) -> None:
        """Stop talking. The PLC finishes what runs; the next start joins it."""
        await self._running.stop()

    # --- what is so ---

    @property
    def config(self) -> SiteConfig:
        """The site's configuration, with the pace already applied."""
        return self._config

    @property
    def connected(self) -> bool:
        """Is the PLC's heartbeat alive?"""
        return self._running.started and self._floor.link.connected

    @property
    def trouble(self) -> str | None:
        """Why the link to the PLC cannot work although the PLC may be there (its certificate, a fault of ours)."""
        return self._floor.link.trouble if self._running.started else None

    @property
    def ready(self) -> bool:
        """Connected, and every lift and station agrees with its sensors and is not held?"""
        return self._running.started and self._running.ready

    @property
    def serving(self) -> bool:
        """Connected, and one lift at least that is in service can bring a car to a gate?"""
        return self._running.started and self._running.serving

    @property
    def held(self) -> str | None:
        """Why the tower (or one part of it) waits for an operator, with the place to look at; None when it does not."""
        hold = self.hold
        return f"{hold.look_at}: {hold.reason}" if hold else None

    @property
    def hold(self) -> Hold | None:
        """The same in two parts: ``reason`` and ``look_at``."""
        return self._running.hold

    @property
    def held_since(self) -> datetime | None:
        """When the oldest of the present holds began (aware, UTC); None when no part is held."""
        return self._running.held_since

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
        return free_bays(self._floor)

    def eta(self, vin: str) -> Estimate | None:
        """How long until the car stands behind an open gate, with the uncertainty; None when nobody can say.

        By the plan of the dispatch for everything that waits, and by how wrong such guesses were before. Raises
        ``CannotFetch("not_here")``.
        """
        return self._running.eta(vin)

    def undecided(self, vin: str) -> bool:
        """Can another car be brought in its stead? Not when it is down, on its way, out, or being put away."""
        return alike.undecided(self._floor, vin)

    def soonest(self, vin: str, others: Iterable[str], *, due: datetime | None = None) -> str:
        """Of this car and others that are like it, the one that can be brought soonest: ``vin`` unless another is there
        clearly sooner. ``due``: the shopper has not come yet and is booked for then (aware)."""
        return self._running.soonest(vin, others, due=None if due is None else due.timestamp())

    def waits_measured(self) -> tuple[Coverage, ...]:
        """How often the interval held that was told when a wait began."""
        return self._floor.waits.coverage

    def usual_wait(self) -> Estimate | None:
        """How long shoppers waited lately; None while too few have."""
        return self._floor.waits.usual

    def subscribe(self, callback: Callable[[TowerEvent], None]) -> Callable[[], None]:
        """Call ``callback`` with each event, in order, in the event loop; it must not block. Returns unsubscribe."""
        self._listeners.append(callback)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(callback)

        return unsubscribe

    # --- collections ---

    async def fetch(self, *, job_key: str, vin: str, resumed: bool = False) -> FetchResult:
        """Bring the car to a free delivery station of its lift; open the gate when the zone is clear.

        After an abandoned attempt the same key begins anew; but not for one who only wants to know what became of it
        (``resumed``: after a restart, or a fault). Raises ``CannotFetch``.
        """
        job = self._floor.journal.find_job(job_key, Purpose.COLLECT)
        if resumed and job is not None and job.state == Collect.ABANDONED:
            raise CannotFetch(job.detail or "abandoned")
        if job is None or job.state == Collect.ABANDONED:
            self._require_reachable(vin)
            job = self._running.add(Purpose.COLLECT, job_key, vin, "")
        job = await self._running.until(job, _FETCHED)
        if job.state in (Collect.ABANDONING, Collect.PUTTING_BACK, Collect.ABANDONED):
            raise CannotFetch(job.detail or "abandoned")
        return FetchResult(station=job.station or "", done=job.state == Collect.DONE)

    async def hand_over(self, *, job_key: str, vin: str) -> None:
        """Wait until the car left, the zone is clear and the gate is shut. Raises ``CannotHandOver``."""
        job = self._floor.journal.find_job(job_key, Purpose.COLLECT)
        if job is None or job.vin != vin:
            raise CannotHandOver("not_fetched")
        job = await self._running.until(job, {Collect.DONE, Collect.ABANDONED})
        if job.state == Collect.ABANDONED:
            raise CannotHandOver(job.detail or "abandoned")

    # --- returns ---

    async def admit(self, *, job_key: str, vin: str, plate: str) -> AdmitResult:
        """Open an intake gate for this car, when one is free and there is room.

        After an attempt that timed out or was refused, the same key begins anew. Raises ``CannotAdmit``.
        """
        job = self._floor.journal.find_job(job_key, Purpose.RETURN)
        if job is None or job.state in (Return.DISMISSED, Return.TIMED_OUT):
            if self.place_of(vin) is not None:
                raise CannotAdmit("already_here")
            if self.free_bays() <= 0 or not takes(self._floor, vin):
                raise CannotAdmit("no_free_bay")
            job = self._running.add(Purpose.RETURN, job_key, vin, plate)
        job = await self._running.until(job, _ADMITTED)
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
        job = await self._running.until(job, {Return.STORED, Return.REFUSED, *_SENT_AWAY})
        if job.state == Return.STORED:
            return TakeInResult(bay=job.bay)
        return TakeInResult(refused=job.detail or "timed_out")  # type: ignore[arg-type]  # journalled literals

    # --- ahead of time ---

    def expect(self, vin: str, leaves_at: datetime | None) -> None:
        """The car is booked to leave then (aware; None: nobody has booked it). By this bays are chosen. Told anew after
        each start: the bookings are the truth."""
        if leaves_at is None:
            self._floor.expected.pop(vin, None)
        else:
            self._floor.expected[vin] = leaves_at.timestamp()

    def charged(self, vin: str, charge: float) -> None:
        """The car's state of charge (0 to 1), by its own word: below ``WANTING`` it is stored where a charger is, or
        brought there in idle time."""
        self._floor.charge[vin] = charge

    def stage(self, vin: str) -> None:
        """Bring a booked car to a delivery station when the lift has time; its gate stays shut until it is fetched.

        Again for the same car does nothing. Undone by ``unstage``, and by itself when a station is wanted for a driver
        who waits. Raises ``CannotFetch``.
        """
        self._require_reachable(vin)
        here = self._floor.stations.get(self.place_of(vin) or "")
        if here is None and not any(job.vin == vin for job in self._floor.journal.open_jobs()):
            errand(self._floor, Purpose.STAGE, vin)
            self._floor.wake()

    def staging(self) -> list[str]:
        """VINs of cars that were asked for by ``stage`` and are not down yet."""
        return [job.vin for job in self._floor.journal.open_jobs() if job.purpose == Purpose.STAGE]

    def unstage(self, vin: str) -> None:
        """Store a staged car again, or do not stage it after all. Does nothing to a car that is being collected."""
        withdraw(self._floor, vin)
        here = self._floor.stations.get(self.place_of(vin) or "")
        if here is not None and here.delivery and not any(job.vin == vin for job in self._floor.journal.open_jobs()):
            errand(self._floor, Purpose.UNSTAGE, vin)
        self._floor.wake()

    async def park(self, lift: str, place: str) -> None:
        """Bring the empty carriage to the level of ``place``. Raises ``CannotBegin``, ``KeyError``."""
        await Park(place).run(self._floor.lifts[lift])

    # --- operators and technicians ---

    async def resolve_hold(self, *, operator: str) -> None:
        """An operator has looked: check again and go on. Raises ``CannotResolve`` when something still stands against.

        Does nothing when nothing is held.
        """
        technician.resolve(self._floor, by=operator)

    def reconciliation(self) -> list[Reconciliation]:
        """Open walks from bay to bay: after the key switch was turned, or where journal and sensors disagree."""
        return technician.open_reconciliations(self._floor)

    def confirm_bay(self, place: str, vin: str | None, *, by: str) -> None:
        """Somebody has looked: this car stands in ``place``, or none. The inventory follows: a car is moved, added, or
        taken out. Raises ``CannotObey``."""
        technician.confirm_bay(self._floor, place, vin, by=by)

    def finish_reconciliation(self, lift: str, *, by: str) -> None:
        """End the walk of ``lift``. Raises ``CannotObey`` while a place is unconfirmed or differs from its sensor."""
        technician.finish_reconciliation(self._floor, lift, by=by)

    def block_bay(self, place: str, *, reason: str, by: str) -> None:
        """Nothing is stored there or fetched from there until it is unblocked. Raises ``CannotObey``."""
        technician.block_bay(self._floor, place, reason=reason, by=by)

    def unblock_bay(self, place: str, *, by: str) -> None:
        """Raises ``CannotObey``."""
        technician.unblock_bay(self._floor, place, by=by)

    def take_out_of_service(self, lift: str, *, reason: str, by: str) -> None:
        """The lift ends its job and begins no other; the tower goes on with the others. Raises ``CannotObey``."""
        technician.take_out_of_service(self._floor, lift, reason=reason, by=by)

    def return_to_service(self, lift: str, *, by: str) -> None:
        """Raises ``CannotObey``."""
        technician.return_to_service(self._floor, lift, by=by)

    def books(self) -> TowerBooks:
        """Modes, service, blocked bays, open walks and the last confirmations."""
        return technician.books(self._floor)

    # --- inside ---

    @property
    def _floor(self) -> Floor:
        return self._running.floor

    def _require_reachable(self, vin: str) -> None:
        """Raises ``CannotFetch`` for a car that is not here, or that nothing will bring down for the present."""
        place = self.place_of(vin)
        if place is None:
            raise CannotFetch("not_here")
        why = self._floor.shut_in(place)
        if why is not None:
            raise CannotFetch(why)


_SENT_AWAY = {Return.DISMISSING, Return.DISMISSED, Return.TIMING_OUT, Return.TIMED_OUT}
