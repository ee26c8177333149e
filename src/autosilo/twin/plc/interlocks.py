"""Which commands the PLC refuses, and with which code. Pure reading of sensors; the first reason found is told."""

from autosilo.tower.config import VehicleClass
from autosilo.tower.geometry import Role
from autosilo.twin.plc.memory import LiftMemory
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import Command, GateState, JobState, Kind, Mode, Reject


def machine_forbids(world: World, name: str, lift: LiftMemory) -> Reject:
    """What forbids every motion of this lift and its gates."""
    if lift.mode is not Mode.AUTO:
        return Reject.NOT_AUTO
    if name in world.memory.emergency:
        return Reject.EMERGENCY_STOP
    if name in world.memory.drive_faults:
        return Reject.DRIVE_FAULT
    return Reject.NONE


def axes_forbidden(world: World, name: str, lift: LiftMemory) -> Reject:
    """What forbids the axes to move: besides the above, people and gates."""
    reject = machine_forbids(world, name, lift)
    if reject is not Reject.NONE:
        return reject
    if world.person_in(name):
        return Reject.PERSON_IN_ZONE
    if not world.gates_shut(name):
        return Reject.GATE_NOT_SHUT
    if not world.zone_clear(name):
        return Reject.ZONE_NOT_CLEAR
    return Reject.NONE


def check_new(world: World, name: str, lift: LiftMemory, command: Command) -> Reject:
    """May this new job begin?"""
    if lift.job is not None:
        return Reject.BUSY
    if command.kind == Kind.MOVE:
        return _check_move(world, name, lift, command)
    return _check_gate(world, name, lift, command)


def check_resume(world: World, name: str, lift: LiftMemory) -> Reject:
    """May the interrupted job go on?"""
    job = lift.job
    if job is None or job.state is not JobState.INTERRUPTED:
        return Reject.NOTHING_TO_RESUME
    if job.command.kind == Kind.MOVE:
        reject = axes_forbidden(world, name, lift)
        if reject is Reject.NONE and lift.load is None:
            reject = _source(world, job.command.src)
        if reject is Reject.NONE and world.occupied(job.command.dst):
            reject = Reject.DESTINATION_TAKEN
        return reject
    reject = machine_forbids(world, name, lift)
    if reject is Reject.NONE and not world.zone_clear(job.command.src):
        reject = Reject.ZONE_NOT_CLEAR
    return reject


def _check_move(world: World, name: str, lift: LiftMemory, command: Command) -> Reject:
    own = {place for place, where in world.places.items() if where.lift == name}
    if command.src not in own or command.dst not in own or command.src == command.dst:
        return Reject.UNKNOWN_PLACE
    if lift.load is not None:
        return Reject.CARRIAGE_LOADED
    if world.occupied(command.dst):
        return Reject.DESTINATION_TAKEN
    return (
        axes_forbidden(world, name, lift)
        or _source(world, command.src)
        or _measured(world, command.src, command.dst)
        or _declared(world, command)
    )


def _check_gate(world: World, name: str, lift: LiftMemory, command: Command) -> Reject:
    if command.src not in world.stations_of(name):
        return Reject.UNKNOWN_PLACE
    reject = machine_forbids(world, name, lift)
    if reject is not Reject.NONE:
        return reject
    wanted = GateState.OPEN if command.kind == Kind.OPEN_GATE else GateState.SHUT
    if world.gate(command.src) is not wanted and not world.zone_clear(command.src):
        return Reject.ZONE_NOT_CLEAR
    return Reject.NONE


def _source(world: World, src: str) -> Reject:
    car = world.car_at(src)
    if car is None:
        return Reject.SOURCE_EMPTY
    return Reject.CHARGER_PLUGGED if car.plugged else Reject.NONE


def _measured(world: World, src: str, dst: str) -> Reject:
    """Only an intake has a scanner and a scale."""
    car, bay = world.car_at(src), world.vehicle_class(dst)
    if world.places[src].role is not Role.INTAKE or car is None or bay is None:
        return Reject.NONE
    if not bay.fits(length_mm=car.length_mm, width_mm=car.width_mm, height_mm=car.height_mm):
        return Reject.TOO_LARGE
    return Reject.NONE if bay.carries(car.mass_kg) else Reject.TOO_HEAVY


def _declared(world: World, command: Command) -> Reject:
    """A car that was declared to need a class goes only to bays that cover that class."""
    classes, bay = world.site.tower.classes, world.vehicle_class(command.dst)
    if not command.vehicle_class or bay is None:
        return Reject.NONE
    if command.vehicle_class > len(classes):
        return Reject.TOO_LARGE
    return _covers(bay, classes[command.vehicle_class - 1])


def _covers(bay: VehicleClass, needed: VehicleClass) -> Reject:
    if not bay.fits(length_mm=needed.length_mm, width_mm=needed.width_mm, height_mm=needed.height_mm):
        return Reject.TOO_LARGE
    return Reject.NONE if bay.carries(needed.mass_kg) else Reject.TOO_HEAVY
