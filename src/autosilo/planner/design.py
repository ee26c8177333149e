"""A site as its file has it, and as it would be with more or fewer lifts, floors, delivery bays, cars or chargers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from pydantic import ValidationError

from autosilo.planner.demand import Demand
from autosilo.tower.config import SiteConfig

MOST_LIFTS = 9
MOST_STATIONS = 9
"""Names have one digit."""


class CannotBuild(Exception):
    """A design that no site file can describe. Safe to show."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Design:
    """``delivery_bays``: of the whole site. ``cars``: of the fleet. ``chargers``: bays with one."""

    lifts: int
    floors: int
    delivery_bays: int
    cars: int
    chargers: int


def as_it_is(site: SiteConfig, demand: Demand) -> Design:
    """The design that the two files describe."""
    return Design(
        lifts=len(site.tower.lifts),
        floors=site.tower.floors,
        delivery_bays=sum(station.role == "delivery" for lift in site.tower.lifts for station in lift.stations),
        cars=demand.fleet,
        chargers=demand.charging.charging_bays or sum(len(lift.charging_bays) for lift in site.tower.lifts),
    )


def alternatives(
    base: Design,
    *,
    lifts: Iterable[int] = (),
    floors: Iterable[int] = (),
    delivery_bays: Iterable[int] = (),
    cars: Iterable[int] = (),
    chargers: Iterable[int] = (),
) -> Iterator[Design]:
    """Every combination, with the present value where nothing is given."""
    for one in product(
        tuple(lifts) or (base.lifts,),
        tuple(floors) or (base.floors,),
        tuple(delivery_bays) or (base.delivery_bays,),
        tuple(cars) or (base.cars,),
        tuple(chargers) or (base.chargers,),
    ):
        yield Design(lifts=one[0], floors=one[1], delivery_bays=one[2], cars=one[3], chargers=one[4])


def around(base: Design) -> tuple[Design, ...]:
    """What is looked at when nothing is asked for: a lift more or less, and a delivery bay more or less for each."""
    lifts = [count for count in (base.lifts - 1, base.lifts, base.lifts + 1) if 1 <= count <= MOST_LIFTS]
    a_lift = max(1, round(base.delivery_bays / base.lifts))
    return tuple(
        Design(lifts=count, floors=base.floors, delivery_bays=bays * count, cars=base.cars, chargers=base.chargers)
        for count in lifts
        for bays in (a_lift - 1, a_lift, a_lift + 1)
        if 1 <= bays <= MOST_STATIONS
    )


def build(site: SiteConfig, design: Design) -> SiteConfig:
    """The site file's content for ``design``. Raises ``CannotBuild``."""
    if not 1 <= design.lifts <= MOST_LIFTS:
        raise CannotBuild(f"{design.lifts} lifts: a site has 1 to {MOST_LIFTS}")
    content = site.model_dump(mode="json", by_alias=True)
    tower = content["tower"]
    tower["floors"] = design.floors
    for one in tower["classes"]:
        if one["floors"] is not None:
            one["floors"] = [floor for floor in one["floors"] if floor <= design.floors]
    _set_lifts(tower, design.lifts)
    for lift in tower["lifts"]:
        for key in ("blocked", "charging_bays"):
            lift[key] = [bay for bay in lift[key] if int(bay[1:3]) <= design.floors]
    _set_delivery_bays(tower["lifts"], design.delivery_bays)
    try:
        return SiteConfig.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise CannotBuild(f"{design}: {first['msg'].removeprefix('Value error, ')}") from error


def fleet(demand: Demand, design: Design) -> Demand:
    """The same demand with so many cars (each model keeps its share, and at least one car) and chargers."""
    factor = design.cars / demand.fleet
    models = tuple(model.model_copy(update={"cars": max(1, round(model.cars * factor))}) for model in demand.models)
    charging = demand.charging.model_copy(update={"charging_bays": design.chargers})
    return demand.model_copy(update={"models": models, "charging": charging})


def _set_lifts(tower: dict[str, Any], count: int) -> None:
    """Drop the last ones, or repeat the last one."""
    lifts = tower["lifts"]
    while len(lifts) < count:
        last, name = lifts[-1], f"L{len(lifts) + 1}"
        for station in (station for lift in lifts for station in lift["stations"]):
            sharers = station.get("shared", [])
            sharers += [{**one, "lift": name} for one in sharers if one["lift"] == last["name"]]
        stations = [{**station, "shared": list(station.get("shared", []))} for station in last["stations"]]
        lifts.append({**last, "name": name, "stations": stations})
    del lifts[count:]
    known = {lift["name"] for lift in lifts}
    for lift in lifts:
        for station in lift["stations"]:
            sharers = [one for one in station.pop("shared", []) if one["lift"] in known]
            if sharers:
                station["shared"] = sharers


def _set_delivery_bays(lifts: list[dict[str, Any]], count: int) -> None:
    """Take the last ones away, or repeat those that there are, lift by lift."""
    owners = [lift for lift in lifts if any(_delivers(station) for station in lift["stations"])]
    if not owners or not len(owners) <= count <= MOST_STATIONS * len(owners):
        raise CannotBuild(f"{count} delivery bays: this site has {len(owners)} to {MOST_STATIONS * len(owners)}")
    for index, lift in enumerate(owners):
        wanted = count * (index + 1) // len(owners) - count * index // len(owners)
        own = [station for station in lift["stations"] if _delivers(station)]
        others = [station for station in lift["stations"] if not _delivers(station)]
        lift["stations"] = [{**own[number % len(own)], "name": f"D{number + 1}"} for number in range(wanted)] + others


def _delivers(station: Mapping[str, Any]) -> bool:
    return str(station["name"]).startswith("D")
