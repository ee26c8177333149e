"""What can be made to go wrong, on demand: one class a kind, with what it needs, checked before anything happens.

They are kept in the snapshot, so a fault outlives a power cut as a broken part does. Taking one away is ``set: false``.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from autosilo.tower.geometry import Role
from autosilo.twin.plc.world import World

LONGEST_S = 600.0


class CannotBreak(Exception):
    """There is no such part; the text is a code."""


class _Fault(BaseModel):
    """``at`` names the part; ``set`` false takes the fault away."""

    model_config = ConfigDict(extra="forbid")

    at: str
    set: bool = True


class Person(_Fault):
    """Somebody in a hoistway (``L1``) or a station (``L1.D1``)."""

    kind: Literal["person"]


class EmergencyStop(_Fault):
    """Of a lift and its stations."""

    kind: Literal["emergency_stop"]


class DriveFault(_Fault):
    """Of a lift, or of a station's gate."""

    kind: Literal["drive_fault"]


class GateBlocked(_Fault):
    """Something lies in a station's gate."""

    kind: Literal["gate_blocked"]


class ShutterBlocked(_Fault):
    """Something lies in an airlock's shutter."""

    kind: Literal["shutter_blocked"]


class SensorStuck(_Fault):
    """The occupancy sensor of a place, or the load sensor of a carriage (``L1``), says ``value`` whatever is so."""

    kind: Literal["sensor_stuck"]
    value: bool = False


class MailDelayed(_Fault):
    """The PLC sees commands to a unit only after ``seconds``."""

    kind: Literal["mail_delayed"]
    seconds: float = Field(default=1.0, gt=0, le=LONGEST_S)


class MailDuplicated(_Fault):
    """After each command to a unit the one before it reappears, and then the command itself once more, each ``seconds``
    later; with 0 in the same scan, so that nobody sees the answer to the command itself."""

    kind: Literal["mail_duplicated"]
    seconds: float = Field(default=0.1, ge=0, le=LONGEST_S)


class MailLost(_Fault):
    """The next ``count`` commands to a unit vanish."""

    kind: Literal["mail_lost"]
    count: int = Field(default=1, gt=0, le=1000)


class AnswerLate(_Fault):
    """A unit's status stands still for ``seconds``, while its heartbeat and its job go on. It ends by itself."""

    kind: Literal["answer_late"]
    seconds: float = Field(default=5.0, gt=0, le=LONGEST_S)


class ClockWrong(_Fault):
    """The PLC's clock, by which it judges deadlines, is ``seconds`` ahead of the true time."""

    kind: Literal["clock_wrong"]
    at: Literal["plc"]
    seconds: float = Field(ge=-86_400, le=86_400)


class UnknownPlate(_Fault):
    """An intake's camera reads ``plate`` whatever stands there; nothing when left out."""

    kind: Literal["unknown_plate"]
    plate: str = Field(default="", max_length=16)


class EngineOn(_Fault):
    """The car that stands in a place is switched on."""

    kind: Literal["engine_on"]


class Plugged(_Fault):
    """A cable hangs in the car that stands in a place."""

    kind: Literal["plugged"]


FaultOrder = Annotated[
    Person
    | EmergencyStop
    | DriveFault
    | GateBlocked
    | ShutterBlocked
    | SensorStuck
    | MailDelayed
    | MailDuplicated
    | MailLost
    | AnswerLate
    | ClockWrong
    | UnknownPlate
    | EngineOn
    | Plugged,
    Field(discriminator="kind"),
]
ORDER: TypeAdapter[Any] = TypeAdapter(FaultOrder)
"""Reads one from JSON."""


def apply(world: World, order: _Fault, kind: str) -> None:
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


def _change_car(world: World, order: _Fault, name: str) -> None:
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
