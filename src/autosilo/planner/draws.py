"""Everything random about the shoppers of a run, drawn at once: the same seed gives the same people to every design."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autosilo.planner.demand import HOURS, WEEKDAYS, Demand

DAY_S = 86_400.0
HOUR_S = 3_600.0
Floats = NDArray[np.float64]
Opening = Sequence[tuple[float, float] | None]
"""(opens, shuts) in hours of the day, for Monday to Sunday; None on a day that is closed."""


@dataclass(frozen=True, slots=True)
class People:
    """One entry a shopper, in order of the time for which they come. Seconds since the run's first midnight (Monday).

    ``due``: the booked time; for a walk-up the moment of arrival. ``offset``: arrival after ``due``. ``known``: how
    long before ``due`` the car is assigned. ``which``: uniform number that chooses among equal cars.
    """

    due: list[float]
    booked: list[bool]
    offset: list[float]
    no_show: list[bool]
    known: list[float]
    dwell: list[float]
    away: list[float]
    intake: list[float]
    charge: list[float]
    model: list[int]
    which: list[float]

    def __len__(self) -> int:
        return len(self.due)


def hourly_rates(demand: Demand, opening: Opening) -> Floats:
    """Expected pick-ups in each hour of the week (7 × 24).
    Raises:
        ValueError: no demand falls into opening hours.
    """
    shape = np.zeros((7, HOURS))
    by_weekday = [
        weight for _, weight in sorted(demand.pickups.by_weekday.items(), key=lambda one: WEEKDAYS.index(one[0]))
    ]
    for weekday, hours in enumerate(opening):
        if hours is None:
            continue
        for hour in range(HOURS):
            open_part = max(0.0, min(hours[1], hour + 1) - max(hours[0], hour))
            shape[weekday, hour] = open_part * demand.pickups.by_hour[hour]
        shape[weekday] *= by_weekday[weekday] / max(shape[weekday].sum(), 1e-12)
    if not shape.any():
        raise ValueError("pickups: no demand falls into the opening hours of the site")
    return shape * (7.0 * demand.pickups.a_day / shape.sum())


def draw_people(demand: Demand, opening: Opening, *, first_day: int, days: int, seed: Sequence[int]) -> People:
    """Shoppers of ``days`` days from day ``first_day`` (0 is a Monday; may be negative)."""
    rng = np.random.default_rng(np.random.SeedSequence([abs(one) for one in seed]))
    rates = hourly_rates(demand, opening)
    due = _times(rng, rates, opening, first_day, days)
    size = len(due)
    booking, trial, handover = demand.booking, demand.trial, demand.handover
    booked = rng.random(size) < booking.share
    offset = 60.0 * np.clip(
        rng.normal(-booking.early_min, booking.spread_min, size),
        -booking.early_min - 3 * booking.spread_min,
        min(booking.grace_min, 3 * booking.spread_min),
    )
    share = np.array([model.share for model in demand.models])
    away = HOUR_S * (trial.hours + rng.normal(-trial.early_h, trial.spread_h, size))
    away += np.where(rng.random(size) < trial.late, rng.exponential(HOUR_S * trial.late_h, size), 0.0)
    return People(
        due=due.tolist(),
        booked=booked.tolist(),
        offset=np.where(booked, offset, 0.0).tolist(),
        no_show=(booked & (rng.random(size) < booking.no_show)).tolist(),
        known=(HOUR_S * np.maximum(0.5, rng.exponential(booking.known_before_h, size))).tolist(),
        dwell=rng.uniform(handover.dwell_min_s, handover.dwell_max_s, size).tolist(),
        away=np.maximum(HOUR_S * 0.25, away).tolist(),
        intake=rng.uniform(handover.intake_min_s, handover.intake_max_s, size).tolist(),
        charge=rng.uniform(demand.charging.back_low, demand.charging.back_high, size).tolist(),
        model=rng.choice(len(share), size, p=share / share.sum()).tolist(),
        which=rng.random(size).tolist(),
    )


def _times(rng: np.random.Generator, rates: Floats, opening: Opening, first_day: int, days: int) -> Floats:
    """A Poisson process whose rate is constant within each hour."""
    found = []
    for day in range(first_day, first_day + days):
        hours = opening[day % 7]
        if hours is None:
            continue
        counts = rng.poisson(rates[day % 7])
        for hour in np.flatnonzero(counts):
            begins, ends = max(hours[0], float(hour)), min(hours[1], hour + 1.0)
            found.append(day * DAY_S + HOUR_S * rng.uniform(begins, ends, counts[hour]))
    return np.sort(np.concatenate(found)) if found else np.zeros(0)
