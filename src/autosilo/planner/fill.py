"""How a run begins, and the little questions about room, hours, charge and faults."""

from collections.abc import Iterator
from math import inf

import numpy as np

from autosilo.planner import brain, returns, ways
from autosilo.planner.draws import DAY_S, HOUR_S, People
from autosilo.planner.records import NOWHERE
from autosilo.planner.world import World
from autosilo.tower.storage.rack import NO_BAY

SPARE_BAYS = 2
"""A tower is full when only so many bays are free: cars that stand in the way must be moved somewhere."""


def first_morning(w: World, earlier: People) -> None:
    """Cars that left before the first day come back in it; the others stand in bays, in an order of no meaning."""
    away = _away(w, earlier)
    at_home: list[int] = []
    for model, one in enumerate(w.demand.models):
        out = away[model][: one.cars - 1]
        for index in range(one.cars):
            car = new_car(w, model)
            if index < len(out):
                when, number = out[index]
                w.at(when, returns.comes_back, (car, number))
            else:
                at_home.append(car)
    order = np.random.default_rng(7).permutation(len(at_home))
    for index in order.tolist():
        _put(w, at_home[index])


def _away(w: World, earlier: People) -> list[list[tuple[float, int]]]:
    """By model: when cars come back that left before the first day; the number is that of a later shopper, whose
    random numbers they borrow."""
    away: list[list[tuple[float, int]]] = [[] for _ in w.demand.models]
    size = max(1, len(w.people))
    for number in range(len(earlier)):
        back = earlier.due[number] + earlier.away[number]
        if back > 0 and not earlier.no_show[number]:
            away[earlier.model[number]].append((back, number % size))
    return away


def new_car(w: World, model: int) -> int:
    """A car that is nowhere yet; returns its number."""
    w.model.append(model)
    w.bay.append(NOWHERE)
    w.bay_since.append(0.0)
    w.visit_of.append(None)
    w.ready_at.append(0.0)
    w.charge_s.append(0.0)
    w.stock_index.append(NOWHERE)
    return len(w.model) - 1


def _put(w: World, car: int) -> None:
    """Into a bay of the lift with most room; a car for which there is none stays elsewhere until tomorrow."""
    stay = w.stay(car)
    for lift in sorted(range(w.machine.lifts), key=lambda one: -len(w.racks[one].free_ranks)):
        if len(w.racks[lift].free_ranks) <= SPARE_BAYS:
            continue
        local = ways.bay_for(w, 0.0, lift, stay, w.model[car])
        if local != NO_BAY:
            put(w, car, lift, w.machine.first_bay[lift] + local)
            return
    w.at(DAY_S, returns.comes_back, (car, 0))


def put(w: World, car: int, lift: int, bay: int) -> None:
    """The car stands in ``bay`` from the beginning, and anybody may have it."""
    stay = w.stay(car)
    w.racks[lift].put(bay - w.machine.first_bay[lift], car, leaves=inf, rate=stay.rate, kinds=stay.kinds)
    w.bay[car] = bay
    w.held[lift][w.model[car]] += 1
    w.offer(car)


def look(w: World, now: float, _: object) -> None:
    """Once an hour: how many cars are in bays?"""
    if now >= w.begin:
        w.counts.occupancy[int(now // HOUR_S) % 24].append(sum(len(rack) for rack in w.racks))
    w.at(now + HOUR_S, look)
    w.shut_until = when_open(w, now)
    if w.shut_until > now:
        brain.think(w, now)


def close_books(w: World, now: float) -> None:
    """Cars that stand in bays at the end have stood there until then."""
    for car, bay in enumerate(w.bay):
        if bay != NOWHERE:
            stood = now - max(w.begin, w.bay_since[car])
            w.counts.bay_in_s[bay] = w.counts.bay_in_s.get(bay, 0.0) + stood


def when_open(w: World, now: float) -> float:
    """``now`` if the site is open, else the next opening."""
    day = int(now // DAY_S)
    for ahead in range(8):
        hours = w.opening[(day + ahead) % 7]
        if hours is None:
            continue
        opens, shuts = (day + ahead) * DAY_S + hours[0] * HOUR_S, (day + ahead) * DAY_S + hours[1] * HOUR_S
        if now < shuts:
            return max(now, opens)
    raise AssertionError("a site that never opens has no demand")


def has_room(w: World) -> bool:
    """Is there a bay for one more car, with those that are on their way in and those that may be taken back up?"""
    free = sum(len(rack.free_ranks) for rack in w.racks)
    down = sum(1 for visit in w.visits.values() if visit.station != NOWHERE and visit.arrived == inf)
    return free - w.under_way - down > SPARE_BAYS


def charge(w: World, car: int, state: float) -> None:
    """The car came back with this state of charge. Without charging bays cars are charged elsewhere."""
    charging = w.demand.charging
    if charging.charging_bays and state < charging.ready:
        w.charge_s[car] = 3600.0 * (charging.ready - state) * charging.battery_kwh / charging.power_kw
        w.ready_at[car] = inf


def faults(w: World, days: int, seed: int) -> Iterator[tuple[float, int, float]]:
    """(when, lift, seconds of repair)."""
    rate = w.demand.faults.a_year / 365.0
    rng = np.random.default_rng([seed, 3])
    for lift in range(w.machine.lifts):
        for when in np.sort(rng.uniform(0.0, days * DAY_S, rng.poisson(rate * days))).tolist():
            yield when, lift, float(rng.exponential(w.demand.faults.repair_h * 3600.0))
