"""Which bay: sizes, two-deep columns, and no car that could not be brought out again. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from autosilo.tower.config import Lift, TowerConfig, VehicleClass
from autosilo.tower.geometry import Place, Role
from autosilo.tower.kinematics import handling_s, travel_s


@dataclass(frozen=True, slots=True)
class Rack:
    """The places of one lift. ``stock``: place -> vehicle class of the car that stands there or is promised the place
    (0: never measured). ``blocked``: bays that are not to be used."""

    tower: TowerConfig
    lift: Lift
    places: Mapping[str, Place]
    stock: Mapping[str, int]
    blocked: Collection[str] = field(default=())

    def usable(self, place: Place) -> bool:
        """Is neither it nor the bay before it blocked?"""
        return place.name not in self.blocked and (place.front is None or place.front not in self.blocked)

    def free(self) -> list[Place]:
        """Bays that take a car now: empty, usable, and nothing before them."""
        return list(self._open(self.stock))

    def room(self) -> int:
        """How many more cars may come in: one bay less in a two-deep tower, for the car that stands before another."""
        return max(0, len(self.free()) - (self.tower.depth - 1))

    def choose(self, start: str, vehicle_class: int, *, leaving: str | None = None) -> str | None:
        """The best free bay for a car of ``vehicle_class`` (0: any) that comes from ``start``, None when there is none.

        Small classes first: a bay for heavy cars is given to a light one only when no other is free. Then one that
        blocks nobody, rear before front, and what is reached soonest. Never one after which some car could not be
        brought out any more. ``leaving``: a bay that the car itself makes free.
        """
        origin = self.places[start]

        def order(place: Place) -> tuple[int, bool, bool, float, str]:
            seconds = travel_s(self.lift, origin.at, place.at) + handling_s(self.lift, place)
            return self._size(place), self._blocks(place), not place.rear, seconds, place.name

        fitting = (place for place in self.free() if covers(self.tower, place.class_number, vehicle_class))
        for place in sorted(fitting, key=order):
            after = {name: one for name, one in self.stock.items() if name != leaving} | {place.name: vehicle_class}
            if not self._stuck(after) - self._stuck(self.stock):
                return place.name
        return None

    def stuck(self) -> set[str]:
        """Rear bays whose car cannot be brought out, since the one before it has nowhere to go."""
        return self._stuck(self.stock)

    def _blocks(self, place: Place) -> bool:
        return not place.rear and f"{place.name}R" in self.stock

    def _stuck(self, stock: Mapping[str, int]) -> set[str]:
        if self.tower.depth == 1:
            return set()
        blocking = [
            (place.name, place.front)
            for place in self.places.values()
            if place.front is not None and place.name in stock and place.front in stock
        ]
        open_classes = {place.class_number for place in self._open(stock)}
        return {
            rear
            for rear, front in blocking
            if not any(covers(self.tower, number, stock[front]) for number in open_classes)
        }

    def _open(self, stock: Mapping[str, int]) -> Iterable[Place]:
        for place in self.places.values():
            empty = place.role is Role.BAY and place.name not in stock and self.usable(place)
            if empty and (place.front is None or place.front not in stock):
                yield place

    def _size(self, place: Place) -> int:
        return size(self.tower.classes[place.class_number - 1])


def smallest_class(
    tower: TowerConfig, *, length_mm: int, width_mm: int, height_mm: int, mass_kg: int
) -> int | Literal["too_large", "too_heavy"]:
    """Number of the smallest class for a measured car, or why there is none."""
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
    return min(carrying, key=lambda pair: size(pair[1]))[0]


def class_by_place(tower: TowerConfig, place: Place) -> int:
    """What a car that was never measured must be taken for: the class of the bay in which it stands, since it fits
    there; at a station the largest, since every car does."""
    if place.role is Role.BAY:
        return place.class_number
    return max(range(1, len(tower.classes) + 1), key=lambda number: size(tower.classes[number - 1]))


def covers(tower: TowerConfig, bay: int, needed: int) -> bool:
    """Does a bay of class ``bay`` take every car of class ``needed`` (0: taken on trust)?"""
    if not needed:
        return True
    have, need = tower.classes[bay - 1], tower.classes[needed - 1]
    return have.carries(need.mass_kg) and have.fits(
        length_mm=need.length_mm, width_mm=need.width_mm, height_mm=need.height_mm
    )


def size(one: VehicleClass) -> int:
    """For ordering classes, smallest first."""
    return one.length_mm * one.width_mm * one.height_mm + one.mass_kg
