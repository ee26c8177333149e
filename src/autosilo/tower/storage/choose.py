"""Which bay a car goes to.

One deep: by turnover, as in class-based storage (Hausman, Schwarz and Graves 1976) with a class for each car: the car
that is the k-th most likely to be asked for on the spot belongs into the k-th nearest bay. A booked car is brought down
before its shopper comes, so its way costs nobody a wait, and it leaves the near bays to others.

Two deep: a car before another one that leaves earlier must be moved out of the way. The bay is chosen for the smallest
expected number of such moves, by the probability that the one leaves before the other; travel decides between equals.
Never is a bay chosen after which some car could not be brought out any more.

Small classes first: a bay for heavy cars is given to a light one only when no other is free.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from autosilo.tower.storage.rack import CLOSED, FREE, NO_BAY, Rack
from autosilo.tower.storage.stays import leaves_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What is known of the car that is to be stored.

    ``leaves``: known departure, or ``inf``. ``rate``: how likely it is asked for on the spot, per second (> 0 also for
    a booked car, whose booking may be dropped). ``kinds``: vehicle classes of bays that take it, the smallest first;
    empty: all. ``ahead``: a booked car is brought down before its shopper comes; where a site does not do that, its
    way costs a wait like any other, and ``rate`` says how soon it leaves.
    """

    leaves: float
    rate: float
    kinds: Sequence[int] = ()
    needs_charge: bool = False
    ahead: bool = True


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
ANY = 0
"""Instead of a vehicle class: every bay will do."""


def choose_bay(rack: Rack, stay: Stay, *, now: float, barred: int = NO_BAY, weights: Weights = WEIGHTS) -> int:
    """A free bay that can be reached, or ``NO_BAY`` if there is none for this car.

    ``barred``: this bay and the one behind it are out of question (a car is moved out of that lane).
    """
    if not rack.two_deep and not rack.mixed and barred == NO_BAY:
        fits = not stay.kinds or rack.bays.kind[0] in stay.kinds
        return _by_turnover(rack, stay) if fits else NO_BAY
    choose = _by_lanes if rack.two_deep else _by_turnover_among
    for kind in stay.kinds or (ANY,):
        bay = choose(rack, stay, kind, now, barred, weights)
        if bay != NO_BAY:
            return bay
    return NO_BAY


def _wanted_rank(rack: Rack, stay: Stay) -> int:
    """How many cars of this rack are more likely to be asked for on the spot."""
    if stay.leaves != inf and stay.ahead:
        return len(rack.car)
    return len(rack.rates) - bisect_right(rack.rates, stay.rate)


def _by_turnover(rack: Rack, stay: Stay) -> int:
    free = rack.free_ranks
    if not free:
        return NO_BAY
    wanted = _wanted_rank(rack, stay)
    at = bisect_left(free, wanted)
    return rack.order[free[min(at, len(free) - 1)]]


def _by_turnover_among(rack: Rack, stay: Stay, kind: int, _now: float, barred: int, weights: Weights) -> int:
    """The same where not every bay will do."""
    wanted = _wanted_rank(rack, stay)
    best, least = NO_BAY, inf
    for rank in rack.free_ranks:
        bay = rack.order[rank]
        if bay == barred or (kind and rack.bays.kind[bay] != kind):
            continue
        cost = abs(rank - wanted) + (weights.charger if rack.bays.charges[bay] != stay.needs_charge else 0.0)
        if cost < least:
            best, least = bay, cost
    return best


def _by_lanes(rack: Rack, stay: Stay, kind: int, now: float, barred: int, weights: Weights) -> int:
    """The cheapest of those after which every car can still be brought out."""
    bays = rack.bays
    typical = rack.rates[len(rack.rates) // 2] if rack.rates else stay.rate
    begin = weights.lane + weights.unlike * leaves_first(
        leaves_a=stay.leaves, rate_a=stay.rate, leaves_b=inf, rate_b=typical, now=now
    )
    costs: list[tuple[float, int]] = []
    for rank in rack.free_ranks:
        bay = rack.order[rank]
        if bay == barred or bays.front[bay] == barred != NO_BAY or (kind and bays.kind[bay] != kind):
            continue
        moves = _expected_moves(rack, stay, bay, begin, now)
        if moves != inf:
            cost = bays.seconds[bay] + weights.relocation_s * moves
            costs.append((cost + (weights.charger if bays.charges[bay] != stay.needs_charge else 0.0), rank))
    if not costs:
        return NO_BAY
    best = rack.order[min(costs)[1]]
    if _strands_nobody(rack, stay, best, barred):
        return best
    costs.sort()
    return next((bay for _, rank in costs if _strands_nobody(rack, stay, bay := rack.order[rank], barred)), NO_BAY)


def _expected_moves(rack: Rack, stay: Stay, bay: int, begin: float, now: float) -> float:
    """Relocations that a car in ``bay`` makes probable; ``inf`` where it cannot go, or had better stand behind."""
    front, rear = rack.bays.front[bay], rack.bays.rear[bay]
    if front != NO_BAY:
        return begin if rack.car[front] == FREE else inf
    if rear == NO_BAY or rack.car[rear] == CLOSED:
        return 0.0
    if rack.car[rear] == FREE and (not stay.kinds or rack.bays.kind[rear] in stay.kinds):
        return inf  # its rear bay is the better place for the first car of a lane
    if rack.car[rear] == FREE:
        return begin
    return leaves_first(
        leaves_a=rack.leaves[rear], rate_a=rack.rate[rear], leaves_b=stay.leaves, rate_b=stay.rate, now=now
    )


PLENTY = 2
"""A car takes away the bay in which it stands, and the one behind it."""


def _strands_nobody(rack: Rack, stay: Stay, bay: int, barred: int) -> bool:
    """Can every car be brought out that could before, when this one stands in ``bay`` (and has left ``barred``)?"""
    open_bays = Counter([rack.bays.kind[one] for one in rack.open_bays()])
    if min(open_bays.values()) > PLENTY:
        return True
    return rack.stuck() >= rack.with_move(bay, kinds=stay.kinds, left=barred).stuck()
