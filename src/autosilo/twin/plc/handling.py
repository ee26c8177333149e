"""A car goes from a place to the carriage, or back: what truly happens, whatever the sensors say of it."""

from autosilo.tower.config import VehicleClass
from autosilo.tower.geometry import Role
from autosilo.twin.plc.ledger import Event, note
from autosilo.twin.plc.memory import Car, Job
from autosilo.twin.plc.world import World


def take(world: World, lift: str, job: Job) -> None:
    """The carriage takes the car out of the job's source, if there is one."""
    memory, src = world.memory.lifts[lift], job.command.src
    if memory.load is not None:
        world.violation("carriage_holds_two")
        return
    vin = world.memory.places.pop(src, None)
    if vin is None:
        if not world.fault("sensor_stuck", src):
            world.violation("took_nothing")
        return
    car = world.memory.cars.get(vin)
    if car is not None:
        _check_lifted(world, src, job.command.dst, car)
    memory.load = vin
    note(world, Event.TOOK, unit=lift, job=job, place=src, vin=vin)


def put(world: World, lift: str, job: Job) -> None:
    """The carriage puts its car into the job's destination. Where a car stands already it stays on the carriage."""
    memory, dst = world.memory.lifts[lift], job.command.dst
    if memory.load is None:
        return
    if dst in world.memory.places:
        world.violation("place_holds_two")
        return
    car, bay = world.memory.cars.get(memory.load), world.vehicle_class(dst)
    if car is not None and bay is not None and not _admits(bay, car):
        world.violation("stored_beyond_envelope")
    world.memory.places[dst] = memory.load
    note(world, Event.PUT, unit=lift, job=job, place=dst, vin=memory.load)
    memory.load = None
    world.memory.moves_done += 1


def _check_lifted(world: World, src: str, dst: str, car: Car) -> None:
    if car.plugged:
        world.violation("lifted_plugged_in")
    if world.places[src].role is not Role.INTAKE:
        return
    if car.engine_running:
        world.violation("lifted_switched_on")
    bay = world.vehicle_class(dst)
    if bay is not None and not _admits(bay, car):
        world.violation("lifted_beyond_envelope")


def _admits(bay: VehicleClass, car: Car) -> bool:
    fits = bay.fits(length_mm=car.length_mm, width_mm=car.width_mm, height_mm=car.height_mm)
    return fits and bay.carries(car.mass_kg)
