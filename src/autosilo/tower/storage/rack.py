"""The bays of one lift as arrays: who stands where, which are free, how far each is. The index of a bay is local."""

from bisect import bisect_left, insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import inf

FREE = -1
CLOSED = -2
"""Instead of a car: nothing is stored in this bay, nor behind it."""
NO_BAY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bays:
    """What never changes about the bays of a rack; all sequences have one entry a bay.

    ``seconds``: from the bay to the nearest delivery, both transfers included. ``rear``: index of the bay behind, or
    ``NO_BAY``; ``front``: of the bay before it. ``kind``: the vehicle class of the bay, from 1. ``charges``: it has a
    charger.
    """

    seconds: Sequence[float]
    rear: Sequence[int]
    front: Sequence[int]
    kind: Sequence[int]
    charges: Sequence[bool]

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def two_deep(self) -> bool:
        return any(bay != NO_BAY for bay in self.rear)


class Rack:
    """Occupancy of ``bays``. Cars are numbers >= 0; ``leaves`` and ``rate`` say what is known of each occupant."""

    def __init__(self, bays: Bays) -> None:
        self.bays = bays
        size = len(bays)
        self.car = [FREE] * size
        self.leaves = [inf] * size
        self.rate = [0.0] * size
        self.kinds: list[Collection[int]] = [()] * size
        """Vehicle classes of bays that take the occupant; empty: all."""
        self.order = sorted(range(size), key=lambda bay: (bays.seconds[bay], bay))
        self.rank = [0] * size
        for rank, bay in enumerate(self.order):
            self.rank[bay] = rank
        self.free_ranks = list(range(size))
        self.rates: list[float] = []
        """Rates of all occupants, ascending: how many cars are wanted more than this one?"""
        self.two_deep = bays.two_deep
        self.mixed = len(set(bays.kind)) > 1 or any(bays.charges)
        """Not every bay is as good as another for every car."""

    def __len__(self) -> int:
        return len(self.rates)

    def put(self, bay: int, car: int, *, leaves: float, rate: float, kinds: Collection[int] = ()) -> None:
        """A car stands in ``bay``, which was free, from now on."""
        if self.car[bay] != FREE:
            raise ValueError(f"bay {bay} is taken by {self.car[bay]}")
        self.car[bay], self.leaves[bay], self.rate[bay], self.kinds[bay] = car, leaves, rate, kinds
        del self.free_ranks[bisect_left(self.free_ranks, self.rank[bay])]
        insort(self.rates, rate)

    def close(self, bay: int) -> None:
        """The free ``bay`` is not to be used."""
        if self.car[bay] != FREE:
            raise ValueError(f"bay {bay} is taken by {self.car[bay]}")
        self.car[bay] = CLOSED
        del self.free_ranks[bisect_left(self.free_ranks, self.rank[bay])]

    def take(self, bay: int) -> int:
        """The car in ``bay`` leaves it; returns the car."""
        car = self.car[bay]
        if car < 0:
            raise ValueError(f"bay {bay} is empty")
        self.car[bay] = FREE
        insort(self.free_ranks, self.rank[bay])
        del self.rates[bisect_left(self.rates, self.rate[bay])]
        return car

    def learn(self, bay: int, *, leaves: float, rate: float) -> None:
        """Something new is known of the departure of the car in ``bay``: it was booked, or its booking was dropped."""
        del self.rates[bisect_left(self.rates, self.rate[bay])]
        self.leaves[bay], self.rate[bay] = leaves, rate
        insort(self.rates, rate)

    def blocker(self, bay: int) -> int:
        """The bay before ``bay`` if a car stands there, else ``NO_BAY``."""
        front = self.bays.front[bay]
        return front if front != NO_BAY and self.car[front] >= 0 else NO_BAY

    def open_bays(self) -> list[int]:
        """Free bays that can be reached, nearest first."""
        front, car = self.bays.front, self.car
        if not self.two_deep:
            return [self.order[rank] for rank in self.free_ranks]
        return [
            bay
            for bay in (self.order[rank] for rank in self.free_ranks)
            if front[bay] == NO_BAY or car[front[bay]] == FREE
        ]

    def with_move(self, bay: int, *, kinds: Collection[int], left: int = NO_BAY) -> "Rack":
        """As it would be with one more car in ``bay``, which has left ``left``. For questions of room only."""
        after = Rack(self.bays)
        for one, car in enumerate(self.car):
            if car == CLOSED:
                after.close(one)
            elif car >= 0 and one != left:
                after.put(one, car, leaves=inf, rate=0.0, kinds=self.kinds[one])
        after.put(bay, 0, leaves=inf, rate=0.0, kinds=kinds)
        return after

    def stuck(self) -> set[int]:
        """Rear bays whose car cannot be brought out, since no open bay takes the one before it."""
        if not self.two_deep:
            return set()
        open_kinds = {self.bays.kind[bay] for bay in self.open_bays()}
        return {
            bay
            for bay, car in enumerate(self.car)
            if car >= 0 and (front := self.blocker(bay)) != NO_BAY and not _takes(open_kinds, self.kinds[front])
        }


def _takes(open_kinds: Collection[int], kinds: Collection[int]) -> bool:
    """Is there an open bay of one of ``kinds`` (empty: of any)?"""
    return bool(open_kinds) if not kinds else any(kind in open_kinds for kind in kinds)
