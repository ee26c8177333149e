"""How far a move is, by the sensors alone: carriage, source and destination. An interrupted job goes on from there."""

from enum import Enum

from autosilo.twin.plc.sensors import Sensors
from autosilo.wire.mailbox import Command, Reject


class Standing(Enum):
    """Where the one car of a move is."""

    AT_SOURCE = "at source"
    LOADED = "loaded"
    DONE = "done"


_BY_SENSORS = {
    (False, True, False): Standing.AT_SOURCE,
    (True, False, False): Standing.LOADED,
    (False, False, True): Standing.DONE,
}
"""(carriage, source, destination) occupied. Anything else is a contradiction: a car too many or too few."""


def standing(sensors: Sensors, lift: str, command: Command) -> Standing | None:
    """None when the sensors contradict each other."""
    return _BY_SENSORS.get(_seen(sensors, lift, command))


def contradiction(sensors: Sensors, lift: str, command: Command) -> Reject:
    """What a RESUME is told while they do: which of them says something that cannot be."""
    loaded, source, destination = _seen(sensors, lift, command)
    if loaded and source:
        return Reject.CARRIAGE_LOADED
    if destination:
        return Reject.DESTINATION_TAKEN
    return Reject.SOURCE_EMPTY


def _seen(sensors: Sensors, lift: str, command: Command) -> tuple[bool, bool, bool]:
    return sensors.loaded(lift), sensors.occupied(command.src), sensors.occupied(command.dst)
