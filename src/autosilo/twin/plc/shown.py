"""What a unit shows of itself: its ``Status``, by memory and machine."""

from autosilo.tower.geometry import lift_of
from autosilo.twin.plc.memory import PHASE, Job, UnitMemory
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import (
    OPERATION_MODE,
    Fault,
    JobState,
    MachineryItemState,
    Mode,
    Phase,
    Reject,
    RetainedJob,
    UnitState,
)


class Shown:
    """The part of a unit that only reads. ``ack_epoch``, ``ack_seq``, ``reject``: of the command last looked at."""

    def __init__(self, name: str, world: World, memory: UnitMemory) -> None:
        self.name = name
        self.ack_epoch, self.ack_seq, self.reject = memory.epoch, memory.seq, Reject.NONE
        self._world = world
        self._memory = memory
        self._owner = world.memory.lifts[lift_of(name)]
        self._done: RetainedJob | None = None
        self._done_of: list[RetainedJob] | None = None

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
            "ModeChanges": self._owner.mode_changes,
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
