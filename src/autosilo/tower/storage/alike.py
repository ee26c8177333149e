"""Of several cars that are alike, which one a shopper had best be brought: the simulator and the site both ask here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key")

TURN_S = 80.0
"""What each shopper before one at the same lift costs: a double command on the tower of the bench takes that long, and
waits there depend little on it (40 to 110 s give the same within 1 %)."""
TOGETHER_S = 900.0
"""Cars that are brought down ahead of times closer than this are in each other's way: twice the time ahead, and one
move."""
WORTH_S = 5.0
"""Another car than the one that was promised is chosen only for so much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A car in its bay. ``free_in_s``: until its lift has ended what it does; ``bring_s``: then to the car and with it
    to a station; ``before``: shoppers for whom the same lift must bring a car that it has not begun with."""

    free_in_s: float
    bring_s: float
    before: int

    @property
    def cost_s(self) -> float:
        """Not a forecast: only which is less counts."""
        return self.free_in_s + self.bring_s + TURN_S * self.before


def soonest(promised: tuple[Key, Standing], others: Iterable[tuple[Key, Standing]]) -> Key:
    """The key of the car to bring; ``promised`` unless another one is there clearly sooner."""
    best, least = promised[0], promised[1].cost_s - WORTH_S
    for key, standing in others:
        if standing.cost_s < least:
            best, least = key, standing.cost_s
    return best
