"""The state of a simulated tower: lifts, racks, stations, cars, shoppers, and the list of what happens next."""

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappush
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autosilo.planner.demand import Demand, Model
from autosilo.planner.draws import Opening, People
from autosilo.planner.machine import Machine
from autosilo.planner.rules import Rules
from autosilo.tower.storage.choose import Stay
from autosilo.tower.storage.rack import Rack

NOWHERE = -1


class Visit:
    """One pick-up. ``station`` is set while its car stands at, or is on its way to, a delivery bay.

    ``promised``: a car of ``model`` is kept for it; ``car`` says which, once that is settled.
    """

    __slots__ = (
        "arrived",
        "begun",
        "booked",
        "car",
        "delivered",
        "due",
        "group",
        "guess_s",
        "model",
        "number",
        "promised",
        "station",
        "travelling",
    )

    def __init__(self, number: int, *, booked: bool, due: float, model: int) -> None:
        self.number = number
        self.model = model
        self.promised = False
        self.booked = booked
        self.due = due
        self.car = NOWHERE
        self.station = NOWHERE
        self.arrived = inf
        self.travelling = False
        self.begun = inf
        self.group = ""
        self.guess_s = 0.0
        self.delivered = False


@dataclass(slots=True, eq=False)
class Returned:
    """A car in an intake that waits for a lift, since ``since``."""

    car: int
    station: int
    since: float
    back: bool = False
    """It was staged, and its shopper did not come: it stands in a delivery bay."""


@dataclass(slots=True)
class Wait:
    """What one shopper experienced: seconds, and what could be known when the wait began."""

    booked: bool
    at: float
    seconds: float
    early: float
    """So long before the booked time the shopper came; 0 for a walk-up and for those who came later."""
    queued: float
    """Of ``seconds``: until a lift set out for the car."""
    group: str = ""
    """What could be known when the wait began (``tower.eta``); empty when the car stood at the gate already."""
    guess_s: float = 0.0

    @property
    def after_due_s(self) -> float:
        """The wait from the later of booked time and identification: an early shopper has been promised nothing yet."""
        return max(0.0, self.seconds - self.early)


@dataclass(slots=True)
class Counts:
    """What is counted from the end of the warm-up."""

    waits: list[Wait] = field(default_factory=list)
    returns: list[float] = field(default_factory=list)
    """Seconds that a returning driver stood before an intake was free."""
    store_waits: list[float] = field(default_factory=list)
    refused_pickups: int = 0
    substituted: int = 0
    """Shoppers who took another model, since every car of theirs was out or promised."""
    refused_returns: int = 0
    no_shows: int = 0
    retrievals: int = 0
    relocations: int = 0
    charge_moves: int = 0
    """Of the relocations: to a charger, and away from one."""
    night_moves: int = 0
    """Of the relocations: while the site was shut."""
    moves: int = 0
    parks: int = 0
    events: int = 0
    decisions: int = 0
    lift_busy_s: list[float] = field(default_factory=list)
    bay_in_s: dict[int, float] = field(default_factory=dict)
    occupancy: list[list[int]] = field(default_factory=lambda: [[] for _ in range(24)])
    """By hour of the day: cars in bays, looked at once an hour."""
    delivery_busy_s: list[float] = field(default_factory=list)
    """Seconds for which exactly so many delivery bays were taken."""


Handler = Callable[["World", float, Any], None]


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
        # lifts
        self.busy = [False] * machine.lifts
        self.down_until = [0.0] * machine.lifts
        self.locked_until = [0.0] * machine.lifts
        """An open gate of a station without a shutter keeps the lift where it is."""
        self.expected = [0.0] * machine.lifts
        """When a busy lift has ended its move."""
        self.place = [machine.deliveries[0]] * machine.lifts
        for lift in range(machine.lifts):
            self.place[lift] = next(s for s in machine.deliveries if lift in machine.reach[s])
        self.carries: list[Visit | None] = [None] * machine.lifts
        """For whom each lift brings, or brought last, a car down."""
        self.racks = [Rack(bays) for bays in machine.bays]
        # stations
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
        self.taken_since = begin
        self.free_intakes = list(machine.intakes)
        self.outside: deque[tuple[float, int, float]] = deque()
        """Drivers before the intakes: (since, car, seconds they will need)."""
        # work
        self.waiting: list[Visit] = []
        """Shoppers whose car no lift has begun to bring."""
        self.to_stage: list[Visit] = []
        """Booked visits whose car stands in a bay, in order of due."""
        self.to_store: list[Returned] = []
        # cars
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
        self.stock: list[list[int]] = [[] for _ in demand.models]
        """Cars by model that may be handed to whoever asks."""
        self.stock_index: list[int] = []
        self.promised = [0] * len(demand.models)
        """By model: how many of its stock are kept for shoppers who have no particular car yet."""
        self.held = [[0] * len(demand.models) for _ in range(machine.lifts)]
        """By lift and model: cars in its bays."""
        self.visits: dict[int, Visit] = {}
        self.rates = _rates(demand)
        self.zones = _zones(demand)
        self.kinds = [_kinds(machine, model, classes) for model in demand.models]
        self.opening = opening
        self.tidy = [False] * machine.lifts
        """Has nothing moved in the lift's rack since there was nothing to rearrange?"""
        self.shut_until = 0.0
        """The next opening, found out at each full hour in which the site is shut."""
        self.under_way = 0
        """Cars that were let in and have no bay yet."""
        self.dice = random.Random(seed).random  # noqa: S311  not a secret
        self.noise = _noise(demand.faults.spread, seed)
        self.homes = [0] * machine.lifts
        """Where each lift waits; looked at again after every ``HOME_MOVES`` moves of the lift."""
        self.moves_to_home = [0] * machine.lifts
        self.between = [_between(machine, lift) for lift in range(machine.lifts)]

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
