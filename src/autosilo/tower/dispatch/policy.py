"""``decide``: the one question that the site controller and the simulator ask at each event."""

from collections.abc import Sequence

from autosilo.tower.dispatch.decision import Decision, Move
from autosilo.tower.dispatch.problem import Plan, Problem, prepare
from autosilo.tower.dispatch.rules import by_rule
from autosilo.tower.dispatch.search import Search
from autosilo.tower.dispatch.settings import Budget, Settings
from autosilo.tower.dispatch.snapshot import Snapshot
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
    problem = prepare(snapshot, machine, settings)
    budget = budget or Budget()
    search = Search(problem, by_rule(problem), settings.seed)
    search.run(budget)
    return _decision(problem, snapshot, search.plan, exact=False, nodes=budget.used + 1)


def _decision(problem: Problem, snapshot: Snapshot, plan: Plan, *, exact: bool, nodes: int) -> Decision:
    now = snapshot.now
    moves = tuple(
        Move(problem.tasks[mode.task], problem.option(mode, choice), now + start, now + done)
        for start, done, mode, choice in sorted(problem.schedule(plan), key=lambda row: row[0])
    )
    first: dict[int, Move] = {}
    for move in moves:
        first.setdefault(move.lift, move)
    begin = tuple(move for move in first.values() if move.start <= now)
    begun = {move.lift for move in begin}
    waits = {
        number: first[number].start if number in first else None
        for number, lift in enumerate(snapshot.lifts)
        if lift.available and lift.free_at <= now and number not in begun
    }
    return Decision(begin, moves, waits, problem.stranded, problem.cost(plan), exact, nodes)
