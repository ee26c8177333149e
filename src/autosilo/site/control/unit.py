"""One unit: commands go through here one at a time, each executed exactly once whatever dies in between.

The order of things for a command: wait until the unit is neither held nor offline; after each new connection raise a
*fence* (a new epoch, acknowledged by the PLC), so that nothing sent earlier can still begin; settle what is open in the
journal by what the PLC says; compare the sensors; then write the intent, send, and wait for the PLC's own word on the
outcome. Time-outs only lead to a new fence and a new look, never to a conclusion. A fault of this software itself holds
the unit where a person sees it, and leads to the same: a new fence, a new look, after a pause that grows.
"""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

from autosilo.site.control.exchange import BEGIN_WITHIN_S, LOOK_AGAIN_S, Exchange, Order
from autosilo.site.control.holding import Hold, Holding, Told
from autosilo.site.control.journal import CommandState, Journal, JournalledCommand
from autosilo.site.control.mailbox import LinkDown, PlcLink
from autosilo.site.control.patience import Patience
from autosilo.site.control.recovery import Decision, Failure, Stage, Verdict, decide
from autosilo.wire.books import OrderRefusal
from autosilo.wire.mailbox import Fault, JobState, Kind, Mode, Reject

log = logging.getLogger(__name__)

OVERDUE_FACTOR = 3.0
"""A job is overdue after three times its expected duration, and the time in which the PLC may begin it. It is then
shown to a person, not acted upon."""

STRANGER = "the PLC stands in the middle of a job that the journal does not know; released, it goes on to its end"
STRANGER_RUNS = Decision(Verdict.RETRY, lasting="the PLC is at a job that the journal does not know", by_people=True)


class CannotMove(Exception):
    """The PLC will never begin this command: ``reject`` says why."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.name)
        self.reject = reject


class UnitDriver(ABC):
    """Executes orders on one unit. ``patience_s``: what is refused longer than that is shown to a person."""

    def __init__(self, unit: str, *, journal: Journal, link: PlcLink, told: Told, patience_s: float) -> None:
        self.name = unit
        self.holding = Holding(unit, site=link.site, journal=journal, told=told)
        self.exchange = Exchange(unit, journal=journal, link=link)
        self._patience = {stage: Patience(self.holding, patience_s) for stage in Stage}
        self._journal = journal
        self._link = link
        self._lock = asyncio.Lock()
        self._reconciled = -1
        self._shown: Hold | None = None
        self._let_go_on: tuple[int, int] | None = None

    # --- for the jobs ---

    @property
    def hold(self) -> Hold | None:
        return self.holding.hold

    @property
    def ready(self) -> bool:
        """Connected, fenced, agreed and not held?"""
        return self._link.connected and self.name in self._link.status and self.settled and self.hold is None

    @property
    def settled(self) -> bool:
        """Fenced and agreed since the present connection was made?"""
        return self._reconciled == self._link.generation

    @property
    def busy(self) -> bool:
        """Is something being done or settled?"""
        return self._lock.locked()

    async def execute(self, plan: Callable[[], Order | None], *, begun: Callable[[], None] = lambda: None) -> None:
        """Give orders until ``plan`` has none any more. ``begun`` is called when the PLC has accepted one.

        ``plan`` tells from journal and sensors what is still to do. It is asked after everything open was settled, so
        that a job that is taken up again after a crash repeats nothing at the machine. Raises ``CannotMove``.
        """
        async with self._lock:
            await self.through_faults("command", lambda: self._carry_out(plan, begun), refusals=(CannotMove,))

    async def settle_down(self) -> None:
        """Fence, settle and compare, as after each new connection; returns when the unit is ready."""
        async with self._lock:
            await self.through_faults("settling", self._prepare)
            self._succeeded()

    async def through_faults(
        self, what: str, work: Callable[[], Awaitable[None]], *, refusals: tuple[type[Exception], ...] = ()
    ) -> None:
        """``Holding.through_faults``, with a new fence and a new comparison after each fault."""
        await self.holding.through_faults(what, work, on_fault=self.distrust, refusals=refusals)

    def distrust(self) -> None:
        """Fence and compare anew before anything else."""
        self.exchange.fenced = self._reconciled = -1

    def compare_again(self) -> None:
        """Before the next command."""
        self._reconciled = -1

    def release(self, operator: str) -> None:
        """An operator has looked. The next thing is to compare sensors again."""
        self.compare_again()
        self.holding.release(operator)

    def halt(self, reason: str, look_at: str) -> None:
        """Hold this unit because a job found something that a person must see."""
        self.holding.set(reason, look_at)

    def still_wrong(self) -> tuple[OrderRefusal, str] | None:
        """What stands against a release now, in a word and for people; None when nothing does."""
        status = self._link.status.get(self.name)
        if status is None or not self._link.connected:
            return "offline", "the PLC is offline"
        if status.mode is not Mode.AUTO:
            return "not_auto", "the key switch is not on Auto"
        if status.emergency:
            return "emergency_stop", "emergency stop is pressed"
        return None

    def watch(self) -> None:
        """Called after each change of what was read, or of the connection. What keeps the unit from being read is shown
        as a hold while it lasts."""
        words = self._trouble()
        if words and self.hold is None:
            self._shown = self.holding.show(words)
        elif self._shown is not None and not words:
            self.compare_again()
            self.holding.recover(self._shown)
            self._shown = None

    def _trouble(self) -> str | None:
        """Why nothing is known of the unit although the PLC may be there."""
        return self._link.unreadable.get(self.name)

    # --- before a command ---

    @abstractmethod
    def _compare(self, generation: int) -> bool:
        """Does the journal agree with the sensors? If not, hold. Raises ``LinkDown``."""

    async def _carry_out(self, plan: Callable[[], Order | None], begun: Callable[[], None]) -> None:
        while True:
            await self._prepare()
            order = plan()
            if order is None:
                self._succeeded()
                return
            try:
                failure = await self._attempt(order, begun)
            except LinkDown:
                await self._link.changed(1.0, unit=self.name)
                continue
            if failure is None:
                continue
            if decide(failure).verdict is Verdict.ABORT:
                self._succeeded()
                raise CannotMove(Reject(failure.code))
            await self._obey(failure, order.place)

    async def _prepare(self) -> None:
        """Return when the unit is connected, not held, fenced, settled and agrees with the inventory."""
        while True:
            try:
                await self.holding.released.wait()
                if not self._link.connected:
                    await self._link.changed(unit=self.name)
                    continue
                generation = self._link.generation
                if self.exchange.fenced != generation:
                    await self._fence()
                command = self._journal.open_command(self.name)
                if command is not None:
                    await self._settle(command, self._expected_s(command))
                    continue
                if self._reconciled == generation:
                    return
                if (stranger := self.exchange.stranger()) is not None:
                    await self._see_off(stranger)
                    continue
                if self._compare(generation):
                    self._reconciled = generation
                    return
            except LinkDown:
                await self._link.changed(1.0, unit=self.name)

    async def _fence(self) -> None:
        reject = await self.exchange.fence()
        if reject is not Reject.NONE:
            await self._obey(Failure.reject(reject), self.name)
            raise LinkDown(f"fence refused: {reject.name}")
        log.info("fenced", extra={"unit": self.name})

    # --- one attempt ---

    async def _attempt(self, order: Order, begun: Callable[[], None]) -> Failure | None:
        """Intend, send and see through. None when it ended, or never began; otherwise what failed."""
        command = self.exchange.intend(order)
        reject = await self.exchange.send(command)
        if reject is not Reject.NONE:
            self._journal.settle(command, CommandState.REJECTED, reject.name)
            log.info("refused", extra={"unit": self.name, "reject": reject.name, "seq": command.command.seq})
            return Failure.reject(reject)
        self._patience[Stage.REJECT].over()
        begun()
        outcome = await self._settle(command, order.expected_s)
        return Failure.abort(self.exchange.last_fault) if outcome is CommandState.ABORTED else None

    async def _settle(self, command: JournalledCommand, expected_s: float) -> CommandState:
        began, mine = time.monotonic(), None

        def watch() -> None:
            nonlocal mine
            overdue_s = expected_s * OVERDUE_FACTOR + BEGIN_WITHIN_S
            if expected_s and mine is None and self.hold is None and time.monotonic() - began > overdue_s:
                mine = self.holding.show(f"a job of {expected_s:.0f} s has not ended after {overdue_s:.0f} s")

        async def interrupted(fault: Fault) -> None:
            nonlocal began
            await self._resume(command, fault)
            began = time.monotonic()

        try:
            outcome = await self.exchange.settle(command, interrupted=interrupted, watch=watch)
        finally:
            self.holding.recover(mine)
        if outcome is CommandState.ENDED:
            self._succeeded()
        return outcome

    async def _resume(self, command: JournalledCommand, fault: Fault) -> None:
        """The job stands in the middle: go on if the recovery policy says so."""
        await self._obey(Failure.interruption(fault), self._where(command))
        await self._go_on(self._where(command), job=command.job)

    async def _go_on(self, look_at: str, *, job: int | None = None) -> None:
        """Tell the PLC to go on with the job in whose middle it stands, until it does. Raises ``LinkDown``.

        A refusal that goes by itself (the carriage still brakes) is no new hold: whoever released has been asked.
        """
        while True:
            await self.holding.released.wait()
            if not self.exchange.holds:
                raise LinkDown("not fenced")
            reject = await self.exchange.send(self.exchange.intend(Order(Kind.RESUME, job=job)))
            if reject in (Reject.NONE, Reject.NOTHING_TO_RESUME):
                self._patience[Stage.REJECT].over()
                return
            await self._obey(Failure.reject(reject), look_at)

    async def _see_off(self, key: tuple[int, int]) -> None:
        """A job that the journal does not know: the journal, or the whole controller, was replaced. It may end; if it
        stands in the middle, a person looks first. Then the sensors say what is different."""
        status = self.exchange.require_status()
        if status.job_state is JobState.INTERRUPTED or status.fault is not Fault.NONE:
            line = await self.exchange.retained(key)
            place = (line.dst or line.src if line else "") or self.name
            if self._let_go_on != key:
                self.holding.set(STRANGER, place)
                await self.holding.released.wait()
                self._let_go_on = key
            else:
                await self._obey(Failure.interruption(status.fault), place)
            await self._go_on(place)
        else:
            self._patience[Stage.INTERRUPTION].failed(STRANGER_RUNS, self.name)
        await self._link.changed(LOOK_AGAIN_S, unit=self.name)

    def _succeeded(self) -> None:
        for patience in self._patience.values():
            patience.over()

    @abstractmethod
    def _expected_s(self, command: JournalledCommand) -> float:
        """Of a journalled command, by kinematics from where the unit stands now; 0 for a place that is not known."""

    def _where(self, command: JournalledCommand) -> str:
        """What a person should look at."""
        return command.command.src or command.command.dst

    async def _obey(self, failure: Failure, look_at: str) -> None:
        """Pause before a retry, or hold until an operator releases. An abort in the middle of a job is a hold, too."""
        decision = decide(failure)
        if decision.verdict is Verdict.RETRY:
            await asyncio.sleep(self._patience[failure.stage].failed(decision, look_at))
        else:
            self.holding.set(decision.reason, look_at)
            await self.holding.released.wait()
