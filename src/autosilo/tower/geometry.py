"""Where things are: place names, and their positions as a lift sees them.

A name is ``<lift>.<place>``: ``L1.B0312`` (bay, floor 03, column 12), ``L1.B0312R`` (the rear bay behind it), ``L1.D1``
(delivery), ``L1.I1`` (intake). A station that several lifts share is named after the one that has it in the site file.

Positions: y upwards in metres (floor 0 at 0); x along the columns in metres (column 1 at one column pitch), or, for a
lift with a turntable, in degrees (sector 1 at one sector's angle).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from autosilo.tower.config import FULL_CIRCLE_DEG, Lift, SiteConfig, Station, TowerConfig, bay_name


class Role(StrEnum):
    BAY = "bay"
    DELIVERY = "delivery"
    INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class Point:
    """``x`` metres or degrees, ``y`` metres."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Place:
    """One place for one car, as ``lift`` reaches it.

    ``class_number`` counts the site's vehicle classes from 1; stations take every class. A rear bay is reached through
    its ``front`` bay, which must be empty then.
    """

    name: str
    lift: str
    role: Role
    at: Point
    floor: int
    column: float
    class_number: int
    front: str | None = None
    shutter_s: float = 0.0
    """Of a station: to open, or to shut, its shutter; 0: it has none."""

    @property
    def rear(self) -> bool:
        return self.front is not None


def lift_of(name: str) -> str:
    """``L1`` of ``L1.B0312``."""
    return name.partition(".")[0]


def x_of(tower: TowerConfig, lift: Lift, column: float) -> float:
    """Position of a column along the lift's second axis: metres, or degrees."""
    if lift.turns:
        return column * FULL_CIRCLE_DEG / tower.columns
    return column * (tower.column_pitch_m or 0.0)


def column_of(tower: TowerConfig, lift: Lift, x: float) -> float:
    """The reverse of ``x_of``."""
    if lift.turns:
        return x * tower.columns / FULL_CIRCLE_DEG
    return x / tower.column_pitch_m if tower.column_pitch_m else 0.0


def bays(tower: TowerConfig, lift: Lift) -> tuple[Place, ...]:
    """Usable bays of a lift: floor by floor, without the blocked ones. A bay behind a blocked one is none either."""
    found = []
    for floor, column, rear in tower.each_bay():
        front = bay_name(floor, column)
        if front in lift.blocked or bay_name(floor, column, rear) in lift.blocked:
            continue
        found.append(
            Place(
                name=f"{lift.name}.{bay_name(floor, column, rear)}",
                lift=lift.name,
                role=Role.BAY,
                at=Point(x_of(tower, lift, column), floor * tower.floor_pitch_m),
                floor=floor,
                column=column,
                class_number=tower.class_number(floor),
                front=f"{lift.name}.{front}" if rear else None,
            )
        )
    return tuple(found)


def own_stations(tower: TowerConfig, lift: Lift) -> tuple[Place, ...]:
    """Stations that stand under this lift in the site file, in its order."""
    return tuple(_station(tower, lift, lift, station, station.column) for station in lift.stations)


def stations(tower: TowerConfig, lift: Lift) -> tuple[Place, ...]:
    """Every station that this lift reaches: its own, then those that others share with it."""
    shared = tuple(
        _station(tower, lift, owner, station, one.column)
        for owner in tower.lifts
        for station in owner.stations
        for one in station.shared
        if one.lift == lift.name
    )
    return own_stations(tower, lift) + shared


def lifts_at(tower: TowerConfig, station: str) -> tuple[str, ...]:
    """Names of the lifts that reach a station, its own first. Raises ``KeyError`` for a place that is no station."""
    owner, _, short = station.partition(".")
    for one in tower.lift(owner).stations:
        if one.name == short:
            return (owner, *(shared.lift for shared in one.shared))
    raise KeyError(station)


def lift_places(tower: TowerConfig, lift: Lift) -> tuple[Place, ...]:
    """Bays, then stations: the order of the mailbox's occupancy text."""
    return bays(tower, lift) + stations(tower, lift)


def all_places(site: SiteConfig) -> Mapping[str, Place]:
    """Every place of the site by name, as its own lift reaches it."""
    tower = site.tower
    return {place.name: place for lift in tower.lifts for place in bays(tower, lift) + own_stations(tower, lift)}


def _station(tower: TowerConfig, lift: Lift, owner: Lift, station: Station, column: float) -> Place:
    return Place(
        name=f"{owner.name}.{station.name}",
        lift=lift.name,
        role=Role(station.role),
        at=Point(x_of(tower, lift, column), 0.0),
        floor=0,
        column=column,
        class_number=0,
        shutter_s=station.shutter_s,
    )
