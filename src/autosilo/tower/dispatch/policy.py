"""``decide``: the one question that the site controller and the simulator ask at each event."""

from collections.abc import Sequence

from autosilo.tower.dispatch.decision import Decision, Move
from autosilo.tower.dispatch.exact import best_pair, best_plan
from autosilo.tower.dispatch.problem import Plan, Problem, prepare
from autosilo.tower.dispatch.rules import Priority, alone, by_rule, overdue, wspt
from autosilo.tower.dispatch.search import Search
from autosilo.tower.dispatch.settings import Budget, Settings
from autosilo.tower.dispatch.snapshot import Snapshot
from autosilo.tower.dispatch.throughput import soonest_done
from autosilo.tower.traveltimes import TravelTimes

DEFAULT = Settings()


def decide(
    snapshot: Snapshot,
    machine: Sequence[TravelTimes],
    *,
    budget: Budget | None = None,
    settings: Settings = DEFAULT,
    hint: Decision | None = None,
) -> Decision:
    """What each idle lift does next.

    ``machine``: one table of travel times for each lift of the snapshot. ``budget``: how much to think (a small number
    of plans when left out); there is a valid decision however small it is. ``hint``: the previous decision, whose plan
    is where the search begins. Pure: the same arguments give the same decision, unless the budget counts on a clock.
    The snapshot is trusted; ``Snapshot.check`` is for the border at which it is made.
    """
    if not snapshot.jobs:
        return Decision((), (), _waits(snapshot, {}), (), 0.0, True, 0)
    problem = prepare(snapshot, machine, settings)
    first = overdue(problem)
    budget = budget or Budget()
    plan, exact = _plan(problem.after(first) if first else problem, first, budget, settings, hint)
    return _decision(problem, snapshot, first + plan, exact=exact and not first, nodes=budget.used)


def decide_by_rule(
    snapshot: Snapshot,
    machine: Sequence[TravelTimes],
    priority: Priority = wspt,
    *,
    settings: Settings = DEFAULT,
) -> Decision:
    """The same question answered by a priority rule alone, without search or overdue jobs: a baseline."""
    problem = prepare(snapshot, machine, settings)
    return _decision(problem, snapshot, by_rule(problem, range(len(problem.tasks)), priority), exact=False, nodes=1)


def _plan(
    problem: Problem, first: Plan, budget: Budget, settings: Settings, hint: Decision | None
) -> tuple[Plan, bool]:
    """The best plan found for the jobs that are not in ``first``, and whether it is the best there is."""
    fixed = {mode.task for mode in first}
    todo = [task for task in range(len(problem.tasks)) if task not in fixed]
    if len(todo) <= 2:
        return _few(problem, todo, budget)
    parts = problem.parts(todo)
    if max([len(part) for part in parts]) <= settings.exact_jobs:
        found = [_few(problem, part, budget) for part in parts]
        return [mode for plan, _ in found for mode in plan], all(exact for _, exact in found)
    plan = by_rule(problem, todo)
    plans = [plan]
    if hint is not None:
        plans.append(problem.adopt(todo, [(move.job.key, move.option) for move in hint.plan], plan))
    elif not any(mode.weight for mode in plan):
        plans.append(soonest_done(problem, plan))
    search = Search(problem, min(plans, key=problem.cost), settings.seed)
    search.run(budget)
    return search.plan, False


def _few(problem: Problem, todo: Sequence[int], budget: Budget) -> tuple[Plan, bool]:
    """The best plan of a few jobs, and whether it is proven."""
    if len(todo) == 1:
        return alone(problem, todo[0]), True
    if len(todo) == 2 and not problem.joint:
        return best_pair(problem, *todo), True
    return best_plan(problem, todo, by_rule(problem, todo), budget)


def _decision(problem: Problem, snapshot: Snapshot, plan: Plan, *, exact: bool, nodes: int) -> Decision:
    now = snapshot.now
    rows = problem.schedule(plan)
    if len(rows) > 1:
        rows.sort(key=lambda row: row[0])
    moves = tuple(
        [
            Move(problem.tasks[mode.task], problem.option(mode, choice), now + start, now + done)
            for start, done, mode, choice in rows
        ]
    )
    first: dict[int, Move] = {}
    for move in moves:
        first.setdefault(move.lift, move)
    begin = tuple([move for move in first.values() if move.start <= now])
    return Decision(begin, moves, _waits(snapshot, first), problem.stranded, problem.cost_of(rows), exact, nodes)


def _waits(snapshot: Snapshot, first: dict[int, Move]) -> dict[int, float | None]:
    """Idle lifts that do not begin anything now, and until when."""
    now = snapshot.now
    waits: dict[int, float | None] = {}
    for number, lift in enumerate(snapshot.lifts):
        if lift.available and lift.free_at <= now:
            move = first.get(number)
            if move is None:
                waits[number] = None
            elif move.start > now:
                waits[number] = move.start
    return waits
