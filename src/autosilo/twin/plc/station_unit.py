"""One station's control program: it opens and shuts the gate to the street, and nothing else."""

from autosilo.twin.plc.lift_interlocks import fault_of
from autosilo.twin.plc.memory import Job, StationMemory, Step
from autosilo.twin.plc.station_interlocks import StationInterlocks
from autosilo.twin.plc.unit import Unit
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import Command, Fault, GateState, JobState, Kind, Reject


class StationUnit(Unit):
    """The shutter is the lift's business: it opens before a standing carriage only."""

    kinds = frozenset({Kind.OPEN_GATE, Kind.SHUT_GATE})

    def __init__(self, name: str, world: World, interlocks: StationInterlocks) -> None:
        self.memory: StationMemory = world.memory.stations[name]
        self._interlocks = interlocks
        super().__init__(name, world, self.memory)

    def scan(self, now: float) -> None:
        self._reverse_if_blocked()
        job = self.memory.job
        if job is None or not job.running:
            if self.memory.gate.moving and self._interlocks.machine(self.name) is not Reject.NONE:
                self._world.stop_gate(self.name)
            return
        opening = job.command.kind == Kind.OPEN_GATE
        forbidden = self._interlocks.motion(self.name, opening=opening)
        if forbidden is not Reject.NONE:
            self._world.stop_gate(self.name)
            self._interrupted(job, fault_of(forbidden))
        elif self._interlocks.sensors.gate(self.name) is (GateState.OPEN if opening else GateState.SHUT):
            self._finish(job, JobState.ENDED)

    def _check_new(self, command: Command) -> Reject:
        return self._interlocks.new(self.name, self.memory, command)

    def _check_resume(self) -> Reject:
        return self._interlocks.resume(self.name, self.memory)

    def _first_step(self, command: Command) -> Step:
        return Step.GATE

    def _start(self, job: Job, now: float) -> None:
        self._world.drive_gate(self.name, opened=job.command.kind == Kind.OPEN_GATE)

    def _reverse_if_blocked(self) -> None:
        """A closing gate that finds something opens again, whoever asked for it."""
        if not self.memory.gate.shutting or not self.memory.gate.moving:
            return
        if self._interlocks.sensors.zone_clear(self.name):
            return
        if self._interlocks.machine(self.name) is not Reject.NONE:
            return
        self._world.drive_gate(self.name, opened=True)
        job = self.memory.job
        if job is not None and job.command.kind == Kind.SHUT_GATE:
            self._finish(job, JobState.ABORTED, Fault.GATE_BLOCKED)
