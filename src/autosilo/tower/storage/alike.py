"""Of several cars that are alike, which one a shopper had best be brought: the simulator and the site both ask here."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """``turn_s``: what each shopper before one at the same lift costs; about a double command, and 40 to 110 s give the
    same waits within 1 %. ``together_s``: cars to be brought down ahead of times closer than this are in each other's
    way. ``worth_s``: another car than the one that was promised is chosen only for so much."""

    turn_s: float = 80.0
    together_s: float = 900.0
    worth_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A car in its bay. ``bay``: its number, to decide between equals. ``free_in_s``: until its lift has ended what it
    does; ``bring_s``: then to the car and with it to a station; ``before``: shoppers for whom the same lift must bring
    a car that it has not begun with."""

    bay: int
    free_in_s: float
    bring_s: float
    before: int

    def cost_s(self, likeness: Likeness) -> float:
        """Not a forecast: only which is less counts."""
        return self.free_in_s + self.bring_s + likeness.turn_s * self.before


def soonest(promised: Key, standing: Mapping[Key, Standing], likeness: Likeness) -> Key:
    """The key of the car to bring: ``promised`` unless another one is there clearly sooner, or only another one can be
    brought at all (``standing`` has the ones that can)."""
    own = standing.get(promised)
    least = inf if own is None else own.cost_s(likeness) - likeness.worth_s
    sooner = [key for key, one in standing.items() if key != promised and one.cost_s(likeness) < least]
    return min(sooner, key=lambda key: (standing[key].cost_s(likeness), standing[key].bay), default=promised)
