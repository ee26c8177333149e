"""One lift's control program: takes commands out of the mailbox, runs jobs, guards every scan."""

import logging

from autosilo.tower.config import Lift
from autosilo.tower.geometry import Point
from autosilo.tower.kinematics import travel_s
from autosilo.twin.plc.carriage import Carriage
from autosilo.twin.plc.interlocks import axes_forbidden, check_new, check_resume, machine_forbids
from autosilo.twin.plc.memory import Job, LiftMemory
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import (
    WATCHDOG_S,
    Command,
    Fault,
    GateState,
    JobState,
    Kind,
    Mode,
    Phase,
    Reject,
    UnitState,
)

log = logging.getLogger(__name__)

_FAULT_OF = {
    Reject.NOT_AUTO: Fault.MODE_CHANGED,
    Reject.EMERGENCY_STOP: Fault.EMERGENCY_STOP,
    Reject.DRIVE_FAULT: Fault.DRIVE_FAULT,
    Reject.PERSON_IN_ZONE: Fault.PERSON_IN_ZONE,
    Reject.ZONE_NOT_CLEAR: Fault.PERSON_IN_ZONE,
    Reject.GATE_NOT_SHUT: Fault.GATE_BLOCKED,
}


class LiftUnit:
    """State of one lift. ``now`` is a monotonic clock, ``wall`` seconds since 1970; both in seconds."""

    def __init__(self, lift: Lift, world: World, memory: LiftMemory, *, scan_s: float) -> None:
        self.lift = lift
        self.name = lift.name
        self.memory = memory
        self.carriage = Carriage(lift, Point(memory.x, memory.y))
        self.ack_epoch, self.ack_seq, self.reject = memory.epoch, memory.seq, Reject.NONE
        self._world = world
        self._scan_s = scan_s
        self._seen: tuple[int, int, int] | None = None
        self._phase_ends = 0.0
        self._heartbeat: int | None = None
        self._heartbeat_at = float("-inf")
        self._unsafe_since: float | None = None
        self._power_on()

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
            log.info("rejected", extra={"lift": self.name, "reject": self.reject.name, "seq": command.seq})

    def _judge(self, command: Command, crc: int, *, now: float, wall: float) -> Reject:
        if crc != command.checksum():
            return Reject.BAD_CRC
        if command.epoch < self.memory.epoch:
            return Reject.OLD_EPOCH
        if command.epoch == self.memory.epoch and command.seq <= self.memory.seq:
            return Reject.OLD_SEQ
        # From here on this Seq is used up, whatever becomes of it.
        self.memory.epoch, self.memory.seq = command.epoch, command.seq
        self._world.changed = True
        if wall > command.deadline:
            return Reject.EXPIRED
        if command.kind == Kind.SYNC:
            return Reject.NONE
        if now - self._heartbeat_at > WATCHDOG_S:
            return Reject.CONTROLLER_SILENT
        if command.kind == Kind.RESUME:
            return self._resume(now)
        if command.kind not in (Kind.MOVE, Kind.OPEN_GATE, Kind.SHUT_GATE):
            return Reject.UNKNOWN_KIND
        reject = check_new(self._world, self.name, self.memory, command)
        if reject is Reject.NONE:
            self._begin(command, now)
        return reject

    # --- jobs ---

    def _begin(self, command: Command, now: float) -> None:
        ran = {(line.epoch, line.seq) for line in self.memory.log}
        if (command.epoch, command.seq) in ran:
            self._world.violation("seq_run_twice")
        self.memory.job = Job(command, Phase.NONE, JobState.RUNNING)
        self.memory.remember(self.memory.job)
        self._start_phase(now)

    def _resume(self, now: float) -> Reject:
        if self.carriage.moving:
            return Reject.BUSY
        reject = check_resume(self._world, self.name, self.memory)
        job = self.memory.job
        if reject is Reject.NONE and job is not None:
            job.state, job.fault = JobState.RUNNING, Fault.NONE
            self.memory.remember(job)
            self._start_phase(now)
        return reject

    def _start_phase(self, now: float) -> None:
        """Begin a job, or begin again where its sensors say that it stands."""
        job = self._job()
        if job.command.kind == Kind.MOVE:
            loaded = self.memory.load is not None
            self._travel(Phase.TO_DESTINATION if loaded else Phase.TO_SOURCE, now)
        else:
            job.phase = Phase.GATE
            self._world.drive_gate(job.command.src, opened=job.command.kind == Kind.OPEN_GATE)

    def _travel(self, phase: Phase, start: float) -> None:
        job = self._job()
        job.phase = phase
        target = self._world.places[job.command.src if phase is Phase.TO_SOURCE else job.command.dst].at
        self._phase_ends = start + travel_s(self.lift, self.carriage.at, target)
        self.carriage.travel(target, start)

    def scan(self, now: float) -> None:
        """One cycle: move what moves, guard it, and advance the job."""
        self.carriage.step(now)
        self._reverse_blocked_gates()
        self._guard(now)
        job = self.memory.job
        while job is not None and job.state is JobState.RUNNING and self._advance(job, now):
            job = self.memory.job
        self.memory.x, self.memory.y = self.carriage.at.x, self.carriage.at.y
        self._count_violations(now)

    def _advance(self, job: Job, now: float) -> bool:
        """Take one step of the job if it is due. Each phase starts when the one before ended, not at the scan."""
        if job.phase is Phase.GATE:
            wanted = GateState.OPEN if job.command.kind == Kind.OPEN_GATE else GateState.SHUT
            if self._world.gate(job.command.src) is wanted:
                self._finish(JobState.ENDED)
            return False
        ended = self._phase_ends
        if now < ended:
            return False
        self.carriage.step(max(now, ended))
        if job.phase in (Phase.TO_SOURCE, Phase.TO_DESTINATION):
            job.phase = Phase.TAKING if job.phase is Phase.TO_SOURCE else Phase.PUTTING
            self._phase_ends = ended + self.lift.transfer_s
        elif job.phase is Phase.TAKING:
            self._world.take(self.memory, job.command.src)
            self._travel(Phase.TO_DESTINATION, ended)
            self.carriage.step(now)
        else:
            self._world.put(self.memory, job.command.dst)
            self._world.memory.moves_done += 1
            self._finish(JobState.ENDED)
        return True

    def _finish(self, state: JobState, fault: Fault = Fault.NONE) -> None:
        job = self._job()
        job.state, job.fault = state, fault
        self.memory.remember(job)
        self.memory.job = None
        self._world.changed = True

    # --- protection ---

    def _guard(self, now: float) -> None:
        job = self.memory.job
        if job is None or job.state is not JobState.RUNNING:
            return
        if job.command.kind == Kind.MOVE:
            reject = axes_forbidden(self._world, self.name, self.memory)
        else:
            reject = machine_forbids(self._world, self.name, self.memory)
        if reject is not Reject.NONE:
            self._interrupt(_FAULT_OF[reject], now)

    def _interrupt(self, fault: Fault, now: float) -> None:
        job = self._job()
        job.state, job.fault = JobState.INTERRUPTED, fault
        self.memory.remember(job)
        if job.phase is Phase.GATE:
            self._world.stop_gate(job.command.src)
        else:
            self.carriage.brake(now)
        self._world.changed = True
        log.warning("interrupted", extra={"lift": self.name, "fault": fault.name})

    def _reverse_blocked_gates(self) -> None:
        """A closing gate that finds something opens again, whoever asked for it."""
        for station in self._world.stations_of(self.name):
            shutting = self._world.gate(station) is GateState.SHUTTING
            stopped = self._world.memory.gates[station] == self._world.memory.gate_goals[station]
            if not shutting or stopped or self._world.zone_clear(station):
                continue
            self._world.drive_gate(station, opened=True)
            job = self.memory.job
            if job is not None and job.command.src == station and job.command.kind == Kind.SHUT_GATE:
                self._finish(JobState.ABORTED, Fault.GATE_BLOCKED)

    def _power_on(self) -> None:
        """After a power cut a running job stands still until the controller resumes it, and gates stay put."""
        job = self.memory.job
        if job is not None and job.state is JobState.RUNNING:
            job.state, job.fault = JobState.INTERRUPTED, Fault.POWER_LOSS
            self.memory.remember(job)
            self._world.changed = True
        for station in self._world.stations_of(self.name):
            self._world.stop_gate(station)

    def _count_violations(self, now: float) -> None:
        """What the machine must never do, seen from outside its own logic."""
        job = self.memory.job
        transferring = job is not None and job.state is JobState.RUNNING and job.phase in (Phase.TAKING, Phase.PUTTING)
        active = self.carriage.moving or transferring
        if active and not self._world.gates_shut(self.name):
            self._world.violation("gate_open_while_moving")
        unsafe = (
            self._world.person_in(self.name)
            or self.name in self._world.memory.emergency
            or self.memory.mode is not Mode.AUTO
        )
        if not unsafe:
            self._unsafe_since = None
            return
        if self._unsafe_since is None:
            self._unsafe_since = now
        if active and now - self._unsafe_since > self.carriage.stopping_s + 2 * self._scan_s:
            self._world.violation("moved_while_unsafe")

    # --- status ---

    @property
    def state(self) -> UnitState:
        job = self.memory.job
        if self.memory.mode is not Mode.AUTO:
            return UnitState.STOPPED
        if self.name in self._world.memory.emergency:
            return UnitState.ABORTED
        if job is not None and job.state is JobState.INTERRUPTED:
            return UnitState.SUSPENDED if job.fault is Fault.POWER_LOSS else UnitState.HELD
        if self.name in self._world.memory.drive_faults:
            return UnitState.HELD
        return UnitState.EXECUTE if job is not None else UnitState.IDLE

    @property
    def active(self) -> bool:
        """Does anything of this lift move?"""
        return self.carriage.moving or self.memory.job is not None

    def status(self) -> dict[str, int]:
        """Values of the ``Status`` group."""
        job = self.memory.job
        done = next((one for one in self.memory.log if one.state in (JobState.ENDED, JobState.ABORTED)), None)
        if self.reject is not Reject.NONE:
            job_state = JobState.NOT_ALLOWED_TO_START
        elif job is not None:
            job_state = job.state
        else:
            job_state = done.state if done else JobState.NONE
        return {
            "AckEpoch": self.ack_epoch,
            "AckSeq": self.ack_seq,
            "RejectCode": self.reject,
            "State": self.state,
            "JobState": job_state,
            "CurrentEpoch": job.command.epoch if job else 0,
            "CurrentSeq": job.command.seq if job else 0,
            "LastDoneEpoch": done.epoch if done else 0,
            "LastDoneSeq": done.seq if done else 0,
            "LastDoneState": done.state if done else JobState.NONE,
            "LastDoneFault": done.fault if done else Fault.NONE,
            "FaultCode": job.fault if job else Fault.NONE,
            "LoadPresent": int(self.memory.load is not None),
            "PositionLift": round(self.memory.y * 1000),
            "PositionShuttle": round(self.memory.x * 1000),
            "Phase": job.phase if job else Phase.NONE,
        }

    def _job(self) -> Job:
        job = self.memory.job
        if job is None:
            raise AssertionError("no job runs")
        return job
