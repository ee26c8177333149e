"""What every unit's control program has in common: numbers, acknowledgement, one job at a time, log, status."""

import logging
from abc import ABC, abstractmethod

from autosilo.tower.geometry import lift_of
from autosilo.twin.plc.ledger import Event, note
from autosilo.twin.plc.memory import PHASE, Job, Step, UnitMemory
from autosilo.twin.plc.witness import saw
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import (
    OPERATION_MODE,
    WATCHDOG_S,
    Command,
    Fault,
    JobState,
    Kind,
    MachineryItemState,
    Mode,
    Phase,
    Reject,
    RetainedJob,
    UnitState,
)

log = logging.getLogger(__name__)


class Unit(ABC):
    """``now`` is a monotonic clock, ``wall`` seconds since 1970; both in seconds."""

    kinds: frozenset[Kind]
    """Jobs that it can do."""

    def __init__(self, name: str, world: World, memory: UnitMemory) -> None:
        self.name = name
        self.ack_epoch, self.ack_seq, self.reject = memory.epoch, memory.seq, Reject.NONE
        self._world = world
        self._memory = memory
        self._owner = world.memory.lifts[lift_of(name)]
        self._seen: tuple[int, int, int] | None = None
        self._heartbeat: int | None = None
        self._heartbeat_at = float("-inf")
        self._done: RetainedJob | None = None
        self._done_of: list[RetainedJob] | None = None
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

    # --- status ---

    @property
    def state(self) -> UnitState:
        job = self._memory.job
        if self._owner.mode is not Mode.AUTO:
            return UnitState.STOPPED
        if self._world.fault("emergency_stop", lift_of(self.name)):
            return UnitState.ABORTED
        if job is not None and job.state is JobState.INTERRUPTED:
            return UnitState.SUSPENDED if job.fault is Fault.POWER_LOSS else UnitState.HELD
        if self._world.fault("drive_fault", self.name):
            return UnitState.HELD
        return UnitState.EXECUTE if job is not None else UnitState.IDLE

    @property
    def active(self) -> bool:
        """Does anything of this unit move?"""
        return self._memory.job is not None

    def status(self) -> dict[str, int | str]:
        """Values of the ``Status`` group in the order in which they are to be published: a number comes after what is
        said of it, so that whoever reads a new number finds the rest there.
        """
        job, done, state = self._memory.job, self._last_done(), self.state
        return {
            **self._more_status(),
            "State": state,
            "JobState": self._job_state(job, done),
            "CurrentEpoch": job.command.epoch if job else 0,
            "CurrentSeq": job.command.seq if job else 0,
            "LastDoneState": done.state if done else JobState.NONE,
            "LastDoneFault": done.fault if done else Fault.NONE,
            "LastDoneEpoch": done.epoch if done else 0,
            "LastDoneSeq": done.seq if done else 0,
            "FaultCode": job.fault if job else Fault.NONE,
            "ItemState": self._item_state(state),
            "OperationMode": OPERATION_MODE[self._owner.mode],
            "Mode": self._owner.mode,
            "EmergencyStop": int(self._world.fault("emergency_stop", lift_of(self.name))),
            "RejectCode": self.reject,
            "AckEpoch": self.ack_epoch,
            "AckSeq": self.ack_seq,
        }

    def _more_status(self) -> dict[str, int | str]:
        """Fields that only this kind of unit has."""
        return {}

    @property
    def phase(self) -> Phase:
        job = self._memory.job
        return PHASE[job.step] if job else Phase.NONE

    def _job_state(self, job: Job | None, done: RetainedJob | None) -> JobState:
        if self.reject is not Reject.NONE:
            return JobState.NOT_ALLOWED_TO_START
        if job is not None:
            return job.state
        return done.state if done else JobState.NONE

    def _item_state(self, state: UnitState) -> MachineryItemState:
        if self._owner.mode is Mode.SERVICE:
            return MachineryItemState.OUT_OF_SERVICE
        return MachineryItemState.EXECUTING if state is UnitState.EXECUTE else MachineryItemState.NOT_EXECUTING

    def _last_done(self) -> RetainedJob | None:
        """The newest line of the log that has ended; looked up anew only when the log has changed."""
        if self._done_of is not self._memory.log:
            self._done_of = self._memory.log
            over = (JobState.ENDED, JobState.ABORTED)
            self._done = next((one for one in self._memory.log if one.state in over), None)
        return self._done
