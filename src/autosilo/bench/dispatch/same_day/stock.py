"""Who has which car of the day, as the platform would know it: what would do for each other is of one kind."""

from autosilo.bench.dispatch.same_day.day import Day, kind
from autosilo.bench.tower.town import vin
from autosilo.site.control import Tower


class Stock:
    """``car``: number of the pick-up -> its car."""

    def __init__(self, tower: Tower, day: Day, ahead_s: float) -> None:
        self._tower, self._day, self._ahead_s = tower, day, ahead_s
        self._cars = sorted([*day.places.values(), *(one.car for one in day.backs)])
        self._open: set[int] = set()
        self.car: dict[int, int] = {}

    def promise(self, number: int) -> int:
        """Its own car of the day, or, where somebody else has got that, another of its kind that nobody has."""
        own = self._day.pickups[number].car
        taken = set(self.car.values())
        free = [one for one in self._of_kind(own) if one not in taken]
        self.car[number] = own if own in free else free[0]
        self._open.add(number)
        return self.car[number]

    def has_come(self, number: int) -> None:
        """From now on nobody else can have its car."""
        self._open.discard(number)

    def gives_up(self, number: int) -> int:
        """Nobody came; the car is nobody's any more."""
        self._open.discard(number)
        return self.car.pop(number)

    def would_do(self, number: int, now: float) -> list[int]:
        """Cars of the kind that nobody has, or that somebody has who comes later."""
        has = {car: one for one, car in self.car.items()}
        return [
            car
            for car in self._of_kind(self.car[number])
            if car not in has or (has[car] != number and self._comes_later(has[car], now))
        ]

    def _comes_later(self, number: int, now: float) -> bool:
        due = self._day.pickups[number].due
        return number in self._open and due is not None and due > now + self._ahead_s

    def exchange(self, number: int, car: int) -> int | None:
        """Give it this car; who was to have it gets the former one, and is returned."""
        other = next((one for one, has in self.car.items() if has == car), None)
        if other is not None:
            self.car[other] = self.car[number]
        self.car[number] = car
        return other

    def _of_kind(self, car: int) -> list[int]:
        """Those that stand in a bay."""
        alike = [one for one in self._cars if kind(one) == kind(car)]
        return [one for one in alike if ".B" in (self._tower.place_of(vin(one)) or "")]
