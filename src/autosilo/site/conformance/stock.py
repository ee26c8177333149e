"""Which cars and bays a check can use, and how long the machine may take."""

from itertools import product

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Skipped
from autosilo.tower.config import Lift
from autosilo.tower.geometry import Place, Point, Role, lift_places, stations
from autosilo.tower.kinematics import move_s, travel_s
from autosilo.wire.mailbox import Kind

SLACK = 1.5
SLACK_S = 4.0
"""A job may take so much longer than the kinematics of the site file say, before a check gives it up."""


def lift_of(m: Machine, name: str) -> Lift:
    return m.site.tower.lift(name)


def places_of(m: Machine, lift: str) -> dict[str, Place]:
    """Every place that a lift reaches, by name."""
    return {place.name: place for place in lift_places(m.site.tower, lift_of(m, lift))}


def stations_of(m: Machine, lift: str, *, airlock: bool | None = None) -> list[Place]:
    """Stations that a lift reaches, with a shutter, without one, or all; delivery stations first."""
    found = [one for one in stations(m.site.tower, lift_of(m, lift)) if airlock in (None, one.shutter_s > 0)]
    return sorted(found, key=lambda one: one.role is Role.INTAKE)


def patience_s(seconds: float) -> float:
    return seconds * SLACK + SLACK_S


def gate_s(m: Machine) -> float:
    """How long a gate job may take."""
    return patience_s(m.site.tower.gate.travel_s)


def longest_move_s(m: Machine, lift: str) -> float:
    """How long any MOVE of a lift may take, twice over for one that was interrupted."""
    places = list(places_of(m, lift).values())
    corners = (
        Point(min(p.at.x for p in places), min(p.at.y for p in places)),
        max(places, key=lambda p: (p.at.y, p.at.x)).at,
    )
    farthest = max(places, key=lambda p: (p.shutter_s, p.rear, p.at.y))
    slowest = max(places, key=lambda p: (p.shutter_s, p.rear))
    one = move_s(lift_of(m, lift), corners[0], farthest, slowest) + 2 * travel_s(lift_of(m, lift), *corners)
    return patience_s(2 * one)


def computed_s(m: Machine, lift: str, start: Point, src: str, dst: str) -> float:
    """Seconds of a MOVE by the site file."""
    places = places_of(m, lift)
    return move_s(lift_of(m, lift), start, places[src], places[dst])


def _served(place: Place, there: dict[str, bool], leaving: str = "") -> bool:
    """Is the way to a bay free?"""
    return place.front is None or place.front == leaving or not there.get(place.front, True)


async def moves(m: Machine, lift: str) -> list[tuple[str, str]]:
    """(from, to) of every bay-to-bay MOVE that the sensors allow now, the longest way first."""
    there, places = await m.occupancy(lift), places_of(m, lift)
    bays = [place for place in places.values() if place.role is Role.BAY and place.name in there]
    cars = [place for place in bays if there[place.name] and _served(place, there)]
    free = [place for place in bays if not there[place.name] and _served(place, there)]
    found = [
        (src, dst) for src, dst in product(cars, free) if src.class_number == dst.class_number and dst.front != src.name
    ]
    found.sort(key=lambda pair: -travel_s(lift_of(m, lift), pair[0].at, pair[1].at))
    return [(src.name, dst.name) for src, dst in found]


async def a_move(m: Machine, lift: str | None = None) -> tuple[str, str, str]:
    """(lift, from, to) of the longest MOVE between bays. Raises ``Skipped``."""
    for name in (lift,) if lift else m.lifts:
        for src, dst in (await moves(m, name))[:1]:
            return name, src, dst
    none = f"{lift} has no" if lift else "no lift has a"
    raise Skipped(f"{none} car in a bay with an empty bay of the same class")


async def run_move(m: Machine, lift: str, src: str, dst: str) -> None:
    """A MOVE from beginning to end."""
    key = await m.accepted(lift, Kind.MOVE, src, dst)
    await m.ended(lift, key, longest_move_s(m, lift))


async def run_gate(m: Machine, station: str, kind: Kind) -> None:
    """A gate job from beginning to end."""
    key = await m.accepted(station, kind, station)
    await m.ended(station, key, gate_s(m))


async def run_park(m: Machine, lift: str, place: str) -> tuple[int, int]:
    key = await m.accepted(lift, Kind.PARK, "", place)
    await m.ended(lift, key, longest_move_s(m, lift))
    return key


async def a_station(m: Machine, *, airlock: bool, empty: bool = True) -> tuple[str, Place]:
    """(lift, station): one with a shutter, or without; ``empty`` of cars. Raises ``Skipped``."""
    for lift in m.lifts:
        for station in stations_of(m, lift, airlock=airlock):
            if not empty or not await m.one(station.name, "Sensors", "Occupied"):
                return lift, station
    words = "a shutter" if airlock else "no shutter"
    raise Skipped(f"there is no {'empty ' if empty else ''}station with {words}")
