"""From the state of the simulated tower to the questions that the policies answer, and back."""

from math import inf
from typing import cast

from autosilo.planner import alike, lifts, people, ways
from autosilo.planner.records import NOWHERE, Returned, Visit
from autosilo.planner.rules import Order
from autosilo.planner.world import World
from autosilo.tower.dispatch import Job, Kind, LiftState, Option, Snapshot, Station, decide
from autosilo.tower.storage.charging import charge_swap, may_swap
from autosilo.tower.storage.deliveries import OVERDUE_S
from autosilo.tower.storage.park import park_bay
from autosilo.tower.storage.rearrange import rearrange
from autosilo.tower.storage.staging import how_many
from autosilo.tower.storage.urgency import BACK_WEIGHT, RETRIEVE_WEIGHT, STAGE_WEIGHT, STORE_WEIGHT, may_store

HOME_MOVES = 20
"""After so many moves of a lift it is looked at again where it had best wait."""
LEAST_SHUT_S = 900.0
"""Nothing is rearranged when the site opens sooner than this."""


def think(w: World, now: float) -> None:
    """Give every idle lift its next move, if there is one."""
    busy = w.busy
    shut = now + LEAST_SHUT_S <= w.shut_until
    while False in busy:
        idle = busy.count(False)
        tasks = _tasks(w, now, idle)
        if (
            (not tasks or not _next(w, now, tasks))
            and not (w.charging and _swap(w, now, idle))
            and not (shut and _tidy(w, now))
        ):
            break
    if w.rules.park:
        for lift, at_work in enumerate(busy):
            if not at_work and (w.moves_to_home[lift] <= 0 or w.place[lift] != w.homes[lift]):
                target = _home(w, lift)
                if w.place[lift] != target:
                    lifts.park(w, now, lift, target)


def _swap(w: World, now: float, idle: int) -> bool:
    """Use an idle lift for the chargers; False if there is nothing to do."""
    if not may_swap(idle_lifts=idle, keep_free=w.rules.staging.keep_free, lifts=w.machine.lifts):
        return False
    for lift, at_work in enumerate(w.busy):
        if at_work or not w.wanting[lift]:
            continue
        rack, first = w.racks[lift], w.machine.first_bay[lift]
        charged = [
            bay
            for bay, charges in enumerate(rack.bays.charges)
            if charges and rack.car[bay] >= 0 and w.stock_index[rack.car[bay]] != NOWHERE
        ]
        wanting = [w.bay[car] - first for car in w.wanting[lift]]
        move = charge_swap(rack, wanting=wanting, charged=charged, now=now)
        if move is not None:
            lifts.swap(w, now, lift, move)
            return True
    return False


def _tidy(w: World, now: float) -> bool:
    """Rearrange while the site is shut and nothing else is to do; False if there is nothing worth a move."""
    rules = w.rules.rearrangement
    if rules is None or w.waiting or w.to_store:
        return False
    for lift, at_work in enumerate(w.busy):
        if at_work or w.tidy[lift]:
            continue
        move = rearrange(w.racks[lift], now=now, rules=rules)
        if move is not None:
            w.counts.night_moves += now >= w.begin
            lifts.tidy(w, now, lift, move)
            return True
        w.tidy[lift] = True
    return False


def _home(w: World, lift: int) -> int:
    if w.moves_to_home[lift] <= 0:
        rack, first = w.racks[lift], w.machine.first_bay[lift]
        models = [w.model[car] if car >= 0 else -1 for car in rack.car]
        w.homes[lift] = first + park_bay(rack, models, w.between[lift])
        w.moves_to_home[lift] = HOME_MOVES
    return w.homes[lift]


def _tasks(w: World, now: float, idle: int) -> list[Visit | Returned]:
    """What may be begun now: shoppers who wait, cars to put away, cars to bring down ahead of their time."""
    tasks: list[Visit | Returned] = list(w.waiting)
    rules, lifts = w.rules, w.machine.lifts
    if w.to_store:
        free = len(w.free_intakes)
        tasks += [
            back
            for back in w.to_store
            if may_store(rules.patience, waited_s=now - back.since, idle_lifts=idle, free_intakes=free, lifts=lifts)
        ]
    if w.to_stage and not w.waiting and w.to_stage[0].due <= now + rules.staging.ahead_s:
        dues = (visit.due for visit in w.to_stage)
        free = w.free_deliveries
        tasks += w.to_stage[: how_many(rules.staging, dues, now=now, idle_lifts=idle, free_bays=free, lifts=lifts)]
    return tasks


def _next(w: World, now: float, tasks: list[Visit | Returned]) -> bool:
    """Begin at least one move; False if none can begin."""
    w.counts.decisions += 1
    if w.rules.order is Order.FIRST_COME:
        tasks.sort(key=_asked)
        return any(_begin_quickest(w, now, task) for task in tasks)
    if len(tasks) == 1:  # then ``decide`` says the same (tests/planner/test_brain.py), and costs more
        return _begin_quickest(w, now, tasks[0])
    jobs = [job for job in (_job(w, now, task, key) for key, task in enumerate(tasks)) if job is not None]
    if not jobs:
        return False
    decision = decide(_snapshot(w, now, jobs), w.machine.times)
    begun = False
    for move in decision.moves:
        if not w.busy[move.lift]:
            begun |= begin(w, now, tasks[cast("int", move.job.key)], ways.Way(move.lift, *_ends(move.option)))
    if not begun:  # it is better to wait, for a delivery bay perhaps: look again when that should be over
        later = [when for when in decision.waits.values() if when is not None and when > now]
        if later:
            w.at(min(later), people.wake)
    return begun


def _asked(task: Visit | Returned) -> float:
    return task.arrived if isinstance(task, Visit) else task.since


def _ends(option: Option) -> tuple[int, int]:
    return option.source, option.destination


def _snapshot(w: World, now: float, jobs: list[Job]) -> Snapshot:
    return Snapshot(
        now=now,
        lifts=tuple(
            LiftState(place, max(now, w.expected[lift]) if w.busy[lift] else now, w.down_until[lift] <= now)
            for lift, place in enumerate(w.place)
        ),
        jobs=tuple(jobs),
        stations=tuple(
            Station(max(at, now + OVERDUE_S) if closed else 0.0) for at, closed in zip(w.free_at, w.closed, strict=True)
        ),
    )


def _job(w: World, now: float, task: Visit | Returned, key: int) -> Job | None:
    if isinstance(task, Returned):
        options, kind = ways.away(w, now, task), Kind.STORE
        weight, due = BACK_WEIGHT if task.back else STORE_WEIGHT, task.since
    elif task in w.waiting:
        options, kind = ways.down(w, now, task), Kind.RETRIEVE
        weight, due = RETRIEVE_WEIGHT, task.arrived
    else:
        options, kind = ways.down(w, now, task, leave=w.rules.staging.reserve), Kind.STAGE
        weight, due = STAGE_WEIGHT, task.due
    return Job(key, kind, options, weight, due=due) if options else None


def _begin_quickest(w: World, now: float, task: Visit | Returned) -> bool:
    if isinstance(task, Returned):
        way = ways.quickest_away(w, now, task)
    else:
        leave = 0 if task.arrived != inf else w.rules.staging.reserve
        way = ways.quickest_down(w, now, task, leave=leave)
    return way is not None and begin(w, now, task, way)


def begin(w: World, now: float, task: Visit | Returned, way: ways.Way) -> bool:
    """False if another shopper of the same decision has got the car; or if a run that is played again did otherwise."""
    first = w.machine.first_bay[way.lift]
    if w.measured is not None and not w.measured.agrees(now, task.car, way.source, way.destination):
        return False
    if isinstance(task, Returned):
        w.to_store.remove(task)
        lifts.put_away(w, now, way.lift, task, way.destination - first)
        return True
    if task.car == NOWHERE:
        car = w.racks[way.lift].car[way.source - first]
        if w.stock_index[car] == NOWHERE:
            return False
        w.promised[task.model] -= 1
        alike.settle(w, task, car)
    (w.waiting if task in w.waiting else w.to_stage).remove(task)
    lifts.bring_down(w, now, way.lift, task, way.destination)
    return True
