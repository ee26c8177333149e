"""The least weighted wait of a stream by someone who knows every request and every driver beforehand, exactly.

Cars are started one after another in the order of their start; each starts as early as lift, request and delivery bay
allow, and not before the one started last. Some such schedule is optimal: in any schedule the cars can be moved
forward in the order of their starts without delaying another. States after k starts that have the same cars and
stopping places are compared: one that is late by no more than δ, and cheaper by δ × the weight still to come, is as
good, since everything can be done δ later. What cannot beat a known schedule any more is dropped by a lower bound.
"""

from bisect import insort
from collections.abc import Iterator
from functools import lru_cache
from heapq import nsmallest
from math import inf
from typing import NamedTuple

from autosilo.bench.dispatch.instances import Instance

BEAM = 150
ROUNDING = 1e-6


def optimum(instance: Instance) -> float:
    """Least sum of weight × seconds from request to done, over all cars."""
    return Clairvoyant(instance).optimum()


class State(NamedTuple):
    """``cost`` of the started cars; ``clock``: the last start; when and where lifts are free; bays free, in order."""

    cost: float
    clock: float
    free: tuple[float, ...]
    open_at: tuple[float, ...]


Group = tuple[int, tuple[int, ...]]
"""The cars not yet started (bit j: car j), and where the lifts stop."""


class Clairvoyant:
    """Both a beam search for a good schedule and the exact search that proves or improves it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        times = instance.tower.times()
        self.way = times.rows
        cars = instance.cars
        self.source = [car.floor if car.kind == "retrieve" else 0 for car in cars]
        self.destination = [0 if car.kind == "retrieve" else car.floor for car in cars]
        self.carry = [times.carry_s(a, b) for a, b in zip(self.source, self.destination, strict=True)]
        self.delivers = [car.kind == "retrieve" and instance.delivery_bays > 0 for car in cars]
        self.weight_of = lru_cache(maxsize=None)(self._weight_of)
        self.together = lru_cache(maxsize=None)(self._together)
        self.looked_at = 0

    def optimum(self) -> float:
        """Least sum of weight × seconds from request to done."""
        good = self._sweep(inf, BEAM)
        return min(good, self._sweep(good + ROUNDING, None))

    def _sweep(self, limit: float, beam: int | None) -> float:
        everyone = (1 << len(self.instance.cars)) - 1
        lifts = self.instance.lifts
        start = State(0.0, 0.0, (0.0,) * lifts, (0.0,) * self.instance.delivery_bays)
        layer: dict[Group, list[State]] = {(everyone, (0,) * lifts): [start]}
        for _ in self.instance.cars:
            following: dict[Group, list[State]] = {}
            for group, states in layer.items():
                for state in states:
                    for after, reached in self._successors(group, state, limit):
                        self.looked_at += 1
                        self._enter(following.setdefault(after, []), reached, self.weight_of(after[0]))
            layer = following if beam is None else self._narrow(following, beam)
        return min((state.cost for states in layer.values() for state in states), default=inf)

    def _successors(self, group: Group, state: State, limit: float) -> Iterator[tuple[Group, State]]:
        left, places = group
        for j, car in enumerate(self.instance.cars):
            if not left >> j & 1:
                continue
            for lift in car.lifts:
                start = max(state.clock, state.free[lift], car.release)
                if self.delivers[j]:
                    start = max(start, state.open_at[0])
                if self._wasteful(left ^ (1 << j), j, lift, places[lift], state, start):
                    continue
                done = start + self.way[places[lift]][self.source[j]] + self.carry[j]
                cost = state.cost + car.weight * (done - car.release)
                reached = self._after(state, j, lift, start, done, cost)
                if cost + self._bound(left ^ (1 << j), reached) < limit:
                    stops = (*places[:lift], self.destination[j], *places[lift + 1 :])
                    yield (left ^ (1 << j), stops), reached

    def _after(self, state: State, j: int, lift: int, start: float, done: float, cost: float) -> State:
        free = tuple(max(start, done if one == lift else at) for one, at in enumerate(state.free))
        open_at = [max(start, at) for at in state.open_at]
        if self.delivers[j]:
            del open_at[0]
            insort(open_at, done + self.instance.cars[j].dwell)
        return State(cost, start, free, tuple(open_at))

    def _wasteful(self, left: int, j: int, lift: int, place: int, state: State, start: float) -> bool:
        """Could this lift store another car before, and be no later at ``j``?"""
        arrival = start + self.way[place][self.source[j]]
        for k, car in enumerate(self.instance.cars):
            if left >> k & 1 and not self.delivers[k] and lift in car.lifts:
                done = max(state.clock, state.free[lift], car.release) + self.way[place][self.source[k]] + self.carry[k]
                if done + self.way[self.destination[k]][self.source[j]] <= arrival:
                    return True
        return False

    def _enter(self, states: list[State], new: State, weight: float) -> None:
        """Keep ``new`` unless a kept one is as good; drop those that it makes needless."""
        for old in states:
            if _as_good(old, new, weight):
                return
        states[:] = [old for old in states if not _as_good(new, old, weight)]
        states.append(new)

    def _narrow(self, layer: dict[Group, list[State]], beam: int) -> dict[Group, list[State]]:
        ranked = [
            (state.cost + self._bound(group[0], state), group, state) for group, of in layer.items() for state in of
        ]
        kept: dict[Group, list[State]] = {}
        for _, group, state in nsmallest(beam, ranked, key=lambda row: row[0]):
            kept.setdefault(group, []).append(state)
        return kept

    def _bound(self, left: int, state: State) -> float:
        """No less can the cars ``left`` cost: each by itself, and all together on lifts that never travel empty."""
        alone = 0.0
        for j, car in enumerate(self.instance.cars):
            if left >> j & 1:
                begin = max(car.release, min([state.free[lift] for lift in car.lifts]))
                alone += car.weight * (begin + self.carry[j] - car.release)
        fixed, weight = self.together(left)
        return max(alone, fixed + weight * min(state.free))

    def _weight_of(self, left: int) -> float:
        return sum(car.weight for j, car in enumerate(self.instance.cars) if left >> j & 1)

    def _together(self, left: int) -> tuple[float, float]:
        """Eastman, Even and Isaacs (1964): m machines cost at least the m-th part of one, and something more."""
        cars = [(self.carry[j], car) for j, car in enumerate(self.instance.cars) if left >> j & 1]
        cars.sort(key=lambda pair: pair[0] / max(pair[1].weight, 1e-9))
        m, t, one, own = self.instance.lifts, 0.0, 0.0, 0.0
        for carry, car in cars:
            t += carry
            one += car.weight * t
            own += car.weight * carry
        released = sum(car.weight * car.release for _, car in cars)
        return one / m + own * (m - 1) / (2 * m) - released, self.weight_of(left)


def _as_good(one: State, other: State, weight: float) -> bool:
    """Is ``one`` no worse than ``other``, whatever follows?"""
    spare = other.cost - one.cost + ROUNDING / 100
    if spare < 0:
        return False
    late = 0.0
    for a, b in zip(one.free, other.free, strict=True):
        late = max(late, a - b)
    for a, b in zip(one.open_at, other.open_at, strict=True):
        late = max(late, a - b)
    return late * weight <= spare
