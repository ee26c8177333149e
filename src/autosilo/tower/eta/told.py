"""What was told beside what came true, counted. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autosilo.tower.eta.calibration import LEAST_SAMPLES
from autosilo.tower.eta.estimate import Estimate

USUAL = (0.1, 0.5, 0.9)
"""Quantiles of past waits: of ten shoppers one waited less than the first, and one longer than the last."""


@dataclass(frozen=True, slots=True)
class ToldWait:
    """The interval that somebody was told when the wait began, and the seconds that it took."""

    group: str
    low_s: float
    high_s: float
    wait_s: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the waits of a group: how many ended before the interval, within it, and after it."""

    group: str
    sooner: int
    within: int
    later: int

    @property
    def waits(self) -> int:
        return self.sooner + self.within + self.later


def coverage(waits: Iterable[ToldWait]) -> tuple[Coverage, ...]:
    """By group, in alphabetical order; groups without a wait are left out."""
    found: dict[str, list[int]] = {}
    for one in waits:
        counts = found.setdefault(one.group, [0, 0, 0])
        counts[0 if one.wait_s < one.low_s else 1 if one.wait_s <= one.high_s else 2] += 1
    return tuple(Coverage(group, *counts) for group, counts in sorted(found.items()))


def usual(waits: Sequence[float]) -> Estimate | None:
    """How long people waited, for whoever comes another day; None while too little is known."""
    if len(waits) < LEAST_SAMPLES:
        return None
    ordered = sorted(waits)
    low, likely, high = (max(0.0, ordered[min(len(ordered) - 1, int(len(ordered) * share))]) for share in USUAL)
    return Estimate(low, likely, high)
