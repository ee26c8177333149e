"""Which commands a station refuses, and with which code."""

from autosilo.tower.geometry import lift_of
from autosilo.twin.plc.interlocks import Interlocks
from autosilo.twin.plc.memory import StationMemory
from autosilo.wire.mailbox import Command, GateState, Kind, Reject


class StationInterlocks(Interlocks):
    """Of every station's gate; a method is told which one it is about."""

    def new(self, name: str, station: StationMemory, command: Command) -> Reject:
        """May this new job begin?"""
        if station.job is not None:
            return Reject.BUSY
        if command.src != name:
            return Reject.UNKNOWN_PLACE
        return self.motion(name, opening=command.kind == Kind.OPEN_GATE)

    def resume(self, name: str, station: StationMemory) -> Reject:
        """May the interrupted job go on?"""
        job = station.job
        if job is None or job.running:
            return Reject.NOTHING_TO_RESUME
        return self.motion(name, opening=job.command.kind == Kind.OPEN_GATE)

    def motion(self, name: str, *, opening: bool) -> Reject:
        """May the gate run that way? A gate that is there already need not."""
        forbidden = self.machine(name)
        if forbidden is not Reject.NONE:
            return forbidden
        if not opening:
            there = self.sensors.gate(name) is GateState.SHUT
            return Reject.NONE if there or self.sensors.zone_clear(name) else Reject.ZONE_NOT_CLEAR
        if self.sensors.gate(name) is GateState.OPEN:
            return Reject.NONE
        return self._parted(name)

    def _parted(self, name: str) -> Reject:
        """A gate opens only on a station that nothing of a lift can enter."""
        if self.lift_in(name):
            return Reject.STATION_IN_USE
        if self.sensors.shutter(name) is not GateState.SHUT:
            return Reject.SHUTTER_NOT_SHUT
        if not self.world.airlock(name) and self.world.memory.lifts[lift_of(name)].job is not None:
            return Reject.STATION_IN_USE
        return Reject.NONE
