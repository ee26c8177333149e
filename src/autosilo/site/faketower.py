"""An instant tower for unit tests: speaks like ``site.control.Tower``, moves nothing.

A test plays the driver (``drive_out``, ``drive_in``) and may hold the machine back (``slow``).
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from autosilo.site.control.holding import Hold
from autosilo.site.control.types import (
    AdmitResult,
    CannotAdmit,
    CannotFetch,
    CannotObey,
    EventKind,
    FetchResult,
    RefusalReason,
    TakeInResult,
    TowerEvent,
)
from autosilo.tower.eta import Coverage, Estimate
from autosilo.wire.books import LiftBook, LiftMode, TowerBooks
from autosilo.wire.live import LiveLift, LiveStation, TowerLive

DELIVERY = "L1.D1"
INTAKE = "L1.I1"


class FakeTower:
    """``cars`` is place -> VIN; ``bays`` are all bays. ``moves`` counts what a real machine would have moved."""

    def __init__(self, *, site: str, bays: list[str], cars: dict[str, str]) -> None:
        self.site = site
        self.bays = bays
        self.cars = dict(cars)
        self.gates = {DELIVERY: "shut", INTAKE: "shut"}
        self.jobs: dict[str, str] = {}
        self.waiting: list[str] = []
        self.estimate: Estimate | None = Estimate(60.0, 125.0, 230.0)
        self.charge: dict[str, float] = {}
        self.usual: Estimate | None = None
        self.measured: tuple[Coverage, ...] = ()
        self.sooner: dict[str, float] = {}
        self.expected: dict[str, datetime | None] = {}
        self.moves: list[tuple[str, str, str]] = []
        self.connected = True
        self.hold: Hold | None = None
        self.may_move = asyncio.Event()
        self.may_move.set()
        self.lift = LiveLift(lift="L1", floor=0, column=1, car=None, state="idle")
        self.resolved_by: list[str] = []
        self.mode = LiftMode.AUTO
        self.obeyed: list[tuple[str, ...]] = []
        self.disobedience: CannotObey | None = None
        self.refusal: RefusalReason | None = None
        self._changed = asyncio.Condition()
        self._listeners: list[Callable[[TowerEvent], None]] = []

    # --- which of several ---

    def undecided(self, vin: str) -> bool:
        place = self.place_of(vin)
        return place is not None and place not in self.gates

    def soonest(self, vin: str, others: Iterable[str], *, due: datetime | None = None) -> str:
        """By ``sooner``: VIN -> seconds; 60 for those of which it says nothing."""
        able = [one for one in [vin, *others] if self.undecided(one)]
        return min(able, key=lambda one: self.sooner.get(one, 60.0), default=vin)

    # --- what the test does ---

    def slow(self) -> None:
        """Let ``fetch`` and ``admit`` wait until ``may_move`` is set."""
        self.may_move.clear()

    async def drive_out(self, vin: str) -> None:
        """The driver takes the car out of whichever station it stands in."""
        place = self.place_of(vin)
        if place is None or self.gates.get(place) != "open":
            raise AssertionError("the gate is shut")
        del self.cars[place]
        await self._wake()

    async def drive_in(self, vin: str) -> None:
        """The driver brings a car to the open intake."""
        if self.gates[INTAKE] != "open":
            raise AssertionError("the intake is shut")
        self.cars[INTAKE] = vin
        await self._wake()

    def tell(self, kind: EventKind, **fields: str | None) -> None:
        event = TowerEvent(kind=kind, at=datetime.now(UTC), **fields)
        for listener in list(self._listeners):
            listener(event)

    # --- what the site asks ---

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    @property
    def held(self) -> str | None:
        return f"{self.hold.look_at}: {self.hold.reason}" if self.hold else None

    def inventory(self) -> dict[str, str]:
        return dict(self.cars)

    def place_of(self, vin: str) -> str | None:
        return next((place for place, one in self.cars.items() if one == vin), None)

    def free_bays(self) -> int:
        return sum(bay not in self.cars for bay in self.bays)

    def eta(self, vin: str) -> Estimate | None:
        if self.place_of(vin) is None:
            raise CannotFetch("not_here")
        return self.estimate

    def charged(self, vin: str, charge: float) -> None:
        self.charge[vin] = charge

    def waits_measured(self) -> tuple[Coverage, ...]:
        return self.measured

    def usual_wait(self) -> Estimate | None:
        return self.usual

    def snapshot(self) -> TowerLive:
        stations = tuple(
            LiveStation(
                station=name,
                role="delivery" if name == DELIVERY else "intake",
                gate=gate,  # type: ignore[arg-type]  # one of its literals by construction
                car=self.cars.get(name),
                zone_clear=True,
            )
            for name, gate in self.gates.items()
        )
        return TowerLive(
            site=self.site,
            at=time.time(),
            lifts=(self.lift,),
            stations=stations,
            bays={bay: self.cars.get(bay) for bay in self.bays},
            held=self.held,
            connected=self.connected,
        )

    def subscribe(self, callback: Callable[[TowerEvent], None]) -> Callable[[], None]:
        self._listeners.append(callback)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(callback)

        return unsubscribe

    async def fetch(self, *, job_key: str, vin: str, resumed: bool = False) -> FetchResult:
        if resumed and self.jobs.get(job_key) == "abandoned":
            raise CannotFetch("abandoned")
        place = self.place_of(vin)
        if self.jobs.get(job_key) == "done":
            return FetchResult(station=DELIVERY, done=True)
        if place is None and job_key not in self.jobs:
            raise CannotFetch("not_here")
        self.jobs.setdefault(job_key, "fetching")
        self.tell(EventKind.FETCHING, job_key=job_key, vin=vin, place=place)
        await self.may_move.wait()
        if place and place != DELIVERY:
            self._move(vin, place, DELIVERY)
        self.tell(EventKind.AT_GATE, job_key=job_key, vin=vin, place=DELIVERY)
        self.gates[DELIVERY] = "open"
        return FetchResult(station=DELIVERY)

    async def hand_over(self, *, job_key: str, vin: str) -> None:
        await self._until(lambda: self.place_of(vin) is None)
        self.tell(EventKind.LEFT, job_key=job_key, vin=vin, place=DELIVERY)
        self.gates[DELIVERY] = "shut"
        self.jobs[job_key] = "done"

    async def admit(self, *, job_key: str, vin: str, plate: str) -> AdmitResult:
        bay = self.place_of(vin)
        if bay in self.bays:
            if self.jobs.get(job_key) == "stored":
                return AdmitResult(station=INTAKE, done=True, bay=bay)
            raise CannotAdmit("already_here")
        if not self.free_bays():
            raise CannotAdmit("no_free_bay")
        await self.may_move.wait()
        self.gates[INTAKE] = "open"
        return AdmitResult(station=INTAKE)

    async def take_in(self, *, job_key: str, vin: str) -> TakeInResult:
        if self.refusal and self.gates[INTAKE] == "shut":
            return TakeInResult(refused=self.refusal)
        if self.refusal and self.jobs.get(job_key) == "refused":
            if INTAKE not in self.cars:
                self.gates[INTAKE] = "shut"
            return TakeInResult(refused=self.refusal)
        await self._until(lambda: INTAKE in self.cars)
        self.tell(EventKind.ARRIVED, job_key=job_key, vin=vin, place=INTAKE)
        if self.refusal:
            self.jobs[job_key] = "refused"
            return TakeInResult(refused=self.refusal)
        self.gates[INTAKE] = "shut"
        bay = next(one for one in self.bays if one not in self.cars)
        self.tell(EventKind.STORING, job_key=job_key, vin=vin, place=bay)
        self._move(vin, INTAKE, bay)
        self.jobs[job_key] = "stored"
        return TakeInResult(bay=bay)

    async def resolve_hold(self, *, operator: str) -> None:
        self.hold = None
        self.resolved_by.append(operator)

    def expect(self, vin: str, leaves_at: datetime | None) -> None:
        self.expected[vin] = leaves_at

    def stage(self, vin: str) -> None:
        place = self.place_of(vin)
        if place is None:
            raise CannotFetch("not_here")
        if place != DELIVERY and DELIVERY not in self.cars:
            self._move(vin, place, DELIVERY)
        elif place != DELIVERY and vin not in self.waiting:
            self.waiting.append(vin)

    def staging(self) -> list[str]:
        return list(self.waiting)

    def unstage(self, vin: str) -> None:
        if vin in self.waiting:
            self.waiting.remove(vin)
        if self.place_of(vin) == DELIVERY:
            self._move(vin, DELIVERY, next(one for one in self.bays if one not in self.cars))

    def books(self) -> TowerBooks:
        return TowerBooks(site=self.site, lifts=(LiftBook(lift="L1", mode=self.mode, in_service=True),))

    # --- what a technician orders ---

    def block_bay(self, place: str, *, reason: str, by: str) -> None:
        self._obey("block", place, reason, by)

    def unblock_bay(self, place: str, *, by: str) -> None:
        self._obey("unblock", place, by)

    def take_out_of_service(self, lift: str, *, reason: str, by: str) -> None:
        self._obey("out", lift, reason, by)

    def return_to_service(self, lift: str, *, by: str) -> None:
        self._obey("in", lift, by)

    def confirm_bay(self, place: str, vin: str | None, *, by: str) -> None:
        self._obey("confirm", place, vin or "", by)

    def finish_reconciliation(self, lift: str, *, by: str) -> None:
        self._obey("finish", lift, by)

    # --- inside ---

    def _obey(self, *what: str) -> None:
        if self.disobedience is not None:
            raise self.disobedience
        self.obeyed.append(what)

    def _move(self, vin: str, source: str, destination: str) -> None:
        del self.cars[source]
        self.cars[destination] = vin
        self.moves.append((vin, source, destination))

    async def _until(self, true: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(true)

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()
