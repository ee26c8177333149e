"""How long the machine itself needs, at the pace of the run: subtracted from what was measured."""

from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Point, all_places, lift_of, x_of
from autosilo.tower.kinematics import move_s
from autosilo.wire.live import TowerLive


def fetch_s(site: SiteConfig, seen: TowerLive, *, source: str, station: str) -> float:
    """From an idle lift to a car behind an open gate: one move, one travel of the gate."""
    return _move_s(site, seen, source, station) + site.tower.gate.travel_s


def shut_s(site: SiteConfig) -> float:
    """The zone has to stay clear for a while, then the gate travels."""
    return site.tower.gate.clear_s + site.tower.gate.travel_s


def store_s(site: SiteConfig, seen: TowerLive, *, station: str, bay: str) -> float:
    """From a car that stands in the intake to a car in its bay: the gate shuts, one move."""
    return shut_s(site) + _move_s(site, seen, station, bay)


def _move_s(site: SiteConfig, seen: TowerLive, source: str, target: str) -> float:
    name = lift_of(source)
    lift = next(one for one in site.tower.lifts if one.name == name)
    live = next(one for one in seen.lifts if one.lift == name)
    at = Point(x_of(site.tower, lift, live.column), live.floor * site.tower.floor_pitch_m)
    places = all_places(site)
    return move_s(lift, at, places[source], places[target])


def place_of(seen: TowerLive, vin: str) -> str:
    """Where a car stands. Raises ``LookupError`` when it is not in the tower."""
    for place, car in (*seen.bays.items(), *((one.station, one.car) for one in seen.stations)):
        if car == vin:
            return place
    raise LookupError(f"{vin} is not in the tower")
