"""The bays of one lift as journal and ledger have them, for the policies of ``tower.storage``. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Literal

from autosilo.tower.config import TowerConfig
from autosilo.tower.geometry import Place, Role
from autosilo.tower.storage import rack as storage
from autosilo.tower.storage.choose import Stay, choose_bay
from autosilo.tower.storage.kinds import kinds_for, size
from autosilo.tower.storage.rack import NO_BAY, Bays
from autosilo.tower.storage.stays import UNKNOWN, rate_of


@dataclass(frozen=True, slots=True)
class Rack:
    """The bays of one lift. ``places``: all that it reaches; ``bays``: the same as the policies count them
    (``tower.storage.bays``). ``stock``: place -> vehicle class of the car that stands there or is promised the place
    (0: never measured). ``blocked``: bays that are not to be used.

    ``leaves``: place -> when its car is expected to leave, where that is known, in seconds on the clock of ``now``.
    ``ahead``: are booked cars brought down before their shoppers come?
    """

    tower: TowerConfig
    places: Mapping[str, Place]
    bays: Bays
    stock: Mapping[str, int]
    blocked: Collection[str] = ()
    leaves: Mapping[str, float] = field(default_factory=dict)
    now: float = 0.0
    ahead: bool = False

    def usable(self, place: Place) -> bool:
        """Is neither it nor the bay before it blocked?"""
        return place.name not in self.blocked and (place.front is None or place.front not in self.blocked)

    def free(self) -> list[str]:
        """Bays that take a car now: empty, usable, and nothing before them."""
        names = self.names
        return [names[bay] for bay in self.filled().open_bays()]

    def room(self) -> int:
        """How many more cars may come in: one bay less in a two-deep tower, for the car that stands before another."""
        return max(0, len(self.free()) - (self.tower.depth - 1))

    def choose(
        self, vehicle_class: int, *, leaves: float = inf, leaving: str | None = None, needs_charge: bool = False
    ) -> str | None:
        """The bay for a car of ``vehicle_class`` (0: any) that is expected to leave at ``leaves``, by
        ``tower.storage.choose_bay``; None when there is none. ``leaving``: a bay that the car itself makes free."""
        names = self.names
        barred = names.index(leaving) if leaving is not None else NO_BAY
        stay = self._stay(vehicle_class, leaves, needs_charge=needs_charge)
        bay = choose_bay(self.filled(), stay, now=self.now, barred=barred)
        return None if bay == NO_BAY else names[bay]

    def with_car(self, place: str, vehicle_class: int) -> "Rack":
        """As it would be with one more car."""
        return replace(self, stock={**self.stock, place: vehicle_class})

    def stuck(self) -> set[str]:
        """Rear bays whose car cannot be brought out, since the one before it has nowhere to go."""
        names = self.names
        return {names[bay] for bay in self.filled().stuck()}

    @property
    def names(self) -> list[str]:
        """Of the bays, in the order of ``bays``."""
        return [place.name for place in self.places.values() if place.role is Role.BAY]

    def filled(self) -> storage.Rack:
        """As the policies see it; cars are numbered as their bays."""
        rack = storage.Rack(self.bays)
        for bay, name in enumerate(self.names):
            if name in self.stock:
                stay = self._stay(self.stock[name], self.leaves.get(name, inf))
                rack.put(bay, bay, leaves=stay.leaves, rate=stay.rate, kinds=stay.kinds)
            elif name in self.blocked:
                rack.close(bay)
        return rack

    def _stay(self, vehicle_class: int, leaves: float, *, needs_charge: bool = False) -> Stay:
        """A booked car that comes down ahead of time is not asked for on the spot: it is wanted no more than others."""
        kinds = kinds_for(self.tower.classes, vehicle_class)
        rate = rate_of(UNKNOWN if self.ahead else leaves, now=self.now)
        return Stay(leaves=leaves, rate=rate, kinds=kinds, needs_charge=needs_charge, ahead=self.ahead)


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
