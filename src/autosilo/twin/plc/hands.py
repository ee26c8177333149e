"""What people do at the machine itself: the key switch, and a technician's work in Manual or Service."""

from autosilo.tower.geometry import lift_of
from autosilo.twin.plc.ledger import Event, note
from autosilo.twin.plc.unit import Unit
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import MAX_UINT32, Mode


class CannotDo(Exception):
    """It cannot be done; the text is a code."""


def turn_key(world: World, lift: str, mode: Mode) -> None:
    """Each change of position is counted. Raises ``CannotDo``."""
    if lift not in world.memory.lifts:
        raise CannotDo("no_such_lift")
    key = world.memory.lifts[lift]
    if key.mode is not mode:
        key.mode, key.mode_changes = mode, (key.mode_changes + 1) & MAX_UINT32
        world.touch()


def carry(world: World, vin: str, to: str | None) -> None:
    """Move a car by hand into a place, onto a carriage (``L1``), or out of the tower (None). Raises ``CannotDo``.

    Every lift that it leaves or reaches must be out of Auto, or the machine might move under somebody's hands.
    """
    memory = world.memory
    source = _where(world, vin)
    if source is None:
        raise CannotDo("no_such_car")
    if to is not None and to not in world.places and to not in memory.lifts:
        raise CannotDo("no_such_place")
    for lift in {lift_of(source), lift_of(to or source)}:
        if memory.lifts[lift].mode is Mode.AUTO:
            raise CannotDo("lift_in_auto")
    if to is not None and (to in memory.places or (to in memory.lifts and memory.lifts[to].load is not None)):
        raise CannotDo("place_taken")
    _remove(world, source)
    if to is None:
        del memory.cars[vin]
    elif to in memory.lifts:
        memory.lifts[to].load = vin
    else:
        memory.places[to] = vin
    note(world, Event.BY_HAND, place=to or "", source=source, vin=vin)


def abandon(world: World, unit: Unit) -> None:
    """Give the interrupted job of a unit up and shut its shutters by hand; what it has moved stays where it is.

    Raises ``CannotDo``.
    """
    if world.memory.lifts[lift_of(unit.name)].mode is Mode.AUTO:
        raise CannotDo("lift_in_auto")
    if not unit.abandon():
        raise CannotDo("no_interrupted_job")
    for station in world.stations_of.get(unit.name, ()):
        leaf = world.shutter(station, unit.name)
        if leaf is not None:
            leaf.opened = leaf.goal = 0.0


def _where(world: World, vin: str) -> str | None:
    for place, one in world.memory.places.items():
        if one == vin:
            return place
    return next((name for name, lift in world.memory.lifts.items() if lift.load == vin), None)


def _remove(world: World, source: str) -> None:
    if source in world.memory.lifts:
        world.memory.lifts[source].load = None
    else:
        del world.memory.places[source]
