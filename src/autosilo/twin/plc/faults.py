"""Faults on demand: set, taken away, listed. What each is, and with which parameters, is in ``fault_orders``.

They are kept in the snapshot, so a fault outlives a power cut as a broken part does.
"""

from collections.abc import Callable
from typing import Any

from autosilo.tower.geometry import Role
from autosilo.twin.plc.fault_orders import Fault
from autosilo.twin.plc.world import World


class CannotBreak(Exception):
    """There is no such part; the text is a code."""


def apply(world: World, order: Fault, kind: str) -> None:
    """Set the fault, or take it away. Raises ``CannotBreak``."""
    if order.at not in _parts(world, kind):
        raise CannotBreak("no_such_place")
    if kind in _OF_A_CAR:
        _change_car(world, order, _OF_A_CAR[kind])
        return
    there = world.memory.faults.setdefault(kind, {})
    if order.set:
        there[order.at] = order.model_dump(exclude={"kind", "at", "set"})
    else:
        there.pop(order.at, None)
    world.touch()


def clear(world: World) -> None:
    """Take every fault away, also those of cars."""
    world.memory.faults.clear()
    for car in world.memory.cars.values():
        car.plugged = car.engine_running = False
    world.touch()


def listed(world: World) -> list[dict[str, Any]]:
    """Every fault that is there, in the form in which it was ordered."""
    found = [
        {"kind": kind, "at": at, **parameters}
        for kind, places in world.memory.faults.items()
        for at, parameters in places.items()
    ]
    for place in world.memory.places:
        car = world.car_at(place)
        if car is not None:
            found += [{"kind": kind, "at": place} for kind, name in _OF_A_CAR.items() if getattr(car, name)]
    return found


def clock_error_s(world: World) -> float:
    """How far the PLC's clock is ahead of the true time, in seconds."""
    return float(world.memory.faults.get("clock_wrong", {}).get("plc", {}).get("seconds", 0.0))


def pass_time(world: World, dt: float) -> None:
    """Faults that end by themselves do."""
    late = world.memory.faults.get("answer_late")
    if not late:
        return
    for unit in list(late):
        late[unit]["seconds"] -= dt
        if late[unit]["seconds"] <= 0:
            del late[unit]
            world.touch()


_OF_A_CAR = {"engine_on": "engine_running", "plugged": "plugged"}


def _change_car(world: World, order: Fault, name: str) -> None:
    car = world.car_at(order.at)
    if car is None:
        raise CannotBreak("no_car_there")
    setattr(car, name, order.set)
    world.touch()


def _parts(world: World, kind: str) -> set[str]:
    return _PARTS[kind](world)


def _lifts(world: World) -> set[str]:
    return set(world.memory.lifts)


def _stations(world: World) -> set[str]:
    return set(world.stations)


def _units(world: World) -> set[str]:
    return _lifts(world) | _stations(world)


def _places(world: World) -> set[str]:
    return set(world.places)


def _airlocks(world: World) -> set[str]:
    return {name for name in world.stations if world.airlock(name)}


def _intakes(world: World) -> set[str]:
    return {name for name, place in world.stations.items() if place.role is Role.INTAKE}


_PARTS: dict[str, Callable[[World], set[str]]] = {
    "person": _units,
    "emergency_stop": _lifts,
    "drive_fault": _units,
    "gate_blocked": _stations,
    "shutter_blocked": _airlocks,
    "sensor_stuck": lambda world: _places(world) | _lifts(world),
    "mail_delayed": _units,
    "mail_duplicated": _units,
    "mail_lost": _units,
    "answer_late": _units,
    "clock_wrong": lambda world: {"plc"},
    "unknown_plate": _intakes,
    "engine_on": _places,
    "plugged": _places,
}
