"""The visit at the kiosk as one small state machine, from "it is you" to the shut gate.

The visits store says how far each visit is; a task per visit in progress drives the tower and states facts. The tower
joins a job by its key, so after ``kill -9`` the same tasks start again and nothing moves twice.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, Literal, Protocol, TypeGuard, get_args
from uuid import UUID

import structlog

from autosilo.site.admission import NotNow, Purpose, admission
from autosilo.site.carcalls import CarCalls
from autosilo.site.choice import Choice
from autosilo.site.clock import SiteClock
from autosilo.site.control import CannotAdmit, CannotFetch, CannotHandOver, CannotTakeIn, TowerEvent
from autosilo.site.control.types import AdmitResult, FetchResult, RefusalReason, TakeInResult
from autosilo.site.progress import FINAL, PHASE_OF_EVENT, Phase, Progress, ProgressBoard
from autosilo.site.tasks import Retries, end, say_if_it_fails
from autosilo.site.uplink.cars import CarBook
from autosilo.site.uplink.outbox import Outbox
from autosilo.site.visits.states import VisitState
from autosilo.site.visits.store import StateChanged, Visit, VisitStore
from autosilo.wire.bus import (
    CarAtGate,
    CarHandedOver,
    CarTakenIn,
    HelpWanted,
    IntakeRefused,
    Method,
    VisitorIdentified,
)
from autosilo.wire.live import TowerLive

log = structlog.get_logger(__name__)

NOT_TAKEN_IN: dict[str, Literal["already_here", "not_admitted", "asked"]] = {
    "already_here": "already_here",
    "not_admitted": "not_admitted",
}
"""Reasons of the tower that call a person under their own name."""
RETRY_S = 3.0
LOOK_AGAIN_S = 1.0


class Mover(Protocol):
    """What a visit asks of ``site.control.Tower``."""

    def snapshot(self) -> TowerLive: ...
    async def fetch(self, *, job_key: str, vin: str, resumed: bool = False) -> FetchResult: ...
    async def hand_over(self, *, job_key: str, vin: str) -> None: ...
    async def admit(self, *, job_key: str, vin: str, plate: str) -> AdmitResult: ...
    async def take_in(self, *, job_key: str, vin: str) -> TakeInResult: ...
    def subscribe(self, callback: Callable[[TowerEvent], None]) -> Callable[[], None]: ...


class CannotBegin(Exception):
    """Anticipated and safe to show. ``reason``: ``gone`` (the visit is over), ``busy`` (its car already moves),
    ``too_early`` or ``too_late`` (``not_now`` carries the times)."""

    def __init__(self, reason: str, *, not_now: NotNow | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.not_now = not_now


class VisitService:
    """Starts, drives and resumes visits."""

    def __init__(
        self,
        *,
        visits: VisitStore,
        outbox: Outbox,
        tower: Mover,
        cars: CarBook,
        clock: SiteClock,
        calls: CarCalls,
        choice: Choice,
        look_again_s: float = LOOK_AGAIN_S,
    ) -> None:
        self.board = ProgressBoard()
        self._visits = visits
        self._outbox = outbox
        self._tower = tower
        self._cars = cars
        self._clock = clock
        self._calls = calls
        self._choice = choice
        self._look_again_s = look_again_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Join the visits that were in progress when the process ended."""
        self._unsubscribe = self._tower.subscribe(self._on_tower)
        for visit in self._visits.in_progress():
            log.info("visit resumed", trial=str(visit.trial), state=visit.state)
            self._drive(visit, resumed=True)

    async def stop(self) -> None:
        self._unsubscribe()
        await end(tuple(self._tasks))

    def begin(self, trial: UUID, *, method: Method, kiosk: str) -> Progress:
        """The identified visitor wants to go on: fetch the car, or open the intake. Raises ``CannotBegin``.

        For a visit already in progress it only moves the picture to this kiosk.
        """
        now = self._clock.now()
        visit = self._visits.find(trial)
        if visit is None or visit.state is VisitState.DONE:
            raise CannotBegin("gone")
        purpose = admission(visit, now=now)
        if isinstance(purpose, NotNow):
            raise CannotBegin(purpose.reason, not_now=purpose)
        if visit.state in (VisitState.COLLECTING, VisitState.RETURNING):
            self._visits.show_at(trial, kiosk)
            return self.board.of(trial) or self._drive(visit)
        to = VisitState.COLLECTING if purpose is Purpose.COLLECT else VisitState.RETURNING
        try:
            with self._visits.db.transaction():
                self._visits.change(trial, visit.state, to, why=f"identified by {method.value}", now=now)
                self._visits.begin(trial, method=method, kiosk=kiosk)
                self._outbox.put(VisitorIdentified(at=now, trial=trial, method=method, purpose=purpose.value))
        except (StateChanged, sqlite3.IntegrityError) as error:
            raise CannotBegin("busy") from error
        log.info("visit begins", trial=str(trial), purpose=purpose.value, method=method.value)
        return self._drive(replace(visit, state=to))

    def _drive(self, visit: Visit, *, resumed: bool = False) -> Progress:
        collect = visit.state is VisitState.COLLECTING
        first = Progress(
            trial=visit.trial,
            vin=visit.vin,
            purpose=Purpose.COLLECT if collect else Purpose.RETURN,
            phase=Phase.FETCHING if collect else Phase.ADMITTING,
        )
        self.board.show(first)
        self._spawn(self._until_done(visit, self._collect if collect else self._return, resumed))
        return first

    async def _until_done(self, visit: Visit, work: Callable[[Visit, bool], Awaitable[None]], resumed: bool) -> None:
        """A bug or a device's failure must not end a visit half-way: log it and join the job again."""
        retries = Retries("visit", first_s=RETRY_S)
        while True:
            try:
                return await work(visit, resumed)
            except Exception as error:
                resumed = True
                await asyncio.sleep(retries.failed(error, trial=str(visit.trial)))

    # --- collect ---

    async def _collect(self, visit: Visit, resumed: bool) -> None:
        visit = self._visits.find(visit.trial) or visit
        if not resumed:
            visit = await self._chosen(visit)
        key = job_key(visit, Purpose.COLLECT)
        try:
            fetched = await self._tower.fetch(job_key=key, vin=visit.vin, resumed=resumed)
            self._at_gate(visit, fetched.station)
            if not fetched.done:
                async with self._calls.unlocked(visit.vin):
                    await self._tower.hand_over(job_key=key, vin=visit.vin)
        except (CannotFetch, CannotHandOver) as error:
            self._collect_failed(visit, error.reason)
        else:
            self._handed_over(visit)

    async def _chosen(self, visit: Visit) -> Visit:
        """The visit with the car that is there soonest; its screens follow."""
        visit = await self._choice.settle(visit)
        progress = self.board.of(visit.trial)
        if progress is not None and progress.vin != visit.vin:
            self.board.show(replace(progress, vin=visit.vin))
        return visit

    def _at_gate(self, visit: Visit, station: str) -> None:
        with self._visits.db.transaction():
            if self._visits.note_at_gate(visit.trial, station):
                at = self._clock.now()
                self._outbox.put(CarAtGate(at=at, trial=visit.trial, vin=visit.vin, station=station))
        self.board.step(visit.trial, Phase.GATE_OPEN, station=station)

    def _handed_over(self, visit: Visit) -> None:
        """The car is out, and expected back even when the visit was called off while it rolled."""
        seen = self._cars.of(visit.vin)
        now = self._clock.now()
        with self._visits.db.transaction():
            self._visits.change(visit.trial, VisitState.COLLECTING, VisitState.OUT, why="car left, gate shut", now=now)
            self._outbox.put(
                CarHandedOver(
                    at=now, trial=visit.trial, vin=visit.vin, odometer_km=seen.odometer_km, charge=seen.charge
                )
            )
        log.info("car handed over", trial=str(visit.trial))
        self.board.step(visit.trial, Phase.HANDED_OVER)

    def _collect_failed(self, visit: Visit, reason: str) -> None:
        now = self._clock.now()
        with self._visits.db.transaction():
            self._visits.change(visit.trial, VisitState.COLLECTING, VisitState.EXPECTED, why=reason, now=now)
            self._outbox.put(HelpWanted(at=now, reason="collect_failed", trial=visit.trial))
        log.warning("collection failed", trial=str(visit.trial), reason=reason)
        self.board.step(visit.trial, Phase.FAILED, reason=reason)

    # --- return ---

    async def _return(self, visit: Visit, resumed: bool) -> None:
        key = job_key(visit, Purpose.RETURN)
        try:
            admitted = await self._tower.admit(job_key=key, vin=visit.vin, plate=visit.plate)
            if admitted.done and admitted.bay:
                return self._taken_in(visit, admitted.bay)
            self.board.step(visit.trial, Phase.INTAKE_OPEN, station=admitted.station)
            async with self._calls.invited(visit.vin, admitted.station):
                result = await self._tower.take_in(job_key=key, vin=visit.vin)
            if result.refused:
                self._intake_refused(visit, result.refused)
                result = await self._until_away(visit, admitted.station)
        except (CannotAdmit, CannotTakeIn) as error:
            self._intake_refused(visit, error.reason)
            return self._still_out(visit, error.reason)
        if result.bay:
            return self._taken_in(visit, result.bay)
        return self._still_out(visit, result.refused or "timed_out")

    async def _until_away(self, visit: Visit, station: str) -> TakeInResult:
        """A refused car leaves and the intake shuts; or it is put right where it stands, and taken in after all."""
        async with self._calls.unlocked(visit.vin):
            while True:
                live = self._tower.snapshot()
                result = await self._tower.take_in(job_key=job_key(visit, Purpose.RETURN), vin=visit.vin)
                shut = any(one.station == station and one.gate == "shut" for one in live.stations)
                if result.bay or (live.connected and shut):
                    return result
                await asyncio.sleep(self._look_again_s)

    def _taken_in(self, visit: Visit, bay: str) -> None:
        seen = self._cars.of(visit.vin)
        now = self._clock.now()
        with self._visits.db.transaction():
            self._visits.change(visit.trial, VisitState.RETURNING, VisitState.DONE, why=f"stored in {bay}", now=now)
            self._outbox.put(
                CarTakenIn(
                    at=now,
                    trial=visit.trial,
                    vin=visit.vin,
                    bay=bay,
                    odometer_km=seen.odometer_km,
                    charge=seen.charge,
                )
            )
        self._visits.db.scrub()
        log.info("car taken in", trial=str(visit.trial), bay=bay)
        before = self.board.of(visit.trial)
        if before:
            self.board.show(
                replace(before, phase=Phase.TAKEN_IN, station=bay, odometer_km=seen.odometer_km, charge=seen.charge)
            )

    def _intake_refused(self, visit: Visit, reason: str) -> None:
        now = self._clock.now()
        if is_refusal(reason):
            self._outbox.put(IntakeRefused(at=now, trial=visit.trial, vin=visit.vin, reason=reason))
        else:
            why = NOT_TAKEN_IN.get(reason, "asked")
            self._outbox.put(HelpWanted(at=now, reason=why, trial=visit.trial))
        log.warning("intake refused", trial=str(visit.trial), reason=reason)
        self.board.step(visit.trial, Phase.REFUSED, reason=reason)

    def _still_out(self, visit: Visit, reason: str) -> None:
        self._visits.change(visit.trial, VisitState.RETURNING, VisitState.OUT, why=reason, now=self._clock.now())

    # --- shared ---

    def _on_tower(self, event: TowerEvent) -> None:
        progress = self.board.of(trial_of(event.job_key))
        phase = PHASE_OF_EVENT.get(event.kind)
        if progress is None or phase is None or progress.phase in FINAL:
            return
        self.board.step(progress.trial, phase)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(say_if_it_fails)


def job_key(visit: Visit, purpose: Purpose) -> str:
    """Names one physical job. After an attempt without success the tower begins anew under the same key."""
    return f"{visit.trial}:{purpose.value}"


def trial_of(key: str | None) -> UUID | None:
    """The trial of a job key, None for a job of no visit."""
    try:
        return UUID((key or "").partition(":")[0])
    except ValueError:
        return None


def is_refusal(reason: str) -> TypeGuard[RefusalReason]:
    return reason in get_args(RefusalReason)
