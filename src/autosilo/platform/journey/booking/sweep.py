"""How many cars are left in each slot, counted by what each car is kept for rather than slot by slot. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence


def left(
    starts: Sequence[float], cars: Sequence[Iterable[tuple[float, float]]], *, before: float, after: float
) -> list[int]:
    """How many of ``cars`` are free in each slot.

    ``starts``: Unix times, rising. ``cars``: for each, the periods (Unix times) that it is kept for, in the order of
    their beginnings. A slot needs its car from ``before`` seconds ahead of its start until ``after`` seconds past it.
    """
    found = [len(cars)] * len(starts)
    for periods in cars:
        done = 0
        for lower, upper in periods:
            # kept while kept_from < upper and lower < kept_until of the slot
            first = max(done, bisect_right(starts, lower - after))
            done = max(done, bisect_left(starts, upper + before))
            for index in range(first, done):
                found[index] -= 1
    return found
