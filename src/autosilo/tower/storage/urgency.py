"""What weighs how much in the dispatch, and work for which nobody waits: when it may take a lift."""

from dataclasses import dataclass

from autosilo.tower.storage.staging import MANY

RETRIEVE_WEIGHT = 4.0
"""A shopper stands there."""
STAGE_WEIGHT = 2.0
"""A booked car, counted from its booked time."""
STORE_WEIGHT = 1.0
"""A car in an intake, whose driver has left."""
BACK_WEIGHT = 0.25
"""A staged car whose shopper did not come: nobody waits, but it takes a delivery bay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Of storing. ``keep_free``: it leaves so many lifts idle for whoever comes, unless it presses: a car has stood in
    an intake for ``longest_s``, or fewer than ``press_intakes`` intakes are free. ``spread_s``: so many seconds of
    travel it is worth to store a car in a rack with one equal car fewer, so that whichever lift is idle has one.
    """

    keep_free: int = 1
    longest_s: float = 600.0
    press_intakes: int = 2
    spread_s: float = 30.0


def may_store(patience: Patience, *, waited_s: float, idle_lifts: int, free_intakes: int, lifts: int = MANY) -> bool:
    """May a lift take a car from its intake now, after ``waited_s`` there? ``lifts``: of the tower; one that has a
    single lift cannot keep it idle."""
    free = idle_lifts > min(patience.keep_free, lifts - 1)
    return free or free_intakes < patience.press_intakes or waited_s >= patience.longest_s
