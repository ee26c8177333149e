"""Where the cars of a wish are now: from their kept periods and the tower's last report, without a read of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Every car once. ``free_again``: Unix times, rising, for cars that are out and kept for a trial now."""

    ready: int
    kept: int
    free_again: tuple[float, ...]
    elsewhere: int


NOWHERE = Whereabouts(ready=0, kept=0, free_again=(), elsewhere=0)


def of(cars: Mapping[str, Iterable[tuple[float, float]]], *, inside: Iterable[str], now: datetime) -> Whereabouts:
    """``cars``: VIN to its kept periods (Unix time, turn-round included); ``inside``: VINs in the tower."""
    stand = set(inside)
    instant = now.timestamp()
    until = {vin: _kept_until(periods, instant) for vin, periods in cars.items()}
    out = [vin for vin in until if vin not in stand]
    back = sorted(end for vin in out if (end := until[vin]) is not None)
    kept = sum(end is not None for vin, end in until.items() if vin in stand)
    return Whereabouts(
        ready=len(until) - len(out) - kept, kept=kept, free_again=tuple(back), elsewhere=len(out) - len(back)
    )


def _kept_until(periods: Iterable[tuple[float, float]], instant: float) -> float | None:
    return next((upper for lower, upper in periods if lower <= instant < upper), None)
