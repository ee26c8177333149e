"""Cars come back: intakes, bays, chargers."""

from autosilo.planner import brain, fill, lifts, people, stations
from autosilo.planner.records import Returned
from autosilo.planner.world import World

RETRY_S = 1800.0
"""A refused return comes back after this."""


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
    station = min(w.free_intakes, key=lambda one: (-_room(w, one), one))
    w.free_intakes.remove(station)
    if since >= w.begin:
        w.counts.returns.append(now - since)
    ready = stations.still(w, now, station) + w.machine.open_s + seconds + w.machine.shut_s
    if w.measured is not None:
        ready = w.measured.ready(car, ready)
    if station in w.machine.locks:
        lifts.lock(w, now, station, ready)
    w.at(ready, hand_in, Returned(car, station, ready))
    if w.to_store:
        brain.think(w, now)  # intakes may run short now


def _room(w: World, intake: int) -> int:
    """Free bays of the emptiest rack that the intake leads to: drivers are sent where there is most room."""
    return max(len(w.racks[lift].free_ranks) for lift in w.machine.reach[intake])


def hand_in(w: World, now: float, back: Returned) -> None:
    """The driver has left the intake and its gate is shut: a lift may take the car."""
    w.to_store.append(back)
    w.at(now + w.rules.patience.longest_s, people.wake)
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
