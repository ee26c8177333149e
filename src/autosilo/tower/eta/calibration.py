"""Quantiles of what the guess got wrong, by group: split conformal prediction (Vovk; Lei et al. 2018), one-sided twice.

With n past errors of a group, the k-th smallest of them, k = ceil((n + 1) p), is not exceeded by the next error with
probability of at least p, if past and next are exchangeable; likewise from below. So an interval of 80 % takes the
quantiles of 10 % and 90 %.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor

EVERYBODY = ""
"""Group for those of whose own group too little is known: the rare groups together, else all."""
LEAST_SAMPLES = 60
LEAST_RARE = 20
"""So many samples of rare groups say more of a rare case than all the ordinary ones."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Seconds by which the wait was longer than the guess: lower end, median and upper end of the interval."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """``groups`` has at least ``EVERYBODY``. ``samples``: how many waits it rests on."""

    groups: Mapping[str, Errors]
    coverage: float
    samples: int

    def of(self, group: str) -> Errors:
        return self.groups.get(group, self.groups[EVERYBODY])


def calibrate(samples: Iterable[tuple[str, float, float]], *, coverage: float = 0.8) -> Calibration:
    """From (group, guess in s, wait in s).

    Raises:
        ValueError: fewer than ``LEAST_SAMPLES``, or a coverage that is none.
    """
    if not 0 < coverage < 1:
        raise ValueError("the coverage lies between 0 and 1")
    errors: dict[str, list[float]] = {}
    for group, guess, wait in samples:
        errors.setdefault(group, []).append(wait - guess)
    count = sum(map(len, errors.values()))
    if count < LEAST_SAMPLES:
        raise ValueError(f"{count} waits are too few to calibrate with; {LEAST_SAMPLES} are needed")
    tail = (1.0 - coverage) / 2.0
    well_known = {group: found for group, found in errors.items() if len(found) >= LEAST_SAMPLES}
    rare = [error for group, found in errors.items() if group not in well_known for error in found]
    everybody = rare if len(rare) >= LEAST_RARE else [error for found in errors.values() for error in found]
    groups = {group: _quantiles(sorted(found), tail) for group, found in (well_known | {EVERYBODY: everybody}).items()}
    return Calibration(groups, coverage, count)


def _quantiles(errors: list[float], tail: float) -> Errors:
    count = len(errors)
    low = errors[max(0, floor((count + 1) * tail) - 1)]
    high = errors[min(count - 1, ceil((count + 1) * (1.0 - tail)) - 1)]
    return Errors(low, errors[count // 2], high)
