"""What is said between us and one unit of the PLC: commands out, acknowledgements and outcomes back. Knows no policy.

Nothing is concluded from silence: it raises ``LinkDown``, and whoever asked begins again with a new fence.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from autosilo.meter import Part, spent
from autosilo.site.control.journal import CommandState, Journal, JournalledCommand
from autosilo.site.control.mailbox import LinkDown, PlcLink
from autosilo.site.control.readings import LiftStatus, StationStatus
from autosilo.wire.mailbox import Fault, JobState, Kind, Reject, RetainedJob

BEGIN_WITHIN_S = 5
"""A command that the PLC has not begun by then must not begin any more (its ``Deadline``)."""
ACK_WITHIN_S = BEGIN_WITHIN_S + 2
LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a job asks of a unit. ``expected_s`` comes from kinematics; ``src`` alone for gates, ``dst`` for parking."""

    kind: Kind
    src: str = ""
    dst: str = ""
    vin: str | None = None
    vehicle_class: int = 0
    expected_s: float = 0.0
    job: int | None = None

    @property
    def place(self) -> str:
        return self.dst or self.src


class Unreadable(Exception):
    """The PLC says something that cannot be understood; the message says what, for people."""


class Exchange:
    """``fenced`` is the generation of the link in which the last fence was acknowledged."""

    def __init__(self, unit: str, *, journal: Journal, link: PlcLink) -> None:
        self.unit = unit
        self.fenced = -1
        self.last_fault = Fault.NONE
        self._journal = journal
        self._link = link

    @property
    def holds(self) -> bool:
        """Is the fence of the present connection up?"""
        return self._link.connected and self.fenced == self._link.generation

    def require_status(self) -> LiftStatus | StationStatus:
        """As last read. Raises ``LinkDown``."""
        status = self._link.status.get(self.unit)
        if status is None or not self._link.connected:
            raise LinkDown("no status")
        return status

    def intend(self, order: Order) -> JournalledCommand:
        """Write the command down; only then may it be sent."""
        return self._journal.intend(
            unit=self.unit,
            kind=order.kind,
            deadline=int(time.time()) + BEGIN_WITHIN_S,
            src=order.src,
            dst=order.dst,
            vehicle_class=order.vehicle_class,
            vin=order.vin,
            job=order.job,
        )

    async def fence(self) -> Reject:
        """Raise the epoch until the PLC has acknowledged it. Raises ``LinkDown``."""
        generation = self._link.generation
        self._journal.raise_epoch(self.unit, above=_highest(self.require_status()))
        reject = await self.send(self.intend(Order(Kind.SYNC)))
        if reject is Reject.NONE:
            self.fenced = generation
        return reject

    async def send(self, command: JournalledCommand) -> Reject:
        """Write the command and wait for its acknowledgement. Raises ``LinkDown`` when none comes: outcome unknown."""
        with spent(Part.OPCUA):
            return await self._acknowledged(command)

    async def _acknowledged(self, command: JournalledCommand) -> Reject:
        generation = self._link.generation
        try:
            await self._link.send(self.unit, command.command)
        except LinkDown:
            self.fenced = -1  # a write that timed out may still arrive
            raise
        until = time.monotonic() + ACK_WITHIN_S
        while time.monotonic() < until:
            if not self._link.connected or self._link.generation != generation:
                raise LinkDown("the link broke before the acknowledgement")
            status = self.require_status()
            if status.ack == command.key:
                if _no_verdict(command, status.reject):
                    break
                return status.reject
            await self._link.changed(0.5, unit=self.unit)
        self.fenced = -1
        raise LinkDown("no acknowledgement that counts")

    async def settle(
        self,
        command: JournalledCommand,
        *,
        interrupted: Callable[[Fault], Awaitable[None]],
        watch: Callable[[], None] = lambda: None,
    ) -> CommandState:
        """Wait for the PLC's word on an open command and journal it. Raises ``LinkDown``; call again when it is back.

        ``interrupted`` deals with a job that stands in the middle; ``watch`` is called while the outcome is not known.
        Needs the fence: an open command of an older epoch that the PLC does not know can never begin.
        """
        while True:
            if not self.holds:
                raise LinkDown("not fenced")
            status = self.require_status()
            if status.current == command.key and status.last_done != command.key:
                if status.job_state is JobState.INTERRUPTED or status.fault is not Fault.NONE:
                    await interrupted(status.fault)
            else:
                line = await self.retained(command.key)
                if line is None and status.last_done == command.key:
                    raise Unreadable(f"the PLC's log of {self.unit} lacks the job that ended last")
                if line is None:
                    self._journal.settle(command, CommandState.VOID, "the PLC never began it")
                    return CommandState.VOID
                if line.state in (JobState.ENDED, JobState.ABORTED):  # one node, which cannot be torn
                    return self._close(command, line.state, line.fault)
            watch()
            await self._link.changed(LOOK_AGAIN_S, unit=self.unit)

    def stranger(self) -> tuple[int, int] | None:
        """Epoch and seq of the job that the PLC is at, if the journal knows nothing of it. Raises ``LinkDown``."""
        current = self.require_status().current
        known = current == (0, 0) or self._journal.knows(self.unit, *current)
        return None if known else current

    async def retained(self, key: tuple[int, int]) -> RetainedJob | None:
        """What the PLC's log says of a command, by epoch and seq.

        Raises ``Unreadable``: a line that says nothing could be this command's.
        """
        found = None
        for line in await self._link.retained(self.unit):
            entry = RetainedJob.parse(line)
            if entry is None:
                raise Unreadable(f"the PLC's log of {self.unit} has a line that cannot be read: {line[:80]!r}")
            if (entry.epoch, entry.seq) == key:
                found = found or entry
        return found

    def _close(self, command: JournalledCommand, state: JobState, fault: Fault) -> CommandState:
        outcome = CommandState.ENDED if state is JobState.ENDED else CommandState.ABORTED
        self.last_fault = fault
        self._journal.settle(command, outcome, fault.name)
        return outcome


def _no_verdict(command: JournalledCommand, reject: Reject) -> bool:
    """Refused for its checksum or its numbers: that says nothing of what becomes of the command, or has become of it.

    Fields that are mixed with an older write may yet become whole, and a late copy of a command that runs earns
    OLD_SEQ. Only a fence that is OLD_EPOCH tells something: of another controller.
    """
    if command.command.kind == Kind.SYNC and reject is Reject.OLD_EPOCH:
        return False
    return reject in (Reject.BAD_CRC, Reject.OLD_EPOCH, Reject.OLD_SEQ)


def _highest(status: LiftStatus | StationStatus) -> tuple[int, int]:
    """The highest epoch and seq that the PLC has seen; those of a command with a wrong checksum are none."""
    seen = [status.current, status.last_done] + ([status.ack] if status.reject is not Reject.BAD_CRC else [])
    return max(epoch for epoch, _ in seen), max(seq for _, seq in seen)
