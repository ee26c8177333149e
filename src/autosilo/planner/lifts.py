"""What lifts do: moves begin, take their time, and end."""

from math import inf
from typing import Any

from autosilo.planner import brain, people, returns, stations, ways
from autosilo.planner.records import NOWHERE, Returned, Visit
from autosilo.planner.world import World
from autosilo.tower.storage.charging import Relocation
from autosilo.tower.storage.rack import NO_BAY


def bring_down(w: World, now: float, lift: int, visit: Visit, station: int) -> None:
    """Retrieve or stage; what stands in the way is moved first."""
    bay = w.bay[visit.car]
    local = bay - w.machine.first_bay[lift]
    blocker = w.racks[lift].blocker(local)
    visit.station, visit.travelling, visit.begun = station, True, now
    w.carries[lift] = visit
    stations.occupy(w, now, station)
    if blocker != NO_BAY:
        target = ways.clearing(w, now, lift, local)
        relocate(w, now, lift, blocker, target, then=visit)
        return
    _fetch(w, now, lift, visit)


def _fetch(w: World, now: float, lift: int, visit: Visit) -> None:
    car, station = visit.car, visit.station
    bay = w.bay[car]
    leave_bay(w, now, lift, car)
    _, done = _run(w, now, lift, car, bay, station)
    stations.expect(w, station, there=w.expected[lift], wanted=visit.due if visit.arrived == inf else visit.arrived)
    w.at(done, delivered, (lift, visit))


def relocate(w: World, now: float, lift: int, local: int, target: int, *, then: Visit | None) -> None:
    """From bay to bay of the same rack (local numbers)."""
    rack, first = w.racks[lift], w.machine.first_bay[lift]
    leaves, rate, kinds = rack.leaves[local], rack.rate[local], rack.kinds[local]
    car = rack.car[local]
    leave_bay(w, now, lift, car)
    rack.put(target, car, leaves=leaves, rate=rate, kinds=kinds)
    w.bay[car], w.bay_since[car] = first + target, now
    w.held[lift][w.model[car]] += 1
    if now >= w.begin:
        w.counts.relocations += 1
    _, done = _run(w, now, lift, car, first + local, first + target)
    w.at(done, relocated, (lift, then))


def put_away(w: World, now: float, lift: int, back: Returned, target: int) -> None:
    """From an intake (or a delivery bay) into local bay ``target``."""
    car, stay = back.car, w.stay(back.car)
    w.under_way -= not back.back
    w.racks[lift].put(target, car, leaves=stay.leaves, rate=stay.rate, kinds=stay.kinds)
    place = w.machine.first_bay[lift] + target
    w.bay[car], w.bay_since[car] = place, now
    w.held[lift][w.model[car]] += 1
    taken, done = _run(w, now, lift, car, back.station, place)
    if now >= w.begin and not back.back:
        w.counts.store_waits.append(done - back.since)
    w.at(taken, stations.delivery_free if back.back else returns.intake_free, back.station)
    w.at(done, stored, (lift, car))


def park(w: World, now: float, lift: int, place: int) -> None:
    """The empty lift goes to the level of ``place``."""
    seconds = w.machine.times[lift].rows[w.place[lift]][place]
    w.place[lift] = place
    w.busy[lift] = True
    w.expected[lift] = now + seconds
    w.counts.parks += 1
    w.at(now + seconds, free, lift)


def leave_bay(w: World, now: float, lift: int, car: int) -> None:
    """The car is taken out of its bay."""
    bay = w.bay[car]
    w.racks[lift].take(bay - w.machine.first_bay[lift])
    if now > w.begin:
        since = max(w.begin, w.bay_since[car])
        w.counts.bay_in_s[bay] = w.counts.bay_in_s.get(bay, 0.0) + now - since
    w.bay[car] = NOWHERE
    w.held[lift][w.model[car]] -= 1


def _run(w: World, now: float, lift: int, car: int, source: int, destination: int) -> tuple[float, float]:
    """Returns when the car has left ``source`` and when it stands in ``destination``."""
    times = w.machine.times[lift]
    taken = now + times.rows[w.place[lift]][source] + times.takes[source]
    done = taken + times.rows[source][destination] + times.puts[destination]
    w.expected[lift] = done
    if w.noise:
        scale = w.noise[w.counts.moves % len(w.noise)]
        taken, done = now + (taken - now) * scale, now + (done - now) * scale
    if w.measured is not None:
        taken, done = w.measured.move(car, source, destination, now, taken, done)
        w.expected[lift] = done  # who sees the lift move expects about that
    w.place[lift] = destination
    w.busy[lift] = True
    w.moves_to_home[lift] -= 1
    w.tidy[lift] = False
    counts = w.counts
    counts.moves += 1
    if now >= w.begin:
        counts.retrievals += destination >= w.machine.bay_count
        counts.lift_busy_s[lift] += done - now
    return taken, done


def free(w: World, now: float, lift: int) -> None:
    """The lift has ended what it did; a fault in between holds it, and so does an open gate without a shutter."""
    held_until = max(w.down_until[lift], w.locked_until[lift])
    if held_until > now:
        w.at(held_until, free, lift)
        return
    w.busy[lift] = False
    brain.think(w, now)


def delivered(w: World, now: float, what: tuple[int, Visit]) -> None:
    lift, visit = what
    if w.down_until[lift] > now:  # a fault on the way: the car comes when the lift is repaired
        w.at(w.down_until[lift], delivered, what)
        return
    people.car_is_down(w, now, visit)
    free(w, now, lift)


def swap(w: World, now: float, lift: int, move: Relocation) -> None:
    """A car to a charger, or away from one."""
    car = w.racks[lift].car[move.source]
    if car in w.wanting[lift]:
        w.wanting[lift].remove(car)
    else:
        w.withdraw(car)
    w.counts.charge_moves += now >= w.begin
    relocate(w, now, lift, move.source, move.target, then=None)
    w.at(w.expected[lift], returns.car_is_up, car)


def tidy(w: World, now: float, lift: int, move: Relocation) -> None:
    """From bay to bay while the site is shut; whoever asks for the car meanwhile is given another one."""
    car = w.racks[lift].car[move.source]
    offered = w.stock_index[car] != NOWHERE
    if offered:
        w.withdraw(car)
    relocate(w, now, lift, move.source, move.target, then=None)
    if offered:
        w.at(w.expected[lift], returns.car_is_up, car)


def relocated(w: World, now: float, what: tuple[int, Visit | None]) -> None:
    lift, then = what
    if w.down_until[lift] > now:
        w.at(w.down_until[lift], relocated, what)
        return
    if then is not None:
        _fetch(w, now, lift, then)
    else:
        free(w, now, lift)


def stored(w: World, now: float, what: tuple[int, int]) -> None:
    lift, car = what
    if w.down_until[lift] > now:
        w.at(w.down_until[lift], stored, what)
        return
    returns.car_is_up(w, now, car)
    free(w, now, lift)


def lock(w: World, now: float, station: int, until: float) -> None:
    """The gate of a station without a shutter is open until ``until``; its lifts end what they do and stand still."""
    for lift in w.machine.reach[station]:
        w.locked_until[lift] = max(w.locked_until[lift], until)
        if not w.busy[lift]:
            w.busy[lift] = True
            w.at(until, free, lift)


def breaks(w: World, now: float, what: tuple[int, Any]) -> None:
    """A fault: the lift stands still until it is repaired."""
    lift, repair_s = what
    w.down_until[lift] = max(w.down_until[lift], now + repair_s)
    if not w.busy[lift]:
        w.busy[lift] = True
        w.at(w.down_until[lift], free, lift)
