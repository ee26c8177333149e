"""Where things are: place names, and their positions in the plane of the rack.

A name is ``<lift>.<place>``: ``L1.B0312`` (bay, floor 03, column 12), ``L1.D1`` (delivery), ``L1.I1`` (intake).
Positions are metres: x along the columns (column 1 at one column pitch), y upwards (floor 0 at 0).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from autosilo.tower.config import Lift, SiteConfig, Station, TowerConfig, bay_name


class Role(StrEnum):
    BAY = "bay"
    DELIVERY = "delivery"
    INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class Point:
    """Metres: ``x`` horizontal, ``y`` vertical."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Place:
    """One place for one car. ``class_number`` counts the site's vehicle classes from 1; stations take every class."""

    name: str
    lift: str
    role: Role
    at: Point
    floor: int
    column: float
    class_number: int


def lift_of(name: str) -> str:
    """``L1`` of ``L1.B0312``."""
    return name.partition(".")[0]


def bays(tower: TowerConfig, lift: Lift) -> tuple[Place, ...]:
    """Usable bays of a lift: floor by floor, without the blocked ones."""
    return tuple(
        Place(
            name=f"{lift.name}.{bay_name(floor, column)}",
            lift=lift.name,
            role=Role.BAY,
            at=Point(column * tower.column_pitch_m, floor * tower.floor_pitch_m),
            floor=floor,
            column=column,
            class_number=tower.class_number(floor),
        )
        for floor in tower.each_floor()
        for column in tower.each_column()
        if bay_name(floor, column) not in lift.blocked
    )


def stations(tower: TowerConfig, lift: Lift) -> tuple[Place, ...]:
    """Delivery and intake stations of a lift, in the order of the site file."""
    return tuple(_station(tower, lift, station) for station in lift.stations)


def lift_places(tower: TowerConfig, lift: Lift) -> tuple[Place, ...]:
    """Bays, then stations: the order of the mailbox's occupancy text."""
    return bays(tower, lift) + stations(tower, lift)


def all_places(site: SiteConfig) -> Mapping[str, Place]:
    """Every place of the site by name."""
    return {place.name: place for lift in site.tower.lifts for place in lift_places(site.tower, lift)}


def _station(tower: TowerConfig, lift: Lift, station: Station) -> Place:
    return Place(
        name=f"{lift.name}.{station.name}",
        lift=lift.name,
        role=Role(station.role),
        at=Point(station.column * tower.column_pitch_m, 0.0),
        floor=0,
        column=station.column,
        class_number=0,
    )
