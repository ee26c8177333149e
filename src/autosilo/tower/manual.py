"""How people bring a car down when all is dead: the machine moved by its own manual controls, nothing automatic.

Pure: from the site file and where each car stands to a list of steps with what each needs (place, height, car). The
words for a step belong to the surface that prints it. What is moved is written down at the machine (``WRITE_DOWN``),
because the books do not see it: the tower asks for a reconciliation before it goes on.

The order follows the general rules for work on machines: isolate and lock first (ISO 14118), nobody below a load.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from autosilo.tower.config import Lift, SiteConfig
from autosilo.tower.geometry import Place, Role, all_places, bays, lifts_at, stations


class StepKind(StrEnum):
    """What a person does. ``Step`` says where and with which car."""

    MAKE_SAFE = "make_safe"  # main switch off and locked, key in Manual and kept, nobody in hoistway or stations
    MOVE_CARRIAGE = "move_carriage"  # to the height and the position of `place`
    TAKE = "take"  # the car from `place` onto the carriage
    PUT = "put"  # the car from the carriage into `place`
    OPEN_SHUTTER = "open_shutter"  # of the airlock `place`, by hand
    SHUT_SHUTTER = "shut_shutter"
    OPEN_GATE = "open_gate"  # of the station `place`, by hand
    DRIVE_OUT = "drive_out"  # the car leaves the station `place`
    SHUT_GATE = "shut_gate"
    WRITE_DOWN = "write_down"  # on the bay list: `vin` now stands in `place`, or has left (`place` is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. ``lift`` moves (or is locked); ``height_m`` above the street (floor 0), ``across`` along the columns
    in metres, or in degrees where ``turns``; both only for ``MOVE_CARRIAGE``.
    """

    kind: StepKind
    lift: str
    place: str | None = None
    vin: str | None = None
    floor: int | None = None
    column: float | None = None
    rear: bool = False
    height_m: float | None = None
    across: float | None = None
    turns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BayRow:
    """A line of the paper bay list: what the books say of one place."""

    place: str
    lift: str
    floor: int
    column: float
    rear: bool
    height_m: float
    across: float
    turns: bool
    vin: str | None
    blocked: bool


class CannotPlan(ValueError):
    """``reason``: ``not_in_the_tower``, ``unknown_place``, ``no_room_to_relocate`` or ``no_way_out``; ``about``: which
    car, place or lift."""

    def __init__(self, reason: str, about: str) -> None:
        super().__init__(f"{reason}: {about}")
        self.reason, self.about = reason, about


def steps(
    site: SiteConfig, inventory: Mapping[str, str], vin: str, *, blocked: Set[str] = frozenset()
) -> tuple[Step, ...]:
    """What to do, in order, to bring the car ``vin`` to the street.

    ``inventory``: place -> VIN by the books; a car on a carriage stands at the lift's own name (``L1``). ``blocked``:
    places that must not be used on the way. Raises ``CannotPlan``.
    """
    here = next((place for place, standing in inventory.items() if standing == vin), None)
    if here is None:
        raise CannotPlan("not_in_the_tower", vin)
    known = all_places(site)
    if here not in known and here not in {lift.name for lift in site.tower.lifts}:
        raise CannotPlan("unknown_place", here)
    return tuple(_Plan(site, inventory, blocked).bring(vin, here))


def whole_tower(
    site: SiteConfig, inventory: Mapping[str, str], *, blocked: Set[str] = frozenset()
) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """(VIN, steps) for every car, in an order in which no car stands in another's way: the carriages and stations
    first, then lift by lift from the lowest floor, front before rear. Raises ``CannotPlan``.
    """
    left = dict(inventory)
    found = []
    for place in _emptying_order(site, left):
        vin = left[place]
        found.append((vin, steps(site, left, vin, blocked=blocked)))
        del left[place]
    return tuple(found)


def bay_list(site: SiteConfig, inventory: Mapping[str, str], *, blocked: Set[str] = frozenset()) -> tuple[BayRow, ...]:
    """Every place of the tower with what the books say of it: lift by lift, its stations first, then floor by floor."""
    rows = []
    for lift in site.tower.lifts:
        for place in (*_own(site, lift), *bays(site.tower, lift)):
            rows.append(
                BayRow(
                    place=place.name,
                    lift=lift.name,
                    floor=place.floor,
                    column=place.column,
                    rear=place.rear,
                    height_m=place.at.y,
                    across=place.at.x,
                    turns=lift.turns,
                    vin=inventory.get(place.name),
                    blocked=place.name in blocked,
                )
            )
    return tuple(rows)


class _Plan:
    def __init__(self, site: SiteConfig, inventory: Mapping[str, str], blocked: Set[str]) -> None:
        self._tower = site.tower
        self._inventory = dict(inventory)
        self._blocked = blocked
        self._places = all_places(site)

    def bring(self, vin: str, here: str) -> Iterator[Step]:
        lift = self._tower.lift(here.partition(".")[0])
        yield Step(kind=StepKind.MAKE_SAFE, lift=lift.name)
        place = self._places.get(here)
        if place is not None and place.role is not Role.BAY:
            yield from self._leave(lift, place, vin)
            return
        if place is not None:
            yield from self._clear_carriage(lift)
            yield from self._clear_front(lift, place)
        out = self._way_out(lift)
        if (standing := self._inventory.get(out.name)) is not None:
            yield from self._leave(lift, out, standing)
        if place is not None:
            yield from self._take(lift, place, vin)
        yield from self._put(lift, out, vin)
        yield from self._leave(lift, out, vin)

    def _clear_carriage(self, lift: Lift) -> Iterator[Step]:
        """The carriage is needed: a car that stands on it goes into a free bay first."""
        vin = self._inventory.get(lift.name)
        if vin is not None:
            yield from self._store(lift, vin, like=None, height=0.0)

    def _clear_front(self, lift: Lift, place: Place) -> Iterator[Step]:
        if place.front is None or (vin := self._inventory.get(place.front)) is None:
            return
        front = self._places[place.front]
        yield from self._take(lift, front, vin)
        yield from self._store(lift, vin, like=front, height=front.at.y)

    def _store(self, lift: Lift, vin: str, *, like: Place | None, height: float) -> Iterator[Step]:
        """From the carriage into the nearest free bay of the same class, and not before a car. A car whose class is not
        known (it stood on the carriage) goes into the class that carries most."""
        bay = self._room(lift, vin, like, height)
        yield from self._put(lift, bay, vin)
        yield Step(kind=StepKind.WRITE_DOWN, lift=lift.name, place=bay.name, vin=vin)

    def _room(self, lift: Lift, vin: str, like: Place | None, height: float) -> Place:
        number = like.class_number if like else self._largest_class()
        free = [bay for bay in bays(self._tower, lift) if bay.class_number == number and self._usable(bay, like)]
        if not free:
            raise CannotPlan("no_room_to_relocate", vin)
        return min(free, key=lambda bay: (self._stands_before(bay), abs(bay.at.y - height), bay.at.x))

    def _usable(self, bay: Place, but: Place | None) -> bool:
        taken = bay.name in self._inventory or bay.name in self._blocked or (but is not None and bay.name == but.name)
        hidden = bay.front is not None and (bay.front in self._inventory or (but is not None and bay.front == but.name))
        return not taken and not hidden

    def _stands_before(self, bay: Place) -> bool:
        """Would a car here stand before another?"""
        return not bay.rear and f"{bay.name}R" in self._inventory

    def _largest_class(self) -> int:
        classes = self._tower.classes
        return 1 + max(range(len(classes)), key=lambda index: (classes[index].mass_kg, classes[index].length_mm))

    def _way_out(self, lift: Lift) -> Place:
        """The first usable delivery station, an empty one before one where a car stands."""
        out = [
            one for one in stations(self._tower, lift) if one.role is Role.DELIVERY and one.name not in self._blocked
        ]
        if not out:
            raise CannotPlan("no_way_out", lift.name)
        return min(out, key=lambda one: one.name in self._inventory)

    def _take(self, lift: Lift, place: Place, vin: str) -> Iterator[Step]:
        yield _carriage_to(lift, place)
        yield _at(StepKind.TAKE, lift, place, vin)
        del self._inventory[place.name]
        self._inventory[lift.name] = vin

    def _put(self, lift: Lift, place: Place, vin: str) -> Iterator[Step]:
        yield _carriage_to(lift, place)
        if place.shutter_s:
            yield _at(StepKind.OPEN_SHUTTER, lift, place)
        yield _at(StepKind.PUT, lift, place, vin)
        if place.shutter_s:
            yield _at(StepKind.SHUT_SHUTTER, lift, place)
        self._inventory.pop(lift.name, None)
        self._inventory[place.name] = vin

    def _leave(self, lift: Lift, place: Place, vin: str) -> Iterator[Step]:
        for kind in (StepKind.OPEN_GATE, StepKind.DRIVE_OUT, StepKind.SHUT_GATE):
            yield _at(kind, lift, place, vin if kind is StepKind.DRIVE_OUT else None)
        yield Step(kind=StepKind.WRITE_DOWN, lift=lift.name, vin=vin)
        self._inventory.pop(place.name, None)


def _carriage_to(lift: Lift, place: Place) -> Step:
    return Step(
        kind=StepKind.MOVE_CARRIAGE,
        lift=lift.name,
        place=place.name,
        floor=place.floor,
        column=place.column,
        rear=place.rear,
        height_m=place.at.y,
        across=place.at.x,
        turns=lift.turns,
    )


def _at(kind: StepKind, lift: Lift, place: Place, vin: str | None = None) -> Step:
    return Step(
        kind=kind,
        lift=lift.name,
        place=place.name,
        vin=vin,
        floor=place.floor,
        column=place.column,
        rear=place.rear,
    )


def _own(site: SiteConfig, lift: Lift) -> tuple[Place, ...]:
    return tuple(one for one in stations(site.tower, lift) if lifts_at(site.tower, one.name)[0] == lift.name)


def _emptying_order(site: SiteConfig, inventory: Mapping[str, str]) -> list[str]:
    known = all_places(site)

    def key(place: str) -> tuple[int, str, bool, int, float, str]:
        found = known.get(place)
        if found is None:  # a carriage; a name that is not known is refused by steps()
            return (0, place, False, 0, 0.0, place)
        return (1 if found.role is not Role.BAY else 2, found.lift, found.rear, found.floor, found.column, place)

    return sorted(inventory, key=key)
