"""What everything that works at the tower shares: its parts, what is promised, and how it tells of its steps."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import Literal

from autosilo.site.control.habits import Habits
from autosilo.site.control.journal import Journal, JournalledJob
from autosilo.site.control.ledger import Ledger
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.mailbox import PlcLink
from autosilo.site.control.rack import Rack
from autosilo.site.control.states import DRIVER_AT_WORK, GATE_IN_USE, Purpose
from autosilo.site.control.station import StationDriver
from autosilo.site.control.types import DwellReason, EventKind, TowerEvent
from autosilo.site.control.unit import UnitDriver
from autosilo.site.control.waits import Waits
from autosilo.site.tasks import end, keep
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import lift_of
from autosilo.tower.storage.charging import WANTING

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Floor:
    """Everything that a job works with."""

    config: SiteConfig
    journal: Journal
    ledger: Ledger
    link: PlcLink
    lifts: dict[str, LiftDriver] = field(default_factory=dict)
    stations: dict[str, StationDriver] = field(default_factory=dict)
    listeners: list[Callable[[TowerEvent], None]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    habits: Habits = field(default_factory=Habits)
    expected: dict[str, float] = field(default_factory=dict)
    """VIN -> when the car is expected to leave, as the bookings say: seconds since 1970."""
    charge: dict[str, float] = field(default_factory=dict)
    """VIN -> state of charge from 0 to 1, as the car said last."""
    waits: Waits = field(init=False)
    stood: dict[str, float] = field(default_factory=dict)
    """Delivery station -> since when its car stands there; intake -> since when its gate is shut behind a car. Nothing
    is known after a restart."""

    def __post_init__(self) -> None:
        self.waits = Waits(self.journal)

    # --- parts ---

    @property
    def units(self) -> list[UnitDriver]:
        return [*self.lifts.values(), *self.stations.values()]

    def unit_of(self, job: JournalledJob) -> UnitDriver:
        """Where a fault of this job is shown."""
        return self.stations.get(job.station or "") or self.lifts.get(job.lift or "") or next(iter(self.lifts.values()))

    def stations_of(self, lift: str) -> list[StationDriver]:
        return [one for one in self.stations.values() if lift in one.lifts]

    # --- what is so ---

    def in_service(self, lift: str) -> bool:
        return lift not in self.ledger.out_of_service

    def shut_in(self, place: str) -> Literal["out_of_service", "bay_blocked"] | None:
        """Why nothing will bring down the car in this place for the present, None when a lift can."""
        driver = self.lifts[lift_of(place)]
        if place in self.stations:
            return None
        if not self.in_service(driver.name):
            return "out_of_service"
        return None if self.rack(driver.name).usable(driver.places[place]) else "bay_blocked"

    def rack(self, lift: str, *, without: int | None = None, promises: bool = True) -> Rack:
        """The lift's places with what stands in them or is promised to a job other than ``without``; without
        ``promises`` only those count that a lift is about to keep."""
        journal, driver, now = self.journal, self.lifts[lift], time.time()
        leaving = self.expected | {job.vin: now for job in journal.open_jobs() if job.purpose == Purpose.COLLECT}
        cars = {place: vin for place, vin in journal.inventory.items() if place in driver.places}
        for job in journal.open_jobs():
            if job.bay in driver.places and job.id != without and (promises or job.lift):
                cars.setdefault(job.bay or "", job.vin)
        return Rack(
            self.config.tower,
            driver.places,
            driver.bays,
            stock={place: journal.class_of(vin) for place, vin in cars.items()},
            blocked=self.ledger.blocked,
            leaves={place: leaving[vin] for place, vin in cars.items() if vin in leaving},
            now=now,
            ahead=self.habits.ahead,
        )

    def best_bay(
        self, rack: Rack, vin: str, *, vehicle_class: int | None = None, leaving: str | None = None
    ) -> str | None:
        """Of ``rack`` for this car, by ``Rack.choose``. ``vehicle_class``: as just measured; else as journalled."""
        needed = self.journal.class_of(vin) if vehicle_class is None else vehicle_class
        empty = self.wants_charge(vin)
        return rack.choose(needed, leaves=self.leaves(vin), leaving=leaving, needs_charge=empty)

    def leaves(self, vin: str) -> float:
        """When the car is expected to leave, in seconds since 1970; ``inf`` when nobody has booked it."""
        return self.expected.get(vin, inf)

    def wants_charge(self, vin: str) -> bool:
        """By its own word; a car that has said nothing is taken to be charged."""
        return self.charge.get(vin, 1.0) < WANTING

    def free_station(self, station: StationDriver) -> bool:
        """Empty by journal and sensors, shut, not held, and promised to nobody."""
        if station.hold is not None:
            return False
        promised = any(job.station == station.name for job in self.journal.open_jobs())
        return not promised and station.name not in self.journal.inventory and station.empty

    def stations_in_use(self) -> set[str]:
        """Where a driver may come or go at this moment."""
        return {job.station for job in self.journal.open_jobs() if job.station and job.state in DRIVER_AT_WORK}

    def locked(self, lift: str) -> bool:
        """Does a gate without a shutter stand open at this lift, or is it about to?"""
        gates = {job.station for job in self.journal.open_jobs() if job.state in GATE_IN_USE}
        return any(one.locks and (one.name in gates or not one.shut) for one in self.stations_of(lift))

    def elsewhere(self, lift: str) -> set[str]:
        """Places whose sensors may differ from the journal just now, for the comparison of ``lift``."""
        moving = (other.running() for name, other in self.lifts.items() if name != lift)
        ends = {place for one in moving if one for place in (one.command.src, one.command.dst)}
        return self.stations_in_use() | ends

    # --- telling ---

    def tell(
        self,
        kind: EventKind,
        *,
        job: JournalledJob | None = None,
        vin: str | None = None,
        place: str | None = None,
        detail: str | None = None,
    ) -> None:
        """Tell the subscribers, and wake who waits for a job. An errand is no visit: it is told without its key."""
        event = TowerEvent(
            kind=kind,
            at=datetime.now(UTC),
            job_key=job.job_key if job else None,
            vin=job.vin if job else vin,
            place=place,
            detail=detail,
        )
        self._note_time(kind, job, place)
        for listener in list(self.listeners):
            try:
                listener(event)
            except Exception:  # a listener's fault must not stop the lift whose step it is told
                log.exception("a listener failed", extra={"event_kind": kind.value})
        self.wake()

    def _note_time(self, kind: EventKind, job: JournalledJob | None, place: str | None) -> None:
        if kind in (EventKind.AT_GATE, EventKind.STAGED) and place is not None:
            self.stood[place] = time.time()
        elif kind is EventKind.STORING and job is not None and job.station is not None:
            self.stood[job.station] = time.time()

    def wake(self) -> None:
        """A job changed its state, or what it may wait for has changed."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until it is so; looked at after each wake, and now and then."""
        while not true():
            changed = self.changed
            try:
                async with asyncio.timeout(LOOK_S):
                    await changed.wait()
            except TimeoutError:
                continue

    @asynccontextmanager
    async def minding(self, job: JournalledJob, reason: DwellReason) -> AsyncIterator[None]:
        """While the block waits for people at the job's station: call a person each time the dwell limit has passed.

        Not while the unit is held or its PLC away: those are shown for themselves.
        """
        task = asyncio.create_task(keep("minding a gate", lambda: self._mind_dwell(job, reason)))
        try:
            yield
        finally:
            await end([task])

    async def _mind_dwell(self, job: JournalledJob, reason: DwellReason) -> None:
        while True:
            await asyncio.sleep(self.config.tower.gate.dwell_limit_s)
            if self.link.connected and self.unit_of(job).hold is None:
                log.warning("dwelling", extra={"job": job.job_key, "place": job.station, "reason": reason})
                self.tell(EventKind.DWELLING, job=job, place=job.station, detail=reason)


LOOK_S = 1.0
