"""Which commands a lift refuses, and with which code."""

from autosilo.tower.config import VehicleClass
from autosilo.tower.geometry import Place
from autosilo.twin.plc.interlocks import Interlocks
from autosilo.twin.plc.memory import Job, LiftMemory, Step
from autosilo.twin.plc.standing import Standing, contradiction, standing
from autosilo.wire.mailbox import Command, Fault, Kind, Reject


class LiftInterlocks(Interlocks):
    """Of every lift; a method is told which one it is about."""

    def new(self, name: str, lift: LiftMemory, command: Command) -> Reject:
        """May this new job begin?"""
        if lift.job is not None:
            return Reject.BUSY
        places = self.world.reached[name]
        if command.kind == Kind.PARK:
            return self._park(name, command.dst, places)
        if command.src not in places or command.dst not in places or command.src == command.dst:
            return Reject.UNKNOWN_PLACE
        return self._move(name, command) or self._car(command)

    def resume(self, name: str, lift: LiftMemory, *, stands: bool) -> Reject:
        """May the interrupted job go on? ``stands``: its carriage is at rest before the place that it serves."""
        job = lift.job
        if job is None or job.running:
            return Reject.NOTHING_TO_RESUME
        at = job.handles
        if at is None or not stands:
            forbidden = self.axes(name)
        else:
            forbidden = self.handling(name, at) or self._shutter_free(job, at)
        return forbidden or self._still_possible(name, job)

    def handling(self, name: str, place: str) -> Reject:
        """May the carriage of this lift exchange a car with ``place``, before which it stands?"""
        forbidden = self.near(name)
        if forbidden is Reject.NONE and place in self.world.stations:
            forbidden = self.served(place, name)
        return forbidden or self.path(self.world.reached[name][place])

    def path(self, place: Place, *, leaving: str = "") -> Reject:
        """A rear bay is reached through an empty front bay; ``leaving``: the car there is the one that is taken."""
        if place.front is None or place.front == leaving:
            return Reject.NONE
        return Reject.PATH_BLOCKED if self.sensors.occupied(place.front) else Reject.NONE

    def mismatch(self, name: str, job: Job) -> bool:
        """After a transfer: do the sensors of place and carriage say anything but that the car has changed over?"""
        loaded = self.sensors.loaded(name)
        if job.step is Step.TAKE:
            return self.sensors.occupied(job.command.src) or not loaded
        return loaded or not self.sensors.occupied(job.command.dst)

    def _park(self, name: str, dst: str, places: dict[str, Place]) -> Reject:
        if dst not in places:
            return Reject.UNKNOWN_PLACE
        return Reject.CARRIAGE_LOADED if self.sensors.loaded(name) else self.axes(name)

    def _move(self, name: str, command: Command) -> Reject:
        if self.sensors.loaded(name):
            return Reject.CARRIAGE_LOADED
        used = self._stations_free(name, command)
        if used is not Reject.NONE:
            return used
        if self.sensors.occupied(command.dst):
            return Reject.DESTINATION_TAKEN
        forbidden = self.axes(name)
        if forbidden is not Reject.NONE:
            return forbidden
        return self._stations_ready(name, command)

    def _stations_free(self, name: str, command: Command) -> Reject:
        """No gate job and no other lift there: the station belongs to one job at a time."""
        for place in (command.src, command.dst):
            if place not in self.world.stations:
                continue
            gate_job = self.world.airlock(place) and self.world.station(place).job is not None
            if gate_job or self.lift_in(place, but=name):
                return Reject.STATION_IN_USE
        return Reject.NONE

    def _stations_ready(self, name: str, command: Command) -> Reject:
        for place in (command.src, command.dst):
            if place in self.world.stations:
                if self.world.station(place).job is not None:
                    return Reject.STATION_IN_USE
                served = self.served(place, name)
                if served is not Reject.NONE:
                    return served
        return Reject.NONE

    def _car(self, command: Command) -> Reject:
        return (
            self._source(command.src)
            or self._paths(command)
            or self._measured(command.src, command.dst)
            or self._declared(command)
        )

    def _paths(self, command: Command) -> Reject:
        places = self.world.places
        return self.path(places[command.src]) or self.path(places[command.dst], leaving=command.src)

    def _source(self, src: str) -> Reject:
        if not self.sensors.occupied(src):
            return Reject.SOURCE_EMPTY
        car = self.sensors.measured(src)
        if car is None:  # a sensor that is stuck: the transfer will show it
            return Reject.NONE
        if car.plugged:
            return Reject.CHARGER_PLUGGED
        return Reject.ENGINE_RUNNING if car.engine_running and self.sensors.is_intake(src) else Reject.NONE

    def _measured(self, src: str, dst: str) -> Reject:
        """Only an intake has a scanner and a scale."""
        car, bay = self.sensors.measured(src), self.world.vehicle_class(dst)
        if not self.sensors.is_intake(src) or car is None or bay is None:
            return Reject.NONE
        if not bay.fits(length_mm=car.length_mm, width_mm=car.width_mm, height_mm=car.height_mm):
            return Reject.TOO_LARGE
        return Reject.NONE if bay.carries(car.mass_kg) else Reject.TOO_HEAVY

    def _declared(self, command: Command) -> Reject:
        """A car that was declared to need a class goes only to bays that cover that class."""
        classes, bay = self.world.site.tower.classes, self.world.vehicle_class(command.dst)
        if not command.vehicle_class or bay is None:
            return Reject.NONE
        if command.vehicle_class > len(classes):
            return Reject.TOO_LARGE
        return _covers(bay, classes[command.vehicle_class - 1])

    def _still_possible(self, name: str, job: Job) -> Reject:
        """Are carriage, source and destination such that the job can be taken up?"""
        command = job.command
        if command.kind == Kind.PARK:
            return Reject.CARRIAGE_LOADED if self.sensors.loaded(name) else Reject.NONE
        where = standing(self.sensors, name, command)
        if where is None:
            return contradiction(self.sensors, name, command)
        if where is Standing.AT_SOURCE:
            return self._source(command.src) or self._paths(command)
        return self.path(self.world.places[command.dst]) if where is Standing.LOADED else Reject.NONE

    def _shutter_free(self, job: Job, at: str) -> Reject:
        shutting = job.step in (Step.TAKE_SHUT, Step.PUT_SHUT)
        return Reject.SHUTTER_NOT_SHUT if shutting and self.world.fault("shutter_blocked", at) else Reject.NONE


def fault_of(reject: Reject) -> Fault:
    """What a running job is interrupted with when this forbids it to go on."""
    return _FAULT_OF.get(reject, Fault.SENSOR_MISMATCH)


_FAULT_OF = {
    Reject.NOT_AUTO: Fault.MODE_CHANGED,
    Reject.EMERGENCY_STOP: Fault.EMERGENCY_STOP,
    Reject.DRIVE_FAULT: Fault.DRIVE_FAULT,
    Reject.PERSON_IN_ZONE: Fault.PERSON_IN_ZONE,
    Reject.ZONE_NOT_CLEAR: Fault.PERSON_IN_ZONE,
    Reject.GATE_NOT_SHUT: Fault.GATE_BLOCKED,
    Reject.SHUTTER_NOT_SHUT: Fault.SHUTTER_BLOCKED,
}


def _covers(bay: VehicleClass, needed: VehicleClass) -> Reject:
    if not bay.fits(length_mm=needed.length_mm, width_mm=needed.width_mm, height_mm=needed.height_mm):
        return Reject.TOO_LARGE
    return Reject.NONE if bay.carries(needed.mass_kg) else Reject.TOO_HEAVY
