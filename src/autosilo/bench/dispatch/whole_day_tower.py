"""The tower and the demand of the whole-day runs.

Two lifts, each with 16 floors × 8 sectors of its own (256 bays), 2.3 m from floor to floor, 2 m/s, 0.3 m/s², 25 s to
take or put a car; turning is over before the lift has risen a floor. Six delivery bays and four intakes, behind
shutters, serve both lifts. Gates open while the lift puts the car down, so they add nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from autosilo.planner.demand import Demand
from autosilo.planner.machine import Machine
from autosilo.tower.config import bay_name
from autosilo.tower.kinematics import Ramp
from autosilo.tower.storage.rack import NO_BAY, Bays
from autosilo.tower.traveltimes import travel_times

FLOORS, SECTORS, PITCH_M = 16, 8, 2.3
SPEED_M_S, ACCELERATION_M_S2, TRANSFER_S = 2.0, 0.3, 25.0
CLEAR_S = 5.0
"""From the moment in which a shopper has driven off until the delivery bay can be used again."""
INTAKES = 4
STATIONS = (*(f"L1.D{number}" for number in range(1, 10)), *(f"L1.I{number}" for number in range(1, 1 + INTAKES)))
OPENING = [(8.0, 22.0)] * 7
STOCK = 170
"""Cars that stand in the tower, by expectation: two thirds of its bays, since the number swings by 33 (one standard
deviation) and a full tower must refuse returns."""
CLASSES = (("A", 0.2, 0.5), ("B", 0.3, 0.3), ("C", 0.5, 0.2))
"""Share of the stock and of demand: a fifth of the cars makes half of the demand (the curve "20/50" of the literature
on class-based storage, Hausman, Schwarz and Graves 1976)."""
VARIANTS = 60
"""Models and colours that a shopper tells apart: three equal cars of each stand in the tower, by expectation."""
PEAK_AN_HOUR = 30
DAY = (0, 0, 0, 0, 0, 0, 0, 0, 12, 18, 22, 24, 22, 20, 22, 24, 27, 30, 28, 22, 14, 8, 0, 0)
"""A day with one hour of 30 pick-ups and 30 returns."""
FLAT = (0,) * 8 + (PEAK_AN_HOUR,) * 14 + (0, 0)
"""A day with 14 such hours."""


def tower(
    *, lifts: int = 2, floors: int = FLOORS, sectors: int = SECTORS, deliveries: int = 6, depth: int = 1
) -> Machine:
    """Its tables. ``depth`` 2: behind each bay lies a rear bay that takes as long."""
    levels = [floor for floor in range(1, floors + 1) for _ in range(sectors * depth)]
    size, stations = len(levels), deliveries + INTAKES
    level = (*(levels * lifts), *((0,) * stations))
    first = tuple(lift * size for lift in range(lifts))
    ramp = Ramp(SPEED_M_S, ACCELERATION_M_S2)
    times = travel_times([floor * PITCH_M for floor in level], ramp, take_s=TRANSFER_S)
    street = lifts * size
    bays = Bays(
        seconds=[times.carry_s(bay, street) for bay in range(size)],
        rear=[bay + 1 if depth == 2 and bay % 2 == 0 else NO_BAY for bay in range(size)],
        front=[bay - 1 if depth == 2 and bay % 2 else NO_BAY for bay in range(size)],
        kind=[1] * size,
        charges=[False] * size,
    )
    return Machine(
        lifts=lifts,
        names=tuple(_name(place, size, sectors, depth) for place in range(street))
        + STATIONS[:deliveries]
        + STATIONS[-INTAKES:],
        first_bay=first,
        bays=(bays,) * lifts,
        bay_count=street,
        deliveries=tuple(range(street, street + deliveries)),
        intakes=tuple(range(street + deliveries, street + stations)),
        reach=dict.fromkeys(range(street, street + stations), tuple(range(lifts))),
        locks=frozenset(),
        times=(times,) * lifts,
        level=level,
        open_s=0.0,
        shut_s=CLEAR_S,
        lift_of_bay=tuple(place // size for place in range(street)),
        kinds_for=((),),
    )


def _name(place: int, size: int, sectors: int, depth: int) -> str:
    lift, bay = divmod(place, size)
    lane, rear = divmod(bay, depth)
    return f"L{lift + 1}.{bay_name(1 + lane // sectors, 1 + lane % sectors)}{'R' if rear else ''}"


def demand(*, booked: float, profile: Sequence[float] = DAY, variants: int = VARIANTS, stock: int = STOCK) -> Demand:
    """Cars come back three days after they left, so as many come in as go out, at the same hours.

    ``variants`` 0: no two cars are alike to a shopper; then models stand for the classes A, B and C only.
    """
    a_day = PEAK_AN_HOUR * sum(profile) / max(profile)
    no_show = 0.04
    away = 3 * a_day * (1 - no_show * booked)
    return Demand.model_validate(
        {
            "pickups": {"a_day": a_day, "by_hour": tuple(profile), "by_weekday": dict.fromkeys(_WEEK, 1.0)},
            "booking": {"share": booked, "no_show": no_show},
            "trial": {"hours": 72.0, "early_h": 0.0, "spread_h": 0.3, "late": 0.0},
            "models": _models(variants or len(CLASSES), away, stock),
            "faults": {"a_year": 0.0},
        }
    )


_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _models(variants: int, away: float, stock: int) -> list[Mapping[str, Any]]:
    models: list[Mapping[str, Any]] = []
    for name, of_stock, of_demand in CLASSES:
        count = 1 if variants == len(CLASSES) else round(variants * of_stock)
        cars = round(away * of_demand + stock * of_stock)
        models += [
            {
                "name": f"{name}{number + 1}",
                "cars": cars * (number + 1) // count - cars * number // count,
                "share": of_demand / count,
            }
            for number in range(count)
        ]
    return models
