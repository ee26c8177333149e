"""Plays an instance: what a policy's decisions come to. Nothing is known of a request before it is made."""

from collections.abc import Callable, Sequence
from math import inf

from autosilo.bench.dispatch.instances import LONGEST_DWELL_S, SHORTEST_DWELL_S, Car, Instance
from autosilo.tower.dispatch import Job, Kind, LiftState, Move, Option, Snapshot, Station
from autosilo.tower.traveltimes import TravelTimes

MEAN_DWELL_S = (SHORTEST_DWELL_S + LONGEST_DWELL_S) / 2
"""What a policy expects of the next driver."""
LEAST_MORE_S = 1.0
"""A bay that is taken is not free now."""

Choose = Callable[[Snapshot, Sequence[TravelTimes]], Sequence[Move]]
"""(snapshot, tables) to what begins now."""


class CannotGoOn(Exception):
    """The policy lets every lift wait although nothing will happen any more."""


def play(instance: Instance, choose: Choose, *, announced_s: float = 0.0) -> float:
    """Sum of weight × seconds from request to done. Requests are announced so many seconds before they are made."""
    return Play(instance, announced_s=announced_s).run(choose)


class Play:
    def __init__(self, instance: Instance, *, announced_s: float = 0.0) -> None:
        self.instance = instance
        self.announced_s = announced_s
        self.machine = [instance.tower.times()] * instance.lifts
        self.now = 0.0
        self.free = [0.0] * instance.lifts
        self.place = [0] * instance.lifts
        self.begun_at = [-inf] * instance.delivery_bays
        self.open_at = [-inf] * instance.delivery_bays
        self.jobs = {number: _job(instance, number, car) for number, car in enumerate(instance.cars)}
        self.done: dict[int, float] = {}

    def run(self, choose: Choose) -> float:
        while self.jobs:
            for move in choose(self._snapshot(), self.machine):
                self._begin(move)
            if self.jobs:
                self.now = self._next_event()
        return self.waited()

    def waited(self) -> float:
        """Sum of weight × seconds from request to done."""
        return sum(car.weight * (self.done[number] - car.release) for number, car in enumerate(self.instance.cars))

    def makespan(self) -> float:
        return max(self.done.values())

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            now=self.now,
            lifts=tuple(LiftState(place, free) for place, free in zip(self.place, self.free, strict=True)),
            jobs=tuple(job for job in self.jobs.values() if job.due - self.announced_s <= self.now),
            stations=tuple(self._station(number) for number in range(len(self.open_at))),
        )

    def _station(self, number: int) -> Station:
        """As a controller sees it, who knows since when the car has been there and how long drivers need in general."""
        if self.open_at[number] <= self.now:
            return Station(self.now, MEAN_DWELL_S)
        put = self.begun_at[number]
        soonest = max(self.now, put + SHORTEST_DWELL_S)
        expected = (soonest + put + LONGEST_DWELL_S) / 2
        return Station(max(expected, self.now + LEAST_MORE_S), MEAN_DWELL_S)

    def _begin(self, move: Move) -> None:
        number = move.job.key
        lift, option = move.lift, move.option
        early = move.job.release > self.now or self.free[lift] > self.now
        if not isinstance(number, int) or number not in self.jobs or early:
            raise AssertionError(f"{move} is not possible")
        done = self.now + self.machine[lift].move_s(self.place[lift], option.source, option.destination)
        if option.station is not None:
            if self.open_at[option.station] > self.now:
                raise AssertionError(f"delivery bay {option.station} is taken")
            self.begun_at[option.station] = done
            self.open_at[option.station] = done + self.instance.cars[number].dwell
        self.free[lift], self.place[lift] = done, option.destination
        self.done[number] = done
        del self.jobs[number]

    def _next_event(self) -> float:
        made = [job.due for job in self.jobs.values()]
        moments = [*self.free, *self.open_at, *made, *(at - self.announced_s for at in made)]
        later = [moment for moment in moments if moment > self.now]
        if not later:
            raise CannotGoOn(self.instance.name)
        return min(later)


def _job(instance: Instance, number: int, car: Car) -> Job:
    stations = range(instance.delivery_bays) if instance.delivery_bays else (None,)
    if car.kind == "store":
        options = tuple(Option(lift, 0, car.floor) for lift in car.lifts)
    else:
        options = tuple(Option(lift, car.floor, 0, station) for lift in car.lifts for station in stations)
    kind = Kind.STORE if car.kind == "store" else Kind.RETRIEVE
    return Job(number, kind, options, weight=car.weight, due=car.release, release=car.release)
