"""Where the cars of a wish are now: from their kept periods and the tower's last report, without a read of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

Period = tuple[float, float]
LONG_AGO = 0.0


class Car(NamedTuple):
    """``kept``: its periods for trials (Unix times, turn-round included), rising. ``ready_from``: charges, or is on its
    way to its site, until then."""

    kept: list[Period]
    ready_from: float | None = None

    def unfree(self) -> list[Period]:
        """When nobody else can have it, in the order of the beginnings."""
        return self.kept if self.ready_from is None else [(LONG_AGO, self.ready_from), *self.kept]


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Every car once. ``ready``, ``kept`` and ``charged`` stand in the tower; times are Unix times, rising:
    ``charged``, when each that charges is ready; ``free_again``, of cars that are out and kept for a trial now;
    ``arriving``, when each that is on its way from another site can be had."""

    ready: int
    kept: int
    charged: tuple[float, ...] = ()
    free_again: tuple[float, ...] = ()
    arriving: tuple[float, ...] = ()
    elsewhere: int = 0


NOWHERE = Whereabouts(ready=0, kept=0)


def of(cars: Mapping[str, Car], *, inside: Iterable[str], now: datetime) -> Whereabouts:
    """``cars``: by VIN; ``inside``: VINs in the tower."""
    stand, instant = set(inside), now.timestamp()
    ready = kept = elsewhere = 0
    charged, free_again, arriving = list[float](), list[float](), list[float]()
    for vin, car in cars.items():
        until = _kept_until(car.kept, instant)
        waits = car.ready_from if car.ready_from is not None and car.ready_from > instant else None
        if until is not None and vin in stand:
            kept += 1
        elif until is not None:
            free_again.append(max(until, waits or until))
        elif waits is not None:
            (charged if vin in stand else arriving).append(waits)
        elif vin in stand:
            ready += 1
        else:
            elsewhere += 1
    return Whereabouts(
        ready=ready,
        kept=kept,
        charged=tuple(sorted(charged)),
        free_again=tuple(sorted(free_again)),
        arriving=tuple(sorted(arriving)),
        elsewhere=elsewhere,
    )


def _kept_until(periods: Iterable[Period], instant: float) -> float | None:
    return next((upper for lower, upper in periods if lower <= instant < upper), None)
