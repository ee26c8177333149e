"""Moves while nobody is there: what is wanted comes near, and what leaves first is not left behind another car."""

from dataclasses import dataclass
from math import inf

from autosilo.tower.storage.charging import Relocation
from autosilo.tower.storage.choose import Stay, choose_bay
from autosilo.tower.storage.rack import NO_BAY, Rack


@dataclass(frozen=True, slots=True, kw_only=True)
class Rearrangement:
    """``least_s``: a car is moved nearer only if that saves so many seconds of its way down. ``ahead_s``: a car that is
    booked to leave so soon is dug out if another one stands before it. ``booked``: booked cars come nearer, too, since
    the site brings none down before its shopper is there."""

    least_s: float = 4.0
    ahead_s: float = 16 * 3600.0
    booked: bool = False


def rearrange(rack: Rack, *, now: float, rules: Rearrangement) -> Relocation | None:
    """The next move worth making in an idle rack, or None. Repeated, it comes to an end: each move one deep lessens the
    demand-weighted way of all cars, each move two deep the number of cars that stand before an earlier departure.
    """
    return _dig_out(rack, now, rules) if rack.two_deep else _nearer(rack, rules)


def _dig_out(rack: Rack, now: float, rules: Rearrangement) -> Relocation | None:
    """The car before the one that leaves first goes elsewhere, but not before another one that leaves earlier."""
    soon = sorted(
        (leaves, bay) for bay, leaves in enumerate(rack.leaves) if rack.car[bay] >= 0 and leaves < now + rules.ahead_s
    )
    for leaves, bay in soon:
        blocker = rack.blocker(bay)
        if blocker == NO_BAY or rack.leaves[blocker] <= leaves:
            continue
        stay = Stay(leaves=rack.leaves[blocker], rate=rack.rate[blocker], kinds=tuple(rack.kinds[blocker]))
        target = choose_bay(rack, stay, now=now, barred=blocker)
        if target != NO_BAY and not _blocks_earlier(rack, target, stay.leaves):
            return Relocation(blocker, target)
    return None


def _blocks_earlier(rack: Rack, target: int, leaves: float) -> bool:
    rear = rack.bays.rear[target]
    return rear != NO_BAY and rack.car[rear] >= 0 and rack.leaves[rear] < leaves


def _nearer(rack: Rack, rules: Rearrangement) -> Relocation | None:
    """The car for which a free nearer bay of its kind saves most, weighted by demand."""
    bays, seconds = rack.bays, rack.bays.seconds
    nearest: dict[tuple[int, bool], int] = {}
    for bay in rack.open_bays():
        nearest.setdefault((bays.kind[bay], bays.charges[bay]), bay)
    best, most = None, 0.0
    if not nearest:
        return None
    alike = None if rack.mixed else next(iter(nearest.values()))
    least = min(seconds[bay] for bay in nearest.values()) + rules.least_s
    for bay, car in enumerate(rack.car):
        if car < 0 or seconds[bay] < least or (rack.leaves[bay] != inf and not rules.booked):
            continue
        target = nearest.get((bays.kind[bay], bays.charges[bay]), NO_BAY) if alike is None else alike
        if target == NO_BAY:
            continue
        saved = seconds[bay] - seconds[target]
        if saved >= rules.least_s and saved * rack.rate[bay] > most:
            best, most = Relocation(bay, target), saved * rack.rate[bay]
    return best
