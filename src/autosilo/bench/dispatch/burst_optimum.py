"""The least weighted wait of a burst, exactly, by dynamic programming over sets of cars.

One lift: the delay of a move counts for every car of its list that is not done yet, so the cost of a list is a sum over
its moves of their seconds × the weight not yet served. With h(S, p) the least cost to serve the set S from place p:

    h(S, p) = min over j in S of (way(p, source j) + carry j) · weight(S) + h(S \\ j, destination j)

(Held and Karp 1962, with the objective of the travelling repairman). Lifts are independent, so the optimum of several
is the least sum over all ways to divide the cars among them.
"""

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from autosilo.bench.dispatch.instances import Instance

Floats = NDArray[np.float64]
LARGEST = 16
DIGITS_AT_ONCE = 12
"""Divisions among three lifts are looked at in pieces of 3 to this power, to spare memory."""


def optimum(instance: Instance) -> float:
    """Least sum of weight × seconds until done, over all cars.

    Raises:
        ValueError: not a burst, or too large for this method.
    """
    if instance.delivery_bays or any(car.release for car in instance.cars):
        raise ValueError(f"{instance.name}: only for requests that come at once, with delivery bays enough")
    if len(instance.cars) > LARGEST or instance.lifts > 3:
        raise ValueError(f"{instance.name}: at most {LARGEST} cars and 3 lifts")
    costs = one_lift(instance)
    return divide([np.where(_allowed(instance, lift), costs, np.inf) for lift in range(instance.lifts)])


def one_lift(instance: Instance) -> Floats:
    """For each set of cars (bit j: car j) the least cost when one lift serves all of them, from the street."""
    times = instance.tower.times()
    cars = instance.cars
    source = np.array([car.floor if car.kind == "retrieve" else 0 for car in cars])
    destination = np.array([0 if car.kind == "retrieve" else car.floor for car in cars])
    places = np.unique(np.append(destination, 0))
    index = {place: number for number, place in enumerate(places.tolist())}
    carry = np.array([times.carry_s(int(a), int(b)) for a, b in zip(source, destination, strict=True)])
    way = times.seconds[np.ix_(places, source)] + carry
    sets = np.arange(1 << len(cars), dtype=np.int64)
    weight = reduce(np.add, [np.where(sets >> j & 1, car.weight, 0.0) for j, car in enumerate(cars)])
    size = np.bitwise_count(sets)
    cost = np.full((len(sets), len(places)), np.inf)
    cost[0] = 0.0
    for members in range(1, len(cars) + 1):
        layer = sets[size == members]
        for j in range(len(cars)):
            with_j = layer[(layer >> j & 1) == 1]
            after = cost[with_j ^ (1 << j), index[int(destination[j])]]
            cost[with_j] = np.minimum(cost[with_j], weight[with_j, None] * way[None, :, j] + after[:, None])
    return cost[:, index[0]]


def divide(costs: list[Floats]) -> float:
    """Least sum over all divisions of the cars among lifts, lift i paying ``costs[i]`` for its set."""
    everyone = len(costs[0]) - 1
    if len(costs) == 1:
        return float(costs[0][everyone])
    if len(costs) == 2:
        return float(np.min(costs[0] + costs[1][::-1]))
    return _three(costs, everyone.bit_length())


def _three(costs: list[Floats], cars: int) -> float:
    """Each car's lift is a digit to the base 3."""
    low = min(cars, DIGITS_AT_ONCE)
    first_low, second_low = _digits(low)
    first_high, second_high = _digits(cars - low)
    everyone = (1 << cars) - 1
    best = np.inf
    for one, two in zip(first_high << low, second_high << low, strict=True):
        first, second = first_low | one, second_low | two
        best = min(best, float(np.min(costs[0][first] + costs[1][second] + costs[2][everyone ^ first ^ second])))
    return best


def _digits(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For every number of ``count`` digits to the base 3: the sets of positions that hold a 0, and a 1."""
    zeros, ones = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for digit in range(count):
        bit = 1 << digit
        zeros, ones = np.concatenate([zeros | bit, zeros, zeros]), np.concatenate([ones, ones | bit, ones])
    return zeros, ones


def _allowed(instance: Instance, lift: int) -> NDArray[np.bool_]:
    barred = sum(1 << j for j, car in enumerate(instance.cars) if lift not in car.lifts)
    return (np.arange(1 << len(instance.cars)) & barred) == 0
