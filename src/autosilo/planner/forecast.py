"""What a shopper would be told at the moment of asking."""

from autosilo.planner.records import NOWHERE, Visit
from autosilo.planner.world import World
from autosilo.tower.eta.guess import UNDER_WAY, Way, group, guess_s


def of(w: World, now: float, visit: Visit) -> tuple[str, float]:
    """(group, guess in seconds) for a shopper whose car does not stand at the gate yet."""
    machine = w.machine
    if visit.travelling:
        lift = next(one for one in range(machine.lifts) if w.carries[one] is visit)
        return UNDER_WAY, max(0.0, w.expected[lift] - now) + machine.open_s
    cars = [visit.car] if visit.car != NOWHERE else w.stock[visit.model]
    own: dict[int, float] = {}
    for car in cars:
        bay = w.bay[car]
        lift = machine.lift_of_bay[bay]
        seconds = w.racks[lift].bays.seconds[bay - machine.first_bay[lift]]
        seconds += machine.times[lift].rows[w.place[lift]][bay]
        own[lift] = min(own.get(lift, seconds), seconds)
    waiting = len(w.waiting)
    ways = [
        Way(
            max(0.0, w.expected[lift] - now) if w.busy[lift] else 0.0, seconds + machine.open_s, waiting / machine.lifts
        )
        for lift, seconds in own.items()
    ]
    idle = any(not w.busy[lift] for lift in own)
    return group(waiting=waiting, idle=idle, station_free=w.free_deliveries > 0), guess_s(ways)
