"""Bays with chargers go round: a car that is charged makes room, and one that is not takes its place. In idle time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from autosilo.tower.storage.choose import Stay, choose_bay
from autosilo.tower.storage.rack import NO_BAY, Rack

READY = 0.6
"""State of charge with which a car may leave, unless a demand file says otherwise; it needs its charger no more."""
WANTING = 0.55
"""Below this a parked car wants a charger: lower than ``READY``, lest one that has just made room comes back for the
little that it loses while it stands."""


def may_swap(*, idle_lifts: int, keep_free: int, lifts: int) -> bool:
    """May an idle lift be used for the chargers? It leaves ``keep_free`` lifts idle, but not in a tower that would have
    hardly another one for it: with two lifts and one to be kept free, each may."""
    return idle_lifts > keep_free or keep_free >= lifts - 1


@dataclass(frozen=True, slots=True)
class Relocation:
    """From bay to bay of one rack."""

    source: int
    target: int


def charge_swap(rack: Rack, *, wanting: Iterable[int], charged: Collection[int], now: float) -> Relocation | None:
    """The next move of a swap, or None when there is nothing to do.

    ``wanting``: bays of cars that wait for a charger, most urgent first; ``charged``: bays with a charger whose car
    needs it no more. A charger that is free is used; else the charged car that is wanted least makes room.
    """
    first = next((bay for bay in wanting if rack.blocker(bay) == NO_BAY), NO_BAY)
    if first == NO_BAY:
        return None
    free = [bay for bay in rack.open_bays() if rack.bays.charges[bay] and rack.bays.front[bay] != first]
    if free:
        return Relocation(first, free[0])
    for bay in sorted(charged, key=lambda one: (rack.rate[one], one)):
        if rack.car[bay] < 0 or rack.blocker(bay) != NO_BAY:
            continue
        stay = Stay(leaves=rack.leaves[bay], rate=rack.rate[bay], kinds=tuple(rack.kinds[bay]))
        target = choose_bay(rack, stay, now=now, barred=bay)
        if target != NO_BAY and not rack.bays.charges[target]:
            return Relocation(bay, target)
    return None
