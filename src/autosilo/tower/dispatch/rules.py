"""Priority rules: a whole plan at once, without search. The fallback, and where the search begins."""

from collections.abc import Callable, Iterable
from math import inf

from autosilo.tower.dispatch.problem import Mode, Plan, Problem

Priority = Callable[[Problem, Mode, float, float], float]
"""(problem, mode, seconds until its lift sets out, seconds from there until done) to a number; the least goes first."""

NOTHING = 1e-9
"""Stands for no weight, where a weight divides."""


def wspt(_problem: Problem, mode: Mode, start: float, seconds: float) -> float:
    """Weighted shortest processing time (Smith 1956), with the empty way in the time and age in the weight."""
    slack = max(0.0, mode.due - start - seconds)
    return (seconds + slack) / max(mode.weight, NOTHING)


def by_rule(problem: Problem, tasks: Iterable[int], priority: Priority = wspt) -> Plan:
    """List scheduling: the lift that can set out first gets the job of the least priority number, again and again."""
    plan: Plan = []
    free, place, open_at = problem.free.copy(), problem.place.copy(), problem.open_at.copy()
    todo = list(tasks)
    while todo:
        chosen, mode = _next(problem, priority, todo, free, place, open_at)
        _, done, choice = problem.serve(mode, free, place, open_at)
        problem.advance(mode, done, choice, free, place, open_at)
        plan.append(mode)
        todo.remove(chosen)
    return plan


def _next(
    problem: Problem,
    priority: Priority,
    todo: list[int],
    free: list[float],
    place: list[int],
    open_at: list[float],
) -> tuple[int, Mode]:
    best: tuple[float, float, float, int, int] | None = None
    found: tuple[int, Mode] | None = None
    for task in todo:
        for number, mode in enumerate(problem.modes[task]):
            start, done, _ = problem.serve(mode, free, place, open_at)
            rank = (start, priority(problem, mode, start, done - start), done, task, number)
            if best is None or rank < best:
                best, found = rank, (task, mode)
    if found is None:  # unreachable: every task has a mode
        raise AssertionError("a task without a mode")
    return found


def overdue(problem: Problem) -> Plan:
    """Jobs whose patience has run out: in the order in which they fell due, each by the lift that has it done first.

    This is what keeps anybody from starving. From the moment its patience ends, a job waits only for those that fell
    due before it; younger ones, of whatever weight, cannot go before it any more.
    """
    now = problem.now
    late = [
        task
        for task, job in enumerate(problem.tasks)
        if now - job.due >= job.patience_s and job.weight > 0 and job.due > -inf
    ]
    if not late:
        return []
    late.sort(key=lambda task: (problem.tasks[task].due, task))
    plan: Plan = []
    free, place, open_at = problem.free.copy(), problem.place.copy(), problem.open_at.copy()
    for task in late:
        mode = min(problem.modes[task], key=lambda mode: problem.serve(mode, free, place, open_at)[1])
        _, done, choice = problem.serve(mode, free, place, open_at)
        problem.advance(mode, done, choice, free, place, open_at)
        plan.append(mode)
    return plan


def alone(problem: Problem, task: int) -> Plan:
    """The plan of one job: the mode in which it costs least, of equal ones that which is done first."""
    modes = problem.modes[task]
    if len(modes) == 1:
        return modes.copy()

    def rank(mode: Mode) -> tuple[float, float]:
        _, done, _ = problem.serve(mode, problem.free, problem.place, problem.open_at)
        return max(0.0, done - mode.due) * mode.weight, done

    return [min(modes, key=rank)]
