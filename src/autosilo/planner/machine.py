"""The tower as tables: every place a number, every way between two places its seconds, for each lift."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autosilo.tower.config import Lift, SiteConfig
from autosilo.tower.geometry import Place, Role, lift_places
from autosilo.tower.kinematics import handling_s, travel_s
from autosilo.tower.storage.bays import bays_of
from autosilo.tower.storage.kinds import kinds_for
from autosilo.tower.storage.rack import Bays
from autosilo.tower.traveltimes import TravelTimes

UNREACHABLE = 1e7
"""Seconds in the table for places that a lift does not reach; nothing asks it to go there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Places are numbered: bays lift by lift, then stations. Times are in seconds.

    ``times[lift]`` has a row for every place of the tower. ``first_bay[lift]``: number of the lift's bay 0;
    ``bays[lift]``: all of them.
    ``reach[station]``: lifts that serve it.
    """

    lifts: int
    names: tuple[str, ...]
    first_bay: tuple[int, ...]
    bays: tuple[Bays, ...]
    bay_count: int
    deliveries: tuple[int, ...]
    intakes: tuple[int, ...]
    reach: dict[int, tuple[int, ...]]
    locks: frozenset[int]
    """Stations without a shutter: an open gate there stops every lift that reaches it."""
    times: tuple[TravelTimes, ...]
    level: tuple[int, ...]
    """Floor of each place, 0 for stations."""
    open_s: float
    """A gate from shut to open."""
    shut_s: float
    """From the moment the zone is left until the gate is shut: it must have been clear, and it travels."""
    lift_of_bay: tuple[int, ...]
    kinds_for: tuple[tuple[int, ...], ...]
    """Vehicle class of a car (index, from 0) -> classes of bays (from 1) that take it, smallest first; empty: all."""


def machine_of(site: SiteConfig, *, charging_bays: int = 0) -> Machine:
    """Tables of a site. ``charging_bays``: how many bays have a charger, spread over the lifts, nearest first."""
    tower = site.tower
    by_lift = [[place for place in lift_places(tower, lift) if place.role is Role.BAY] for lift in tower.lifts]
    stations: dict[str, Place] = {}
    seen_by: list[dict[str, Place]] = []
    for lift in tower.lifts:
        own = {place.name: place for place in lift_places(tower, lift) if place.role is not Role.BAY}
        seen_by.append(own)
        for name, place in own.items():
            stations.setdefault(name, place)
    all_bays = [place for one in by_lift for place in one]
    names = tuple(place.name for place in all_bays) + tuple(stations)
    number = {name: index for index, name in enumerate(names)}
    deliveries = tuple(number[name] for name, place in stations.items() if place.role is Role.DELIVERY)
    intakes = tuple(number[name] for name, place in stations.items() if place.role is Role.INTAKE)
    reach = {number[name]: tuple(index for index, own in enumerate(seen_by) if name in own) for name in stations}
    times, racks, first = [], [], []
    for index, lift in enumerate(tower.lifts):
        known: list[Place | None] = [None] * len(names)
        for place in (*by_lift[index], *seen_by[index].values()):
            known[number[place.name]] = place
        rows = _travel(lift, known)
        hands = [UNREACHABLE if place is None else handling_s(lift, place) for place in known]
        times.append(TravelTimes(rows, np.array(hands), np.array(hands)))
        first.append(number[by_lift[index][0].name])
        chargers = charging_bays * (index + 1) // len(tower.lifts) - charging_bays * index // len(tower.lifts)
        racks.append(bays_of(lift, lift_places(tower, lift), chargers=chargers))
    return Machine(
        lifts=len(tower.lifts),
        names=names,
        first_bay=tuple(first),
        bays=tuple(racks),
        bay_count=len(all_bays),
        deliveries=deliveries,
        intakes=intakes,
        reach=reach,
        locks=frozenset(number[name] for name, place in stations.items() if place.shutter_s == 0.0),
        times=tuple(times),
        level=tuple(place.floor for place in all_bays) + (0,) * len(stations),
        open_s=tower.gate.travel_s,
        shut_s=tower.gate.clear_s + tower.gate.travel_s,
        lift_of_bay=tuple(index for index, one in enumerate(by_lift) for _ in one),
        kinds_for=tuple(kinds_for(tower.classes, number) for number in range(1, len(tower.classes) + 1)),
    )


def _travel(lift: Lift, places: list[Place | None]) -> NDArray[np.float64]:
    size = len(places)
    rows = np.full((size, size), UNREACHABLE)
    cache: dict[tuple[float, float], float] = {}
    for a, start in enumerate(places):
        if start is None:
            continue
        for b in range(a, size):
            end = places[b]
            if end is None:
                continue
            key = (abs(start.at.x - end.at.x), abs(start.at.y - end.at.y))
            if key not in cache:
                cache[key] = travel_s(lift, start.at, end.at)
            rows[a, b] = rows[b, a] = cache[key]
    return rows
