"""Which bay a car goes to.

One deep: by turnover, as in class-based storage (Hausman, Schwarz and Graves 1976) with a class for each car: the car
that is the k-th most likely to be asked for on the spot belongs into the k-th nearest bay. A booked car is brought down
before its shopper comes, so its way costs nobody a wait, and it leaves the near bays to others.

Two deep: a car before another one that leaves earlier must be moved out of the way. The bay is chosen for the smallest
expected number of such moves, by the probability that the one leaves before the other; travel decides between equals.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from math import inf

from autosilo.tower.storage.rack import FREE, NO_BAY, Rack
from autosilo.tower.storage.stays import leaves_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What is known of the car that is to be stored.

    ``leaves``: known departure, or ``inf``. ``rate``: how likely it is asked for on the spot, per second (> 0 also for
    a booked car, whose booking may be dropped). ``kinds``: vehicle classes of bays that take it; empty: all.
    """

    leaves: float
    rate: float
    kinds: Collection[int] = ()
    needs_charge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Of the choice between two-deep bays; found by search on simulated demand (docs/explanation/waits.md)."""

    relocation_s: float = 400.0
    """One expected relocation weighs as much as so many seconds of travel."""
    lane: float = 0.3
    """In relocations: what it costs to begin a lane, since an empty one helps out later."""
    unlike: float = 0.3
    """In relocations: what a car in the rear costs that leaves before a typical one."""
    charger: float = 600.0
    """In seconds: a bay with a charger for a car that needs none, and the other way round."""


WEIGHTS = Weights()


def choose_bay(rack: Rack, stay: Stay, *, now: float, barred: int = NO_BAY, weights: Weights = WEIGHTS) -> int:
    """A free bay that can be reached, or ``NO_BAY`` if there is none for this car.

    ``barred``: this bay and the one behind it are out of question (a car is moved out of that lane).
    """
    if rack.two_deep:
        return _by_lanes(rack, stay, now, barred, weights)
    return (
        _by_turnover(rack, stay)
        if not rack.mixed and barred == NO_BAY
        else _by_turnover_among(rack, stay, barred, weights)
    )


def _wanted_rank(rack: Rack, stay: Stay) -> int:
    """How many cars of this rack are more likely to be asked for on the spot."""
    if stay.leaves != inf:
        return len(rack.car)
    return len(rack.rates) - bisect_right(rack.rates, stay.rate)


def _by_turnover(rack: Rack, stay: Stay) -> int:
    free = rack.free_ranks
    if not free:
        return NO_BAY
    wanted = _wanted_rank(rack, stay)
    at = bisect_left(free, wanted)
    return rack.order[free[min(at, len(free) - 1)]]


def _by_turnover_among(rack: Rack, stay: Stay, barred: int, weights: Weights) -> int:
    """The same where not every bay will do."""
    wanted = _wanted_rank(rack, stay)
    best, least = NO_BAY, inf
    for rank in rack.free_ranks:
        bay = rack.order[rank]
        if bay == barred or (stay.kinds and rack.bays.kind[bay] not in stay.kinds):
            continue
        cost = abs(rank - wanted) + (weights.charger if rack.bays.charges[bay] != stay.needs_charge else 0.0)
        if cost < least:
            best, least = bay, cost
    return best


def _by_lanes(rack: Rack, stay: Stay, now: float, barred: int, weights: Weights) -> int:
    bays, car = rack.bays, rack.car
    typical = rack.rates[len(rack.rates) // 2] if rack.rates else stay.rate
    begin = weights.lane + weights.unlike * leaves_first(
        leaves_a=stay.leaves, rate_a=stay.rate, leaves_b=inf, rate_b=typical, now=now
    )
    best, least = NO_BAY, inf
    for rank in rack.free_ranks:
        bay = rack.order[rank]
        front, rear = bays.front[bay], bays.rear[bay]
        if bay == barred or front == barred != NO_BAY or (stay.kinds and bays.kind[bay] not in stay.kinds):
            continue
        if front != NO_BAY:
            if car[front] != FREE:
                continue
            moves = begin
        elif rear == NO_BAY:
            moves = 0.0
        elif car[rear] == FREE:
            continue  # its rear bay is the better place for the first car of a lane
        else:
            moves = leaves_first(
                leaves_a=rack.leaves[rear], rate_a=rack.rate[rear], leaves_b=stay.leaves, rate_b=stay.rate, now=now
            )
        cost = bays.seconds[bay] + weights.relocation_s * moves
        if bays.charges[bay] != stay.needs_charge:
            cost += weights.charger
        if cost < least:
            best, least = bay, cost
    return best
