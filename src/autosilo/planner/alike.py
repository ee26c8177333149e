"""Which of several equal cars a shopper gets."""

from math import inf

from autosilo.planner import ways
from autosilo.planner.records import NOWHERE, Visit
from autosilo.planner.rules import Choice
from autosilo.planner.world import World
from autosilo.tower.storage.alike import Standing, soonest


def settle(w: World, visit: Visit, car: int) -> None:
    """This shopper gets this car."""
    w.withdraw(car)
    w.visit_of[car] = visit
    visit.car = car


def promise(w: World, visit: Visit, car: int) -> None:
    """This car is kept for this shopper, and its bay knows when it leaves."""
    settle(w, visit, car)
    rack, local = w.rack_of(car)
    rack.learn(local, leaves=visit.due if visit.booked else inf, rate=rack.rate[local])


def release(w: World, car: int) -> None:
    """The car that stands in a bay is kept for nobody any more."""
    w.visit_of[car] = None
    rack, local = w.rack_of(car)
    rack.learn(local, leaves=inf, rate=rack.rate[local])
    w.offer(car)


def choose(w: World, now: float, visit: Visit) -> None:
    """Another car than the promised one, if it is there clearly sooner: one that nobody has been promised, or that of
    somebody who comes later, who gets this one."""
    if w.rules.choice is not Choice.ON_ARRIVAL or visit.car == NOWHERE:
        return
    before = _before(w, visit)
    later = {one.car: one for one in w.to_stage if _would_do(w, now, visit, one)}
    promised = visit.car
    standing = {car: _standing(w, now, car, before) for car in [promised, *w.stock[visit.model], *later]}
    car = soonest(promised, standing, w.rules.likeness)
    if w.measured is not None:
        car = w.measured.chosen(visit.number, visit.arrived != inf, car)
    if car == promised or car not in standing:
        return
    release(w, promised)
    if car in later:
        release(w, car)
        promise(w, later[car], promised)
    promise(w, visit, car)


def _would_do(w: World, now: float, visit: Visit, other: Visit) -> bool:
    """May ``visit`` have the car of ``other``, for its own? Nothing has been begun for who comes so much later."""
    alike = other.model == visit.model and other.car != NOWHERE and other is not visit
    return alike and other.due > now + w.rules.staging.ahead_s


def _before(w: World, visit: Visit) -> list[int]:
    """By lift: who waits there; of one who has not come yet, those whose booked time is close."""
    if visit.arrived != inf:
        others = w.waiting
    else:
        together_s = w.rules.likeness.together_s
        others = [one for one in w.to_stage if one is not visit and abs(one.due - visit.due) < together_s]
    counts = [0] * w.machine.lifts
    for one in others:
        if one.car != NOWHERE:
            counts[w.machine.lift_of_bay[w.bay[one.car]]] += 1
    return counts


def _standing(w: World, now: float, car: int, before: list[int]) -> Standing:
    bay = w.bay[car]
    lift = w.machine.lift_of_bay[bay]
    return Standing(
        bay=bay,
        free_in_s=max(0.0, w.expected[lift] - now) if w.busy[lift] else 0.0,
        bring_s=w.machine.times[lift].rows[w.place[lift]][bay]
        + w.racks[lift].bays.seconds[bay - w.machine.first_bay[lift]]
        + ways.clear_s(w, now, bay),
        before=before[lift],
    )
