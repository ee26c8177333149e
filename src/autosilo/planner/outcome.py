"""What a simulated design gives: figures for people and programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autosilo.planner.demand import Demand
from autosilo.planner.design import Design
from autosilo.planner.draws import Opening
from autosilo.planner.machine import Machine
from autosilo.planner.world import Counts

Floats = NDArray[np.float64]
BIN_S = 15
BINS = 24
"""Of the wait distribution; the last one has all longer waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Waits in seconds; a booked shopper's counts from the later of booked time and identification. Shares from 0 to 1.

    ``wait_bins``: pick-ups by wait, each bin ``BIN_S`` wide. ``occupancy``: mean of cars in bays by hour of the day.
    ``delivery_busy``: share of opening time in which exactly so many delivery bays were taken. ``bays``: name of each
    bay with the share of time in which a car stood there. ``cost``: a year, in the demand file's currency.
    """

    design: Design
    days: int
    pickups: int
    wait_mean_s: float
    wait_p50_s: float
    wait_p95_s: float
    walk_up_mean_s: float
    walk_up_p95_s: float
    booked_mean_s: float
    booked_p95_s: float
    refused_pickups: float
    substituted: float
    refused_returns: float
    return_p95_s: float
    lift_use: float
    bay_count: int
    bays_mean: float
    bays_most: int
    relocations_each: float
    charge_moves_a_day: float
    cost: float
    good: bool
    wait_bins: tuple[int, ...]
    occupancy: tuple[float, ...]
    delivery_busy: tuple[float, ...]
    bays: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def outcome(
    design: Design, machine: Machine, demand: Demand, opening: Opening, counts: Counts, *, days: int
) -> Outcome:
    """``demand`` with the design's cars and chargers."""
    waits = np.array([wait.after_due_s for wait in counts.waits])
    booked = np.array([wait.booked for wait in counts.waits], dtype=bool)
    asked = max(1, len(waits) + counts.refused_pickups)
    returns = max(1, len(counts.returns))
    open_s = 3600.0 * days / 7.0 * sum(hours[1] - hours[0] for hours in opening if hours is not None)
    p95 = _quantile(waits, 0.95)
    refused = counts.refused_pickups / asked, counts.refused_returns / returns
    looked = [count for hour in counts.occupancy for count in hour]
    return Outcome(
        design=design,
        days=days,
        pickups=len(waits),
        wait_mean_s=_mean(waits),
        wait_p50_s=_quantile(waits, 0.5),
        wait_p95_s=p95,
        walk_up_mean_s=_mean(waits[~booked]),
        walk_up_p95_s=_quantile(waits[~booked], 0.95),
        booked_mean_s=_mean(waits[booked]),
        booked_p95_s=_quantile(waits[booked], 0.95),
        refused_pickups=round(refused[0], 4),
        substituted=round(counts.substituted / asked, 4),
        refused_returns=round(refused[1], 4),
        return_p95_s=_quantile(np.array(counts.returns), 0.95),
        lift_use=round(sum(counts.lift_busy_s) / machine.lifts / open_s, 3),
        bay_count=machine.bay_count,
        bays_mean=_mean(np.array(looked)),
        bays_most=max(looked, default=0),
        relocations_each=round(counts.relocations / max(1, counts.retrievals), 3),
        charge_moves_a_day=round(counts.charge_moves / days, 1),
        cost=cost(design, machine, demand),
        good=p95 <= demand.service.p95_wait_s and max(refused) <= demand.service.refused,
        wait_bins=tuple(np.bincount(np.minimum(waits // BIN_S, BINS - 1).astype(int), minlength=BINS).tolist()),
        occupancy=tuple(_mean(np.array(hour)) for hour in counts.occupancy),
        delivery_busy=_shares(counts.delivery_busy_s),
        bays={
            name: round(counts.bay_in_s.get(bay, 0.0) / (days * 86_400.0), 4)
            for bay, name in enumerate(machine.names[: machine.bay_count])
        },
    )


def cost(design: Design, machine: Machine, demand: Demand) -> float:
    """A year, in the demand file's currency."""
    each = demand.costs
    return (
        each.lift * design.lifts
        + each.bay * machine.bay_count
        + each.delivery_bay * design.delivery_bays
        + each.charger * design.chargers
        + each.car * design.cars
    )


def advised(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The cheapest that keeps the promise; of equals the one with the shortest wait."""
    good = [one for one in outcomes if one.good]
    return min(good, key=lambda one: (one.cost, one.wait_p95_s)) if good else None


def _mean(values: Floats) -> float:
    return round(float(values.mean()), 1) if len(values) else 0.0


def _quantile(values: Floats, share: float) -> float:
    return round(float(np.quantile(values, share)), 1) if len(values) else 0.0


def _shares(seconds: Sequence[float]) -> tuple[float, ...]:
    total = sum(seconds) or 1.0
    return tuple(round(one / total, 4) for one in seconds)
