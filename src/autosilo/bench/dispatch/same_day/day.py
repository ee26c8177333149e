"""A day of walk-ups, bookings and returns, drawn with a seed; times in seconds of the tower, not of this run."""

import random
from dataclasses import dataclass

from autosilo.bench.dispatch.instances import LONGEST_DWELL_S, SHORTEST_DWELL_S
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Role, bays

AT_HOME = 150
"""Cars in the 256 bays at first."""
KINDS = 50
"""Of model and colour: about three equal cars of each, as in the whole-day runs."""
AN_HOUR = 30
"""Cars out, and as many back, as in the peak hour of the whole-day runs."""
BOOKED = 0.5
NO_SHOW = 0.06
GRACE_S = 600.0
SPREAD_S = 120.0
"""Standard deviation of a booked shopper's arrival, who is expected a minute early."""
EARLY_S = 60.0
INTAKE_S = (45.0, 150.0)
FIRST_S = 60.0
FIRST_BOOKED_S = 900.0
"""Nobody is booked for a time whose preparation would have begun before the day does."""


@dataclass(frozen=True, slots=True)
class Pickup:
    """``car``: the one that is promised at first, if it is still there. ``due``: the booked time, None for a walk-up.
    ``comes``: when its shopper is there, None: never. ``dwell``: from the open gate until the car has left."""

    car: int
    due: float | None
    comes: float | None
    dwell: float


@dataclass(frozen=True, slots=True)
class Back:
    """A car is brought back at ``comes``; ``inside``: from the open intake until the car stands there."""

    car: int
    comes: float
    inside: float


@dataclass(frozen=True, slots=True)
class Day:
    """``places``: bay -> number of the car that stands there at first."""

    places: dict[str, int]
    pickups: tuple[Pickup, ...]
    backs: tuple[Back, ...]
    seconds: float


def kind(car: int) -> int:
    """Cars of one kind will do for each other."""
    return car % KINDS


def drawn(site: SiteConfig, *, seed: int, hours: float) -> Day:
    """Poisson processes; each car leaves at most once, and one that comes back was not inside before."""
    dice = random.Random(seed)  # noqa: S311  not a secret
    names = [place.name for lift in site.tower.lifts for place in bays(site.tower, lift) if place.role is Role.BAY]
    places = {bay: number for number, bay in enumerate(dice.sample(names, AT_HOME), start=1)}
    seconds = hours * 3600.0
    out = iter(dice.sample(sorted(places.values()), AT_HOME))
    pickups = [_pickup(dice, next(out), at) for at in _times(dice, seconds)[:AT_HOME]]
    backs = [
        Back(AT_HOME + number, at, dice.uniform(*INTAKE_S)) for number, at in enumerate(_times(dice, seconds), start=1)
    ]
    return Day(places, tuple(pickups), tuple(backs), seconds)


def _times(dice: random.Random, until: float) -> list[float]:
    found, at = [], FIRST_S
    while at < until:
        found.append(at)
        at += dice.expovariate(AN_HOUR / 3600.0)
    return found


def _pickup(dice: random.Random, car: int, at: float) -> Pickup:
    dwell = dice.uniform(SHORTEST_DWELL_S, LONGEST_DWELL_S)
    if dice.random() >= BOOKED or at < FIRST_BOOKED_S:
        return Pickup(car, None, at, dwell)
    comes = at + dice.gauss(-EARLY_S, SPREAD_S)
    return Pickup(car, at, None if dice.random() < NO_SHOW else max(FIRST_S / 2, min(comes, at + GRACE_S)), dwell)
