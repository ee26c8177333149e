"""One lift: commands go through here one at a time, each executed exactly once whatever dies in between.

The order of things for a command: wait until the lift is neither held nor offline; after each new connection raise a
*fence* (a new epoch, acknowledged by the PLC), so that nothing sent earlier can still begin; settle what is open in the
journal by what the PLC says; compare the sensors; then write the intent, send, and wait for the PLC's own word on the
outcome. Time-outs only lead to a new fence and a new look, never to a conclusion. A fault of this software itself holds
the lift where a person sees it, and leads to the same: a new fence, a new look, after a pause that grows.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from autosilo.meter import Part, spent
from autosilo.site.control import recovery
from autosilo.site.control.journal import CommandState, Journal, JournalledCommand
from autosilo.site.control.mailbox import LiftStatus, LinkDown, PlcLink
from autosilo.site.control.reconcile import disagreements
from autosilo.site.control.recovery import Decision, Verdict
from autosilo.site.tasks import Retries
from autosilo.tower.config import Lift, TowerConfig
from autosilo.tower.geometry import Place, Point, lift_places
from autosilo.wire.mailbox import Fault, JobState, Kind, Mode, Phase, Reject, RetainedJob

log = logging.getLogger(__name__)

BEGIN_WITHIN_S = 5
"""A command that the PLC has not begun by then must not begin any more (its ``Deadline``)."""
ACK_WITHIN_S = BEGIN_WITHIN_S + 2
OVERDUE_FACTOR = 3.0
OVERDUE_EXTRA_S = 15.0
"""A job is overdue after three times its expected duration and these seconds: it is told, not acted upon."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a lift waits for an operator, and what to look at."""

    reason: str
    look_at: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a job asks of the lift. ``expected_s`` comes from kinematics; ``src`` alone for gates."""

    kind: Kind
    src: str
    dst: str = ""
    vin: str | None = None
    vehicle_class: int = 0
    expected_s: float = 0.0
    job: int | None = None


class CannotMove(Exception):
    """The PLC will never begin this command: ``reject`` says why."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.name)
        self.reject = reject


class LiftDriver:
    """Executes orders on one lift.

    ``on_hold`` is told of each hold, ``on_recover`` when one went away by itself; ``in_use`` names stations where a
    driver may come or go just now.
    """

    def __init__(
        self,
        *,
        tower: TowerConfig,
        lift: Lift,
        journal: Journal,
        link: PlcLink,
        on_hold: Callable[[str, Hold], None],
        on_recover: Callable[[str], None],
        in_use: Callable[[], Collection[str]],
    ) -> None:
        self.lift = lift
        self.name = lift.name
        self.places: dict[str, Place] = {place.name: place for place in lift_places(tower, lift)}
        self.hold: Hold | None = None
        self._journal = journal
        self._link = link
        self._on_hold = on_hold
        self._on_recover = on_recover
        self._in_use = in_use
        self._lock = asyncio.Lock()
        self._fenced = -1
        self._reconciled = -1
        self._last_fault = Fault.NONE
        self._released = asyncio.Event()
        self._released.set()
        self._hurry = asyncio.Event()
        self._link_hold: Hold | None = None

    # --- for the jobs ---

    @property
    def status(self) -> LiftStatus | None:
        """As last read, None before the first connection."""
        return self._link.status.get(self.name)

    @property
    def ready(self) -> bool:
        """Connected, fenced, agreed and not held?"""
        return self._link.connected and self._reconciled == self._link.generation and self.hold is None

    @property
    def settled(self) -> bool:
        """Fenced and agreed since the present connection was made?"""
        return self._reconciled == self._link.generation

    @property
    def at(self) -> Point:
        """Where the carriage is (or was when last seen; first station before that)."""
        status = self.status
        if status is None:
            return next(place.at for place in self.places.values() if place.class_number == 0)
        return Point(status.shuttle_mm / 1000, status.lift_mm / 1000)

    async def execute(self, plan: Callable[[], Order | None], *, begun: Callable[[], None] = lambda: None) -> None:
        """Give orders until ``plan`` has none any more. ``begun`` is called when the PLC has accepted one.

        ``plan`` tells from journal and sensors what is still to do. It is asked after everything open was settled, so
        that a job that is taken up again after a crash repeats nothing at the machine. Raises ``CannotMove``.
        """
        async with self._lock:
            await self.through_faults("command", lambda: self._carry_out(plan, begun), refusals=(CannotMove,))

    async def settle_down(self) -> None:
        """Fence, settle and compare, as after each new connection; returns when the lift is ready."""
        async with self._lock:
            await self.through_faults("settling", self._prepare)

    async def through_faults(
        self, what: str, work: Callable[[], Awaitable[None]], *, refusals: tuple[type[Exception], ...] = ()
    ) -> None:
        """Do ``work``; an exception that is not one of ``refusals`` is a fault of ours, which must not end it half-way.

        The lift is held with a reason, and ``work`` is begun again after a pause that grows (at once when an operator
        releases): after a new fence and a new comparison with the sensors, just as after a restart of the process.
        When it then succeeds, the hold goes away by itself.
        """
        retries, mine = Retries(what), None
        while True:
            try:
                await work()
            except refusals:
                self._recover(mine)
                raise
            except Exception as error:
                self._fenced = self._reconciled = -1
                pause_s = retries.failed(error, lift=self.name, site=self._link.site)
                mine = self._hold_for_fault(type(error).__name__) if self.hold is None else mine
                self._hurry.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._hurry.wait()
            else:
                retries.worked()
                self._recover(mine)
                return

    def release(self, operator: str) -> None:
        """An operator has looked. The next thing is to compare sensors again."""
        if self.hold is not None:
            self._journal.note("released", f"{self.name} by {operator}: {self.hold.reason}")
        self.hold = None
        self._reconciled = -1
        self._released.set()
        self._hurry.set()

    def halt(self, reason: str, look_at: str) -> None:
        """Hold this lift because a job found something that a person must see."""
        self._set_hold(reason, look_at)

    def still_wrong(self) -> str | None:
        """What stands against a release now, None when nothing does."""
        status = self.status
        if status is None or not self._link.connected:
            return "the PLC is offline"
        if status.mode is not Mode.AUTO:
            return "the key switch is not on Auto"
        if status.emergency:
            return "emergency stop is pressed"
        if self._journal.open_command(self.name) is not None:
            return None
        wrong = self._disagreements(status)
        return f"{wrong[0][0]}: {wrong[0][1]}" if wrong else None

    def watch(self) -> None:
        """Called after each poll: a key switch that leaves Auto holds the lift at once, and so does a faulty link."""
        if self._link.trouble and self.hold is None:
            self._link_hold = self._hold_for_fault(self._link.trouble)
        elif self._link_hold is not None and not self._link.trouble:
            self._recover(self._link_hold)
            self._link_hold = None
        status = self.status
        if self._link.connected and status is not None and status.mode is not Mode.AUTO and self.hold is None:
            self._set_hold("the key switch is not on Auto", self.name)

    # --- before a command ---

    async def _carry_out(self, plan: Callable[[], Order | None], begun: Callable[[], None]) -> None:
        while True:
            await self._prepare()
            order = plan()
            if order is None:
                return
            try:
                failure = await self._attempt(order, begun)
            except LinkDown:
                await self._link.changed(1.0)
                continue
            if failure is None:
                continue
            decision, reject = failure
            if decision.verdict is Verdict.ABORT:
                raise CannotMove(reject)
            await self._obey(decision, order.dst or order.src)

    async def _prepare(self) -> None:
        """Return when the lift is connected, not held, fenced, settled and agrees with the inventory."""
        while True:
            try:
                await self._released.wait()
                if not self._link.connected:
                    await self._link.changed()
                    continue
                generation = self._link.generation
                if self._fenced != generation:
                    await self._fence(generation)
                command = self._journal.open_command(self.name)
                if command is not None:
                    await self._settle(command)
                    continue
                if self._reconciled == generation or self._compare(generation):
                    return
            except LinkDown:
                await self._link.changed(1.0)

    async def _fence(self, generation: int) -> None:
        """Raise the epoch until the PLC has acknowledged it. Raises ``LinkDown``."""
        status = self._require_status()
        self._journal.raise_epoch(self.name, above=status.ack)
        sync = self._intend(Order(Kind.SYNC, ""))
        reject = await self._send(sync)
        if reject is not Reject.NONE:
            await self._obey(recovery.on_reject(reject), self.name)
            raise LinkDown(f"fence refused: {reject.name}")
        self._fenced = generation
        log.info("fenced", extra={"lift": self.name, "epoch": sync.command.epoch})

    def _compare(self, generation: int) -> bool:
        """Sensors against inventory; a disagreement holds the lift."""
        wrong = self._disagreements(self._require_status())
        if wrong:
            place, what = wrong[0]
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            self._set_hold(what + more, place)
            return False
        self._reconciled = generation
        return True

    def _disagreements(self, status: LiftStatus) -> list[tuple[str, str]]:
        return disagreements(
            places=list(self.places),
            inventory=self._journal.inventory,
            occupied=status.occupied,
            load_present=status.load_present,
            in_use=self._in_use(),
        )

    # --- one attempt ---

    async def _attempt(self, order: Order, begun: Callable[[], None]) -> tuple[Decision, Reject] | None:
        """Intend, send and see through. None when it ended; otherwise what to do about it."""
        command = self._intend(order)
        reject = await self._send(command)
        if reject is not Reject.NONE:
            self._journal.settle(command, CommandState.REJECTED, reject.name)
            log.info("refused", extra={"lift": self.name, "reject": reject.name, "seq": command.command.seq})
            return recovery.on_reject(reject), reject
        begun()
        outcome = await self._settle(command, expected_s=order.expected_s)
        if outcome is CommandState.ABORTED:
            return recovery.on_abort(self._last_fault), Reject.NONE
        return None

    def _intend(self, order: Order) -> JournalledCommand:
        return self._journal.intend(
            lift=self.name,
            kind=order.kind,
            deadline=int(time.time()) + BEGIN_WITHIN_S,
            src=order.src,
            dst=order.dst,
            vehicle_class=order.vehicle_class,
            vin=order.vin,
            job=order.job,
        )

    async def _send(self, command: JournalledCommand) -> Reject:
        """Write the command and wait for its acknowledgement. Raises ``LinkDown`` when none comes: outcome unknown."""
        with spent(Part.OPCUA):
            return await self._acknowledged(command)

    async def _acknowledged(self, command: JournalledCommand) -> Reject:
        generation = self._link.generation
        await self._link.send(self.name, command.command)
        until = time.monotonic() + ACK_WITHIN_S
        while time.monotonic() < until:
            if not self._link.connected or self._link.generation != generation:
                raise LinkDown("the link broke before the acknowledgement")
            status = self._require_status()
            if status.ack == command.key:
                return status.reject
            await self._link.changed(0.5)
        self._fenced = -1
        raise LinkDown("no acknowledgement")

    # --- the outcome ---

    async def _settle(self, command: JournalledCommand, *, expected_s: float = 0.0) -> CommandState:
        """Wait for the PLC's word on an open command and journal it. Raises ``LinkDown``; call again when it is back.

        Needs the fence: an open command of an older epoch that the PLC does not know can never begin.
        """
        started, told = time.monotonic(), False
        while True:
            if not self._link.connected or self._fenced != self._link.generation:
                raise LinkDown("not fenced")
            status = self._require_status()
            if status.last_done == command.key:
                return self._close(command, status.last_done_state, status.last_done_fault)
            if status.current == command.key:
                if status.job_state is JobState.INTERRUPTED or status.fault is not Fault.NONE:
                    await self._resume(command, status.fault)
                overdue_s = expected_s * OVERDUE_FACTOR + OVERDUE_EXTRA_S
                if expected_s and not told and time.monotonic() - started > overdue_s:
                    told = True
                    log.warning("overdue", extra={"lift": self.name, "expected_s": round(expected_s, 1)})
            else:
                line = await self._retained(command)
                if line is None:
                    return self._void(command)
                if line.state in (JobState.ENDED, JobState.ABORTED):
                    return self._close(command, line.state, line.fault)
            await self._link.changed(1.0)

    async def _retained(self, command: JournalledCommand) -> RetainedJob | None:
        lines = await self._link.retained(self.name)
        return next((one for one in lines if (one.epoch, one.seq) == command.key), None)

    def _close(self, command: JournalledCommand, state: JobState, fault: Fault) -> CommandState:
        outcome = CommandState.ENDED if state is JobState.ENDED else CommandState.ABORTED
        self._last_fault = fault
        self._journal.settle(command, outcome, fault.name)
        return outcome

    def _void(self, command: JournalledCommand) -> CommandState:
        self._journal.settle(command, CommandState.VOID, "the PLC never began it")
        return CommandState.VOID

    async def _resume(self, command: JournalledCommand, fault: Fault) -> None:
        """The job stands in the middle: go on if the recovery policy says so."""
        decision = recovery.on_interruption(fault)
        await self._obey(decision, self._where(command))
        if not self._link.connected or self._fenced != self._link.generation:
            raise LinkDown("not fenced")
        resume = self._intend(Order(Kind.RESUME, "", job=command.job))
        reject = await self._send(resume)
        if reject not in (Reject.NONE, Reject.NOTHING_TO_RESUME):
            await self._obey(recovery.on_reject(reject), self._where(command))

    def _where(self, command: JournalledCommand) -> str:
        status = self._require_status()
        if command.command.kind != Kind.MOVE or status.phase in (Phase.NONE, Phase.TAKING, Phase.TO_SOURCE):
            return command.command.src
        return command.command.dst

    async def _obey(self, decision: Decision, look_at: str) -> None:
        """Pause before a retry, or hold until an operator releases."""
        if decision.verdict is Verdict.HOLD:
            self._set_hold(decision.reason, look_at)
            await self._released.wait()
        else:
            await asyncio.sleep(decision.after_s)

    def _set_hold(self, reason: str, look_at: str) -> None:
        """Nothing is sent any more until an operator releases."""
        self._released.clear()
        self._show_hold(Hold(reason, look_at))

    def _hold_for_fault(self, error: str) -> Hold:
        """Shown as any hold, but what failed is tried again by itself."""
        reason = f"a fault of the control software ({error}); it tries again by itself, the log says more"
        return self._show_hold(Hold(reason, self.name))

    def _show_hold(self, hold: Hold) -> Hold:
        self.hold = hold
        log.warning("held", extra={"lift": self.name, "reason": hold.reason, "look_at": hold.look_at})
        with suppress(sqlite3.Error):  # the fault may be the journal's own; a person must hear of the hold all the same
            self._journal.note("held", f"{self.name} at {hold.look_at}: {hold.reason}")
        self._on_hold(self.name, hold)
        return hold

    def _recover(self, hold: Hold | None) -> None:
        """The cause of this hold went away by itself; any other hold stays."""
        if hold is not None and self.hold is hold:
            self.hold = None
            log.info("recovered", extra={"lift": self.name})
            self._on_recover(self.name)

    def _require_status(self) -> LiftStatus:
        status = self.status
        if status is None or not self._link.connected:
            raise LinkDown("no status")
        return status
