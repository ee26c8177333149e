"""What people do: they book, come, wait, drive off, and bring cars back. And what they do to stations."""

from math import inf

from autosilo.planner import brain, fill, forecast, lifts
from autosilo.planner.world import NOWHERE, Returned, Visit, Wait, World

RETRY_S = 1800.0
"""A booking for which there is no car yet is looked at again after this; a refused return comes back after it."""

TAKEN_S = 600.0
"""So long a delivery bay is taken, by expectation, before its shopper has opened it."""


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
        w.at(max(now, visit.due - w.rules.staging.ahead_s), wake)


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
    if w.rules.late:
        w.promised[visit.model] += 1
        return True
    pool = w.stock[visit.model]
    settle(w, visit, pool[int(w.people.which[visit.number] * len(pool))])
    rack, local = w.rack_of(visit.car)
    rack.learn(local, leaves=visit.due if visit.booked else inf, rate=rack.rate[local])
    return True


def settle(w: World, visit: Visit, car: int) -> None:
    """This shopper gets this car."""
    w.withdraw(car)
    w.visit_of[car] = visit
    visit.car = car


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
    visit.group, visit.guess_s = forecast.of(w, now, visit)
    if not visit.travelling:
        if visit in w.to_stage:
            w.to_stage.remove(visit)
        w.waiting.append(visit)
        brain.think(w, now)


def _release(w: World, visit: Visit) -> None:
    """Nothing is kept for this visit any more; its car, if it has one, stands in a bay."""
    if visit.car != NOWHERE:
        w.visit_of[visit.car] = None
        rack, local = w.rack_of(visit.car)
        rack.learn(local, leaves=inf, rate=rack.rate[local])
        w.offer(visit.car)
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


def _open(w: World, now: float, visit: Visit) -> None:
    """The gate opens, the shopper drives off."""
    number, machine = visit.number, w.machine
    opened = _still(w, now, visit.station) + machine.open_s
    if visit.arrived >= w.begin:
        early = max(0.0, visit.due - visit.arrived)
        queued = max(0.0, visit.begun - visit.arrived)
        w.counts.waits.append(
            Wait(visit.booked, visit.arrived, opened - visit.arrived, early, queued, visit.group, visit.guess_s)
        )
    left = opened + w.people.dwell[number]
    if visit.station in machine.locks:
        lifts.lock(w, now, visit.station, left + machine.shut_s)
    w.free_at[w.delivery_index[visit.station]] = left + machine.shut_s
    w.at(left + machine.shut_s, delivery_free, visit.station)
    w.visits.pop(number, None)
    w.visit_of[visit.car] = None
    w.at(left + w.people.away[number], comes_back, (visit.car, number))


def _still(w: World, now: float, station: int) -> float:
    """When the gate may begin to open: at once behind a shutter, else when no lift that reaches it moves."""
    if station not in w.machine.locks:
        return now
    return max([now, *(w.expected[lift] for lift in w.machine.reach[station] if w.busy[lift])])


def comes_back(w: World, now: float, what: tuple[int, int]) -> None:
    """A car is brought back: at opening time, if it would be at night."""
    _comes_back(w, now, (*what, False))


def _comes_back(w: World, now: float, what: tuple[int, int, bool]) -> None:
    car, number, again = what
    opens = fill.when_open(w, now)
    if opens > now:
        w.at(opens + 3600.0 * w.people.which[number], _comes_back, what)
        return
    if not fill.has_room(w):
        if now >= w.begin and not again:
            w.counts.refused_returns += 1
        w.at(now + RETRY_S, _comes_back, (car, number, True))
        return
    w.under_way += 1
    seconds = w.people.intake[number]
    fill.charge(w, car, w.people.charge[number])
    if w.free_intakes:
        _drive_in(w, now, now, car, seconds)
    else:
        w.outside.append((now, car, seconds))


def _drive_in(w: World, now: float, since: float, car: int, seconds: float) -> None:
    station = max(w.free_intakes, key=lambda one: _room(w, one))
    w.free_intakes.remove(station)
    if since >= w.begin:
        w.counts.returns.append(now - since)
    ready = _still(w, now, station) + w.machine.open_s + seconds + w.machine.shut_s
    if station in w.machine.locks:
        lifts.lock(w, now, station, ready)
    w.at(ready, hand_in, Returned(car, station, ready))


def _room(w: World, intake: int) -> int:
    """Free bays of the emptiest rack that the intake leads to: drivers are sent where there is most room."""
    return max(len(w.racks[lift].free_ranks) for lift in w.machine.reach[intake])


def hand_in(w: World, now: float, back: Returned) -> None:
    """The driver has left the intake and its gate is shut: a lift may take the car."""
    w.to_store.append(back)
    brain.think(w, now)


def intake_free(w: World, now: float, station: int) -> None:
    w.free_intakes.append(station)
    if w.outside:
        since, car, seconds = w.outside.popleft()
        _drive_in(w, now, since, car, seconds)


def car_is_up(w: World, now: float, car: int) -> None:
    """It stands in its bay: somebody may have it, once it is charged."""
    if w.charge_s[car] <= 0:
        w.offer(car)
        return
    rack, local = w.rack_of(car)
    if rack.bays.charges[local]:
        w.ready_at[car] = now + w.charge_s[car]
        w.at(w.ready_at[car], charged, car)
    else:
        w.wanting[w.machine.lift_of_bay[w.bay[car]]].append(car)


def charged(w: World, now: float, car: int) -> None:
    """Somebody may have it; what waits for its charger may have that."""
    w.charge_s[car] = 0.0
    w.offer(car)
    if w.wanting[w.machine.lift_of_bay[w.bay[car]]]:
        brain.think(w, now)


def occupy(w: World, now: float, station: int) -> None:
    """A delivery bay is taken for a car that is about to come."""
    _count_deliveries(w, now)
    index = w.delivery_index[station]
    w.closed[index] = True
    w.free_deliveries -= 1
    w.free_at[index] = now + TAKEN_S


def delivery_free(w: World, now: float, station: int) -> None:
    """Its gate is shut again, or its car has gone back up."""
    _count_deliveries(w, now)
    w.closed[w.delivery_index[station]] = False
    w.free_deliveries += 1
    if w.waiting or w.to_stage:
        brain.think(w, now)


def _count_deliveries(w: World, now: float) -> None:
    if now > w.taken_since:
        w.counts.delivery_busy_s[len(w.machine.deliveries) - w.free_deliveries] += now - w.taken_since
        w.taken_since = now
