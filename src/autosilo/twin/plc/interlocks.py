"""What forbids a unit to move. Pure reading of sensors and of the other units' jobs; the first reason found is told."""

from autosilo.tower.geometry import lift_of
from autosilo.twin.plc.sensors import Sensors
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import GateState, Mode, Reject


class Interlocks:
    """Those that lifts and stations have in common."""

    def __init__(self, world: World, sensors: Sensors) -> None:
        self.world = world
        self.sensors = sensors

    def switched_off(self, lift: str) -> Reject:
        """Key switch and emergency stop of a lift, which hold for its stations, too."""
        if self.world.memory.lifts[lift].mode is not Mode.AUTO:
            return Reject.NOT_AUTO
        return Reject.EMERGENCY_STOP if self.world.fault("emergency_stop", lift) else Reject.NONE

    def machine(self, unit: str) -> Reject:
        """What forbids every motion of a unit: besides the above a fault of its own drive."""
        off = self.switched_off(lift_of(unit))
        return off or (Reject.DRIVE_FAULT if self.world.fault("drive_fault", unit) else Reject.NONE)

    def near(self, lift: str) -> Reject:
        """Machine, people and open stations around a lift: what forbids axes and transfers."""
        sensors = self.sensors
        forbidden = self.machine(lift)
        if forbidden is not Reject.NONE:
            return forbidden
        if sensors.person_near(lift):
            return Reject.PERSON_IN_ZONE
        if not sensors.gates_shut(lift):
            return Reject.GATE_NOT_SHUT
        return Reject.NONE if sensors.near_clear(lift) else Reject.ZONE_NOT_CLEAR

    def axes(self, lift: str) -> Reject:
        """What forbids the axes to move: all that, and a shutter that is not shut."""
        near = self.near(lift)
        return near or (Reject.NONE if self.sensors.shutters_shut(lift) else Reject.SHUTTER_NOT_SHUT)

    def served(self, station: str, lift: str) -> Reject:
        """May this lift exchange cars with the station now, as far as gate, zone and owner are concerned?"""
        if self.sensors.gate(station) is not GateState.SHUT:
            return Reject.GATE_NOT_SHUT
        if not self.sensors.zone_clear(station):
            return Reject.ZONE_NOT_CLEAR
        return self.switched_off(lift_of(station)) if lift_of(station) != lift else Reject.NONE

    def lift_in(self, station: str, *, but: str = "") -> bool:
        """Has a lift, other than ``but``, a job from or to the station, running or interrupted?"""
        for name in self.world.lifts_at[station]:
            job = self.world.memory.lifts[name].job
            if name != but and job is not None and station in (job.command.src, job.command.dst):
                return True
        return False
