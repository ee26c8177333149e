"""Which cars are brought down before anybody asks, and when."""

from dataclasses import dataclass


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


def may_stage(staging: Staging, *, due: float, now: float, idle_lifts: int, free_bays: int) -> bool:
    """May the car that is booked for ``due`` be brought down now? ``free_bays``: delivery bays."""
    if due > now + staging.ahead_s or free_bays <= staging.reserve:
        return False
    return idle_lifts > staging.keep_free or due <= now + staging.by_s
