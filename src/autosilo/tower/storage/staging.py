"""Which cars are brought down before anybody asks, and when."""

from collections.abc import Iterable
from dataclasses import dataclass

MANY = 1_000
"""Lifts of a tower of which that is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """``ahead_s``: a booked car may be brought down so long before its time; 0: not before its shopper comes.

    ``by_s``: so long before it, it is brought down even if no other lift stays idle. ``reserve``: delivery bays that
    this leaves free for walk-ups. ``keep_free``: lifts that it leaves idle.
    """

    ahead_s: float = 420.0
    by_s: float = 180.0
    reserve: int = 1
    keep_free: int = 1


def may_stage(staging: Staging, *, due: float, now: float, idle_lifts: int, free_bays: int, lifts: int = MANY) -> bool:
    """May the car that is booked for ``due`` be brought down now? ``free_bays``: delivery bays. ``lifts``: of the
    tower; one that has a single lift cannot keep it idle."""
    if due > now + staging.ahead_s or free_bays <= staging.reserve:
        return False
    return idle_lifts > min(staging.keep_free, lifts - 1) or due <= now + staging.by_s


def how_many(
    staging: Staging, dues: Iterable[float], *, now: float, idle_lifts: int, free_bays: int, lifts: int = MANY
) -> int:
    """So many of the booked cars, whose times are ``dues`` in ascending order, may be brought down now."""
    count = 0
    for due in dues:
        free = free_bays - count
        if not may_stage(staging, due=due, now=now, idle_lifts=idle_lifts, free_bays=free, lifts=lifts):
            break
        count += 1
    return count
