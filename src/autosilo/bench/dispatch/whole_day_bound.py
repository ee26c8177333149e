"""What no policy can beat in the mean over whole days, whatever it knows of walk-ups but what they will ask for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autosilo.planner.machine import Machine

Floats = NDArray[np.float64]


def walk_up_bound_s(machine: Machine, wanted: Sequence[float]) -> float:
    """Least possible expected wait of a walk-up, in seconds. ``wanted``: share of demand of each variant.

    What a walk-up asks for is drawn by the demand's shares, independently of all before; so the tower stands ready
    before it is known. At best one car of each of the most wanted variants stands in each delivery bay and on each
    carriage, and costs no wait. For every other variant some lift must reach a bay, take the car, bring it down and put
    it down. A lift that moves must end its move, so counting from where that ends is no overestimate. The bound gives
    each variant a bay of its own, the most wanted the cheapest (rearrangement inequality), for the best place of each
    lift. No queue, no storage and no shortage of stations is counted: it is a bound, not a forecast.
    """
    shares = np.array(wanted)
    shares = np.sort(shares / shares.sum())[::-1]
    shares = shares[len(machine.deliveries) + machine.lifts :]
    if not len(shares):
        return machine.open_s
    reach = [_cheapest(machine, lift) for lift in range(machine.lifts)]
    best = _best_places(reach, shares)
    return float(best + machine.open_s * shares.sum())


def _cheapest(machine: Machine, lift: int) -> Floats:
    """For each place where the lift may stand, its bays' seconds until delivered, ascending (places × bays)."""
    first, size = machine.first_bay[lift], len(machine.bays[lift])
    stations = [place for place in machine.deliveries + machine.intakes if lift in machine.reach[place]]
    places = [*range(first, first + size), *stations]
    empty = machine.times[lift].seconds[places][:, first : first + size]
    return np.unique(np.sort(empty + np.array(machine.bays[lift].seconds), axis=1), axis=0)


def _best_places(reach: list[Floats], shares: np.ndarray) -> float:
    """The least sum of share × cost over the lifts' places; lifts are taken one after the other, all together."""
    count = len(shares)
    merged = reach[0][:, :count]
    for more in reach[1:]:
        both = np.concatenate(
            [np.repeat(merged, len(more), axis=0), np.tile(more[:, :count], (len(merged), 1))], axis=1
        )
        merged = np.unique(np.sort(both, axis=1)[:, :count], axis=0)
    costs = merged[:, : len(shares)] @ shares[: merged.shape[1]]
    return float(costs.min())
