"""How far a market lets people book cars that are due back shortly before."""

from dataclasses import dataclass
from datetime import timedelta

FULL = timedelta(hours=2)
"""The turn-round that every other booking waits for."""


@dataclass(frozen=True, kw_only=True)
class OverBooking:
    """``turn_round``: the least time, under ``FULL``, from the latest moment at which a car may be back to the next
    pick-up. ``most`` such bookings may stand at a site at once, and ``most_risk`` is the highest probability that at
    least one of them has no car."""

    turn_round: timedelta
    most: int
    most_risk: float

    @property
    def relief(self) -> timedelta:
        """So much earlier than others such a booking may begin."""
        return FULL - self.turn_round
