"""One simulated run, from the first midnight to the last."""

from collections.abc import Sequence
from heapq import heappop

from autosilo.planner import fill, lifts, people
from autosilo.planner.demand import Demand
from autosilo.planner.draws import DAY_S, Opening, draw_people
from autosilo.planner.machine import Machine
from autosilo.planner.rules import Rules
from autosilo.planner.world import Counts, World

PRODUCT = Rules()


def simulate(
    machine: Machine,
    demand: Demand,
    opening: Opening,
    *,
    days: int,
    warm_up_days: int = 3,
    seed: int = 1,
    rules: Rules = PRODUCT,
    classes: Sequence[str] = (),
) -> Counts:
    """Run ``warm_up_days`` and then ``days``, which alone are counted. ``opening``: see ``draws.hourly_rates``."""
    total = days + warm_up_days
    before = int(-(-demand.trial.hours // 24))
    crowd = draw_people(demand, opening, first_day=0, days=total, seed=(seed, 1))
    earlier = draw_people(demand, opening, first_day=-before, days=before, seed=(seed, 2))
    world = World(
        machine,
        demand,
        crowd,
        rules,
        opening=opening,
        classes=classes,
        begin=warm_up_days * DAY_S,
        seed=seed,
    )
    fill.first_morning(world, earlier)
    for number in range(len(crowd)):
        due = crowd.due[number]
        if crowd.booked[number]:
            world.at(max(0.0, due - crowd.known[number]), people.assign, number)
            world.at(due + 60.0 * demand.booking.grace_min, people.gives_up, number)
            if not crowd.no_show[number]:
                world.at(due + crowd.offset[number], people.arrive, number)
        else:
            world.at(due, people.arrive, number)
    for when, lift, repair_s in fill.faults(world, total, seed):
        world.at(when, lifts.breaks, (lift, repair_s))
    world.at(0.0, fill.look)
    counts = _run(world, total * DAY_S)
    fill.close_books(world, total * DAY_S)
    return counts


def _run(world: World, until: float) -> Counts:
    heap = world.heap
    events = 0
    while heap:
        now, _, handler, what = heappop(heap)
        if now > until:
            break
        events += 1
        handler(world, now, what)
    world.counts.events = events
    return world.counts
