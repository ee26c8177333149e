"""Shoppers: they book, come, wait, and drive off."""

from math import inf

from autosilo.planner import alike, brain, forecast, lifts, returns, stations
from autosilo.planner.records import NOWHERE, Returned, Visit, Wait
from autosilo.planner.rules import Choice
from autosilo.planner.world import World

RETRY_S = 1800.0
"""A booking for which there is no car yet is looked at again after this."""


def assign(w: World, now: float, number: int) -> None:
    """A booked visit is promised a car."""
    visit = _visit(w, number)
    if visit.arrived != inf or visit.promised:
        return
    if not _promise(w, visit):
        if now + RETRY_S < visit.due:
            w.at(now + RETRY_S, assign, number)
        return
    if w.rules.staging.ahead_s > 0:
        w.to_stage.append(visit)
        w.to_stage.sort(key=lambda one: one.due)
        w.at(max(now, visit.due - w.rules.staging.ahead_s), prepare, visit)
        w.at(max(now, visit.due - w.rules.staging.by_s), wake)


def _visit(w: World, number: int) -> Visit:
    visit = w.visits.get(number)
    if visit is None:
        people = w.people
        visit = Visit(number, booked=people.booked[number], due=people.due[number], model=people.model[number])
        w.visits[number] = visit
    return visit


def _promise(w: World, visit: Visit) -> bool:
    """Keep a car for this shopper: of the wished model, else any that is free; False if there is none."""
    if len(w.stock[visit.model]) <= w.promised[visit.model]:
        free = [max(0, len(stock) - kept) for stock, kept in zip(w.stock, w.promised, strict=True)]
        left = int(w.people.which[visit.number] * sum(free))
        if not any(free):
            return False
        for model, count in enumerate(free):
            left -= count
            if left < 0:
                visit.model = model
                break
        w.counts.substituted += visit.due >= w.begin
    visit.promised = True
    if w.rules.choice is Choice.AT_SET_OUT:
        w.promised[visit.model] += 1
        return True
    pool = w.stock[visit.model]
    car = None if w.measured is None else w.measured.promised(visit.number)
    alike.promise(w, visit, car if car in pool else pool[int(w.people.which[visit.number] * len(pool))])
    return True


def prepare(w: World, now: float, visit: Visit) -> None:
    """Its car may be brought down ahead of its time from now on."""
    if visit in w.to_stage:
        alike.choose(w, now, visit)
        brain.think(w, now)


def wake(w: World, now: float, _: object) -> None:
    """Something may be begun that could not be before."""
    brain.think(w, now)


def arrive(w: World, now: float, number: int) -> None:
    """A shopper has identified (booked), or has chosen a car (walk-up): the wait begins."""
    visit = _visit(w, number)
    if not visit.promised and not _promise(w, visit):
        if now >= w.begin:
            w.counts.refused_pickups += 1
        del w.visits[number]
        return
    visit.arrived = now
    if visit.delivered:
        _open(w, now, visit)
        return
    if not visit.travelling:
        if visit in w.to_stage:
            w.to_stage.remove(visit)
        alike.choose(w, now, visit)
    visit.group, visit.guess_s = forecast.of(w, now, visit)
    if visit.travelling:
        _expect(w, visit)
        return
    w.waiting.append(visit)
    brain.think(w, now)


def _release(w: World, visit: Visit) -> None:
    """Nothing is kept for this visit any more; its car, if it has one, stands in a bay."""
    if visit.car != NOWHERE:
        w.visit_of[visit.car] = None
        alike.release(w, visit.car)
    elif visit.promised:
        w.promised[visit.model] -= 1
    visit.promised = False


def gives_up(w: World, now: float, number: int) -> None:
    """The booked time and its grace are over, and nobody has come."""
    visit = w.visits.pop(number, None)
    if visit is None or visit.arrived != inf:
        return
    if now >= w.begin:
        w.counts.no_shows += 1
    if not visit.promised:
        return
    visit.arrived = -1.0
    if visit.travelling and not visit.delivered:
        w.at(now + 120.0, _drop, visit)  # it is on its way: it goes back when it is there
        return
    _drop(w, now, visit)


def _drop(w: World, now: float, visit: Visit) -> None:
    if visit.travelling and not visit.delivered:
        w.at(now + 60.0, _drop, visit)
        return
    if visit.delivered:
        w.visit_of[visit.car] = None
        w.free_at[w.delivery_index[visit.station]] = inf  # it will not drive off: a lift must come for it
        w.to_store.append(Returned(visit.car, visit.station, now, back=True))
    else:
        if visit in w.to_stage:
            w.to_stage.remove(visit)
        _release(w, visit)
    brain.think(w, now)


def car_is_down(w: World, now: float, visit: Visit) -> None:
    """Its car stands in the delivery bay."""
    visit.travelling = False
    visit.delivered = True
    if visit.arrived != inf and visit.arrived >= 0:
        _open(w, now, visit)


def _expect(w: World, visit: Visit) -> None:
    lift = next(one for one in range(w.machine.lifts) if w.carries[one] is visit)
    stations.expect(w, visit.station, there=w.expected[lift], wanted=visit.arrived)


def _open(w: World, now: float, visit: Visit) -> None:
    """The gate opens, the shopper drives off."""
    number, machine = visit.number, w.machine
    opened = stations.still(w, now, visit.station) + machine.open_s
    if visit.arrived >= w.begin:
        early = max(0.0, visit.due - visit.arrived)
        queued = max(0.0, visit.begun - visit.arrived)
        w.counts.waits.append(
            Wait(visit.booked, visit.arrived, opened - visit.arrived, early, queued, visit.group, visit.guess_s)
        )
    left = opened + w.people.dwell[number]
    if visit.station in machine.locks:
        lifts.lock(w, now, visit.station, left + machine.shut_s)
    stations.expect(w, visit.station, there=opened - machine.open_s, wanted=visit.arrived)
    shut = left + machine.shut_s
    if w.measured is not None:
        shut = w.measured.away(visit.car, shut)
    w.at(shut, stations.delivery_free, visit.station)
    w.visits.pop(number, None)
    w.visit_of[visit.car] = None
    w.at(left + w.people.away[number], returns.comes_back, (visit.car, number))
