"""Bring a car from a station into a bay; and which bay."""

from collections.abc import Collection
from dataclasses import dataclass

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.jobs.move import Move
from autosilo.site.control.journal import Journal
from autosilo.tower.config import TowerConfig, VehicleClass
from autosilo.tower.geometry import Place, Role
from autosilo.tower.kinematics import travel_s


@dataclass(frozen=True, slots=True)
class Store(Move):
    """``to`` is a bay."""

    def check(self, driver: LiftDriver, journal: Journal) -> None:
        Move.check(self, driver, journal)
        self._require_role(driver, Role.BAY)


def nearest_bay(
    driver: LiftDriver, tower: TowerConfig, *, start: str, vehicle_class: int, taken: Collection[str]
) -> str | None:
    """The free bay that is reached soonest from ``start`` and covers ``vehicle_class`` (0: any), or None.

    Small classes first: a bay for heavy cars is given to a light one only when no other is free.
    """
    origin = driver.places[start]
    free = [
        place
        for place in driver.places.values()
        if place.role is Role.BAY and place.name not in taken and _covers(tower, place.class_number, vehicle_class)
    ]

    def order(place: Place) -> tuple[int, float, str]:
        return _size(tower.classes[place.class_number - 1]), travel_s(driver.lift, origin.at, place.at), place.name

    return min(free, key=order).name if free else None


def smallest_class(tower: TowerConfig, *, length_mm: int, width_mm: int, height_mm: int, mass_kg: int) -> int | str:
    """Number of the smallest class for a measured car, or ``too_large`` / ``too_heavy`` when there is none."""
    fitting = [
        (number, one)
        for number, one in enumerate(tower.classes, start=1)
        if one.fits(length_mm=length_mm, width_mm=width_mm, height_mm=height_mm)
    ]
    if not fitting:
        return "too_large"
    carrying = [(number, one) for number, one in fitting if one.carries(mass_kg)]
    if not carrying:
        return "too_heavy"
    return min(carrying, key=lambda pair: _size(pair[1]))[0]


def _covers(tower: TowerConfig, bay: int, needed: int) -> bool:
    if not needed:
        return True
    have, need = tower.classes[bay - 1], tower.classes[needed - 1]
    return have.carries(need.mass_kg) and have.fits(
        length_mm=need.length_mm, width_mm=need.width_mm, height_mm=need.height_mm
    )


def _size(one: VehicleClass) -> int:
    return one.length_mm * one.width_mm * one.height_mm + one.mass_kg
