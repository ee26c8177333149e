"""What every unit's control program has in common: numbers, acknowledgement, one job at a time, log."""

import logging
from abc import ABC, abstractmethod

from autosilo.twin.plc.ledger import Event, note
from autosilo.twin.plc.memory import Job, Step, UnitMemory
from autosilo.twin.plc.shown import Shown
from autosilo.twin.plc.witness import saw
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import WATCHDOG_S, Command, Fault, JobState, Kind, Reject

log = logging.getLogger(__name__)


class Unit(Shown, ABC):
    """``now`` is a monotonic clock, ``wall`` seconds since 1970; both in seconds."""

    kinds: frozenset[Kind]
    """Jobs that it can do."""

    def __init__(self, name: str, world: World, memory: UnitMemory) -> None:
        super().__init__(name, world, memory)
        self._seen: tuple[int, int, int] | None = None
        self._heartbeat: int | None = None
        self._heartbeat_at = float("-inf")
        if memory.job is not None and memory.job.running:
            self._interrupted(memory.job, Fault.POWER_LOSS)

    # --- mailbox ---

    def hear(self, heartbeat: int, now: float) -> None:
        """The controller's counter; the value found at start-up does not count as a beat."""
        if self._heartbeat is not None and heartbeat != self._heartbeat:
            self._heartbeat_at = now
        self._heartbeat = heartbeat

    def receive(self, command: Command, crc: int, *, now: float, wall: float) -> None:
        """Look at the command in the mailbox; anything already seen is ignored."""
        key = (command.epoch, command.seq, crc)
        if command.seq == 0 or key == self._seen:
            return
        self._seen = key
        self.ack_epoch, self.ack_seq = command.epoch, command.seq
        self.reject = self._judge(command, crc, now=now, wall=wall)
        if self.reject is not Reject.NONE:
            log.info("rejected", extra={"unit": self.name, "reject": self.reject.name, "seq": command.seq})

    def _judge(self, command: Command, crc: int, *, now: float, wall: float) -> Reject:
        if crc != command.checksum():
            return Reject.BAD_CRC
        old = self._old(command)
        if old is not Reject.NONE:
            return old
        # From here on this Seq is used up, whatever becomes of it.
        self._memory.epoch, self._memory.seq = command.epoch, command.seq
        self._world.touch()
        if wall > command.deadline:
            return Reject.EXPIRED
        if command.kind == Kind.SYNC:
            return Reject.NONE
        if now - self._heartbeat_at > WATCHDOG_S:
            return Reject.CONTROLLER_SILENT
        if command.kind == Kind.RESUME:
            return self._resume(now)
        if command.kind not in self.kinds:
            return Reject.UNKNOWN_KIND
        reject = self._check_new(command)
        if reject is Reject.NONE:
            self._begin(command, now)
        return reject

    def _old(self, command: Command) -> Reject:
        if command.epoch < self._memory.epoch:
            return Reject.OLD_EPOCH
        if command.epoch == self._memory.epoch and command.seq <= self._memory.seq:
            return Reject.OLD_SEQ
        return Reject.NONE

    # --- jobs ---

    @abstractmethod
    def scan(self, now: float) -> None:
        """One cycle: move what moves, guard it, and advance the job."""

    @abstractmethod
    def _check_new(self, command: Command) -> Reject:
        """May this new job begin?"""

    @abstractmethod
    def _check_resume(self) -> Reject:
        """May the interrupted job go on?"""

    @abstractmethod
    def _first_step(self, command: Command) -> Step:
        """Of a new job."""

    @abstractmethod
    def _start(self, job: Job, now: float) -> None:
        """Set the job going, or going again, where its sensors say that it stands."""

    def _begin(self, command: Command, now: float) -> None:
        job = Job(command, self._first_step(command), JobState.RUNNING)
        self._memory.job = job
        self._memory.remember(job)
        saw(self._world, self.name, job.key)
        note(self._world, Event.BEGAN, unit=self.name, job=job, kind=int(command.kind))
        self._start(job, now)

    def _resume(self, now: float) -> Reject:
        reject = self._check_resume()
        job = self._memory.job
        if reject is Reject.NONE and job is not None:
            job.state, job.fault = JobState.RUNNING, Fault.NONE
            self._memory.remember(job)
            self._start(job, now)
        return reject

    def _finish(self, job: Job, state: JobState, fault: Fault = Fault.NONE) -> None:
        job.state, job.fault = state, fault
        self._memory.remember(job)
        self._memory.job = None
        note(self._world, Event.ENDED, unit=self.name, job=job, state=int(state), fault=int(fault))

    def _interrupted(self, job: Job, fault: Fault) -> None:
        job.state, job.fault = JobState.INTERRUPTED, fault
        self._memory.remember(job)
        self._world.touch()
        log.warning("interrupted", extra={"unit": self.name, "fault": fault.name})

    def abandon(self) -> bool:
        """A technician gives the interrupted job up. False when there is none."""
        job = self._memory.job
        if job is None or job.running:
            return False
        self._finish(job, JobState.ABORTED, job.fault)
        return True
