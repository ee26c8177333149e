"""The state of a simulated tower: lifts, racks, stations, cars, shoppers, and the list of what happens next."""

import random
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappush
from math import inf
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from autosilo.planner.demand import Demand, Model
from autosilo.planner.draws import Opening, People
from autosilo.planner.machine import Machine
from autosilo.planner.records import NOWHERE, Counts, Returned, Visit
from autosilo.planner.rules import Rules
from autosilo.tower.storage.choose import Stay
from autosilo.tower.storage.rack import Rack

Handler = Callable[["World", float, Any], None]


class Measured(Protocol):
    """A real run that the simulator plays again, deciding for itself: how long things took then, and whether the run
    did the same. Each time is asked when the simulator begins what took so long; what the run did not do takes what was
    computed."""

    def agrees(self, now: float, car: int, source: int, destination: int) -> bool:
        """Was this the next move of its lift in the run? If not, the simulator does not begin it."""

    def promised(self, number: int) -> int | None:
        """Which car this shopper was promised, None when by chance."""

    def chosen(self, number: int, here: bool, car: int) -> int:
        """Which car it got where the simulator chooses ``car``; ``here``: when the shopper came, else ahead of time."""

    def move(
        self, car: int, source: int, destination: int, now: float, taken: float, done: float
    ) -> tuple[float, float]:
        """When the car has left ``source``, and when it stands in ``destination``."""

    def away(self, car: int, at: float) -> float:
        """When the delivery bay of the car is free again."""

    def ready(self, car: int, at: float) -> float:
        """When the intake of the car is shut behind it."""


class World:
    """Everything mutable. ``now`` is passed to whoever needs it; ``at(t, handler, what)`` has it called later."""

    def __init__(
        self,
        machine: Machine,
        demand: Demand,
        people: People,
        rules: Rules,
        *,
        opening: Opening,
        classes: Sequence[str],
        begin: float,
        seed: int,
    ) -> None:
        self.machine, self.demand, self.people, self.rules = machine, demand, people, rules
        self.begin = begin
        """Counting begins here."""
        self.heap: list[tuple[float, int, Handler, Any]] = []
        self.pushed = 0
        self.counts = Counts(lift_busy_s=[0.0] * machine.lifts, delivery_busy_s=[0.0] * (len(machine.deliveries) + 1))
        self.measured: Measured | None = None
        """How long things took where a real run is played again; computed where it is None."""
        self.opening = opening
        self.shut_until = 0.0
        """The next opening, found out at each full hour in which the site is shut."""
        self.dice = random.Random(seed).random  # noqa: S311  not a secret
        self.noise = _noise(demand.faults.spread, seed)
        self._lifts(machine)
        self._stations(machine)
        self._work()
        self._cars(machine, demand, classes)

    def _lifts(self, machine: Machine) -> None:
        self.busy = [False] * machine.lifts
        self.down_until = [0.0] * machine.lifts
        self.locked_until = [0.0] * machine.lifts
        """An open gate of a station without a shutter keeps the lift where it is."""
        self.expected = [0.0] * machine.lifts
        """When a busy lift has ended its move."""
        self.place = [next(s for s in machine.deliveries if lift in machine.reach[s]) for lift in range(machine.lifts)]
        self.carries: list[Visit | None] = [None] * machine.lifts
        """For whom each lift brings, or brought last, a car down."""
        self.racks = [Rack(bays) for bays in machine.bays]
        self.tidy = [False] * machine.lifts
        """Has nothing moved in the lift's rack since there was nothing to rearrange?"""
        self.homes = [0] * machine.lifts
        """Where each lift waits; looked at again after every ``HOME_MOVES`` moves of the lift."""
        self.moves_to_home = [0] * machine.lifts
        self.between = [_between(machine, lift) for lift in range(machine.lifts)]

    def _stations(self, machine: Machine) -> None:
        self.free_deliveries = len(machine.deliveries)
        self.closed = [False] * len(machine.deliveries)
        """By number of the delivery bay: is it taken, or is a car on its way to it?"""
        self.free_at = [0.0] * len(machine.deliveries)
        """When a taken delivery bay will be free, by expectation."""
        self.delivery_index = {station: index for index, station in enumerate(machine.deliveries)}
        self.stations_of = [
            [(index, station) for index, station in enumerate(machine.deliveries) if lift in machine.reach[station]]
            for lift in range(machine.lifts)
        ]
        self.taken_since = self.begin
        self.free_intakes = list(machine.intakes)
        self.outside: deque[tuple[float, int, float]] = deque()
        """Drivers before the intakes: (since, car, seconds they will need)."""

    def _work(self) -> None:
        self.waiting: list[Visit] = []
        """Shoppers whose car no lift has begun to bring."""
        self.to_stage: list[Visit] = []
        """Booked visits whose car stands in a bay, in order of due."""
        self.to_store: list[Returned] = []
        self.visits: dict[int, Visit] = {}
        self.under_way = 0
        """Cars that were let in and have no bay yet."""

    def _cars(self, machine: Machine, demand: Demand, classes: Sequence[str]) -> None:
        self.model: list[int] = []
        self.bay: list[int] = []
        """Number of the place of each car that stands in a bay, else NOWHERE."""
        self.bay_since: list[float] = []
        self.visit_of: list[Visit | None] = []
        self.ready_at: list[float] = []
        """When each car is charged enough to leave; ``inf`` while it waits for a charger."""
        self.charge_s: list[float] = []
        """How long it must still be charged."""
        self.wanting: list[list[int]] = [[] for _ in range(machine.lifts)]
        """By lift: cars in its bays that wait for a charger."""
        self.chargers = [any(bays.charges) for bays in machine.bays]
        self.charging = any(self.chargers)
        self.stock: list[list[int]] = [[] for _ in demand.models]
        """Cars by model that may be handed to whoever asks."""
        self.stock_index: list[int] = []
        self.promised = [0] * len(demand.models)
        """By model: how many of its stock are kept for shoppers who have no particular car yet."""
        self.held = [[0] * len(demand.models) for _ in range(machine.lifts)]
        """By lift and model: cars in its bays."""
        self.rates = _rates(demand)
        self.zones = _zones(demand)
        self.kinds = [_kinds(machine, model, classes) for model in demand.models]

    def at(self, when: float, handler: Handler, what: Any = None) -> None:
        """Have ``handler(world, when, what)`` called at ``when``; equal times keep their order."""
        self.pushed += 1
        heappush(self.heap, (when, self.pushed, handler, what))

    def stay(self, car: int) -> Stay:
        """What is known of a car that is to be stored."""
        visit = self.visit_of[car]
        model = self.model[car]
        return Stay(
            leaves=inf if visit is None else visit.due,
            rate=self.rates[model],
            kinds=self.kinds[model],
            needs_charge=self.charge_s[car] > 0,
        )

    def rack_of(self, car: int) -> tuple[Rack, int]:
        """The rack of a car that stands in a bay, and the bay's number in it."""
        bay = self.bay[car]
        lift = self.machine.lift_of_bay[bay]
        return self.racks[lift], bay - self.machine.first_bay[lift]

    def offer(self, car: int) -> None:
        """The car may be given to whoever asks."""
        pool = self.stock[self.model[car]]
        self.stock_index[car] = len(pool)
        pool.append(car)

    def withdraw(self, car: int) -> None:
        """The car is nobody else's any more."""
        index = self.stock_index[car]
        if index == NOWHERE:
            return
        pool = self.stock[self.model[car]]
        last = pool.pop()
        if last != car:
            pool[index] = last
            self.stock_index[last] = index
        self.stock_index[car] = NOWHERE


def _noise(spread: float, seed: int) -> list[float]:
    """Factors of duration, used in turn; empty without spread."""
    if spread == 0.0:
        return []
    drawn = np.random.default_rng([seed, 4]).normal(1.0, spread, 9973)
    return list(np.clip(drawn, 0.5, 2.0).tolist())


def _between(machine: Machine, lift: int) -> NDArray[np.float64]:
    first = machine.first_bay[lift]
    end = first + len(machine.bays[lift])
    return machine.times[lift].seconds[first:end, first:end]


def _kinds(machine: Machine, model: Model, classes: Sequence[str]) -> tuple[int, ...]:
    return machine.kinds_for[0 if model.vehicle_class is None else classes.index(model.vehicle_class)]


def _rates(demand: Demand) -> list[float]:
    """By model: how often a car that stands in the tower is asked for on the spot, per second."""
    total = sum(model.share for model in demand.models)
    rates = []
    for model in demand.models:
        a_second = demand.pickups.a_day * model.share / total / 86_400.0
        in_tower = max(0.1 * model.cars, model.cars - a_second * demand.trial.hours * 3_600.0)
        rates.append(max(1e-9, a_second / in_tower))
    return rates


def _zones(demand: Demand) -> list[float]:
    """By model: where its zone begins, as a share of the bays from the nearest: three zones by demand a car."""
    rates = _rates(demand)
    order = sorted(range(len(rates)), key=lambda model: -rates[model])
    begins = [0.0] * len(rates)
    fleet, before = sum(model.cars for model in demand.models), 0
    for model in order:
        begins[model] = before / fleet
        before += demand.models[model].cars
    return begins
