"""In which ways a car can be brought down or put away now."""

from math import inf
from typing import NamedTuple

from autosilo.planner.records import NOWHERE, Returned, Visit
from autosilo.planner.rules import Choice, Storage
from autosilo.planner.world import World
from autosilo.tower.dispatch import Option
from autosilo.tower.storage.choose import Stay, choose_bay
from autosilo.tower.storage.rack import NO_BAY


class Way(NamedTuple):
    """Places by their numbers."""

    lift: int
    source: int
    destination: int


def down(w: World, now: float, visit: Visit, *, leave: int = 0) -> tuple[Option, ...]:
    """For each lift the nearest car that will do, to each station that the lift reaches.

    ``leave``: lifts that reach no more free stations than this are left out.
    """
    options: list[Option] = []
    for lift, (bay, extra) in _nearest(w, now, visit).items():
        if leave and _free_stations(w, lift) <= leave:
            continue
        options += [Option(lift, bay, station, index, extra) for index, station in w.stations_of[lift]]
    return tuple(options)


def away(w: World, now: float, back: Returned) -> tuple[Option, ...]:
    """For each lift that reaches the station, also one that is at work, the bay that the rules choose."""
    return tuple(
        Option(lift, back.station, w.machine.first_bay[lift] + bay, None, equal)
        for lift, bay, equal in _bays(w, now, back)
    )


def quickest_down(w: World, now: float, visit: Visit, *, leave: int = 0) -> Way | None:
    """The one of ``down`` that is done first, of those that can begin now."""
    best, soonest = None, inf
    closed = w.closed
    for lift, (bay, extra) in _nearest(w, now, visit).items():
        if w.busy[lift] or (leave and _free_stations(w, lift) <= leave):
            continue
        times = w.machine.times[lift]
        row, puts = times.rows[bay], times.puts
        begun = times.rows[w.place[lift]][bay] + times.takes[bay] + extra
        for index, station in w.stations_of[lift]:
            if not closed[index]:
                done = begun + row[station] + puts[station]
                if done < soonest:
                    best, soonest = Way(lift, bay, station), done
    return best


def quickest_away(w: World, now: float, back: Returned) -> Way | None:
    """The one of ``away`` that is done first; None when a lift that is still at work has it done before any other."""
    best, soonest = None, inf
    for lift, bay, equal in _bays(w, now, back):
        place = w.machine.first_bay[lift] + bay
        done = w.machine.times[lift].move_s(w.place[lift], back.station, place) + equal
        if w.busy[lift]:
            done += max(0.0, w.expected[lift] - now)
        if done < soonest:
            best, soonest = Way(lift, back.station, place), done
    return None if best is None or w.busy[best.lift] else best


def _free_stations(w: World, lift: int) -> int:
    return sum(not w.closed[index] for index, _ in w.stations_of[lift])


def _nearest(w: World, now: float, visit: Visit) -> dict[int, tuple[int, float]]:
    """Lift -> (bay, seconds for what is in the way) of the car that it brings down soonest."""
    machine = w.machine
    if visit.car != NOWHERE:
        bay = w.bay[visit.car]
        extra = clear_s(w, now, bay)
        return {machine.lift_of_bay[bay]: (bay, extra)} if extra < inf else {}
    best: dict[int, tuple[int, float]] = {}
    least = [inf] * machine.lifts
    for car in w.stock[visit.model]:
        bay = w.bay[car]
        lift = machine.lift_of_bay[bay]
        rack, local = w.racks[lift], bay - machine.first_bay[lift]
        seconds = rack.bays.seconds[local] + machine.times[lift].rows[w.place[lift]][bay]
        if seconds < least[lift]:
            extra = clear_s(w, now, bay) if rack.two_deep else 0.0
            if seconds + extra < least[lift]:
                least[lift], best[lift] = seconds + extra, (bay, extra)
    return best


def clear_s(w: World, now: float, bay: int) -> float:
    """Seconds to move away what stands before ``bay``; ``inf`` if there is no room for it."""
    machine = w.machine
    lift = machine.lift_of_bay[bay]
    first = machine.first_bay[lift]
    blocker = w.racks[lift].blocker(bay - first)
    if blocker == NO_BAY:
        return 0.0
    target = clearing(w, now, lift, bay - first)
    if target == NO_BAY:
        return inf
    times = machine.times[lift]
    return times.carry_s(first + blocker, first + target) + times.rows[first + target][bay]


def clearing(w: World, now: float, lift: int, local: int) -> int:
    """Where the car before rear bay ``local`` can go, or ``NO_BAY``."""
    rack = w.racks[lift]
    front = rack.blocker(local)
    model = w.model[rack.car[front]]
    stay = Stay(leaves=rack.leaves[front], rate=rack.rate[front], kinds=w.kinds[model])
    return bay_for(w, now, lift, stay, model, barred=front)


def _bays(w: World, now: float, back: Returned) -> list[tuple[int, int, float]]:
    """(lift, local bay, penalty in seconds for equal cars there) for each lift that is not at fault."""
    stay, model = w.stay(back.car), w.model[back.car]
    spread = w.rules.patience.spread_s if w.rules.choice is Choice.AT_SET_OUT else 0.0
    found = []
    for lift in w.machine.reach[back.station]:
        if w.down_until[lift] <= now:
            bay = bay_for(w, now, lift, stay, model)
            if bay != NO_BAY:
                found.append((lift, bay, spread * w.held[lift][model]))
    return found


def bay_for(w: World, now: float, lift: int, stay: Stay, model: int, barred: int = NO_BAY) -> int:
    """A local bay by the rules of this run, or ``NO_BAY``."""
    rack, rule = w.racks[lift], w.rules.storage
    if rule is Storage.TURNOVER:
        return choose_bay(rack, stay, now=now, barred=barred)
    front, kind = rack.bays.front, rack.bays.kind
    bays = [
        bay
        for bay in rack.open_bays()
        if (barred == NO_BAY or barred not in (bay, front[bay])) and (not stay.kinds or kind[bay] in stay.kinds)
    ]
    if not bays:
        return NO_BAY
    if rule is Storage.RANDOM:
        return bays[int(w.dice() * len(bays))]
    if rule is Storage.ZONES:
        begins = w.zones[model] * len(rack.car)
        return next((bay for bay in bays if rack.rank[bay] >= begins), bays[-1])
    return bays[0]
