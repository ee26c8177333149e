"""Every order of a few jobs, by depth-first search with a lower bound: the best plan, proven."""

from collections.abc import Sequence
from math import inf

from autosilo.tower.dispatch.costs import lift_cost
from autosilo.tower.dispatch.problem import Plan, Problem
from autosilo.tower.dispatch.settings import Budget

ROUNDING = 1e-9


def best_plan(problem: Problem, todo: Sequence[int], good: Plan, budget: Budget) -> tuple[Plan, bool]:
    """The cheapest plan of the tasks ``todo``, starting from a ``good`` one, and whether that is proven.

    Jobs are given out in the order of their starts; that misses no plan worth having, because a job that could start
    earlier than the one before it is looked at in that order, too.
    """
    tree = _Tree(problem, good, budget)
    tree.grow(tuple(todo), problem.free, problem.place, problem.open_at, 0.0, 0.0, [])
    return tree.best, not tree.cut_short


def best_pair(problem: Problem, one: int, two: int) -> Plan:
    """The cheapest plan of two tasks while stations cannot run short: the shortest way for the commonest case."""
    idle = [problem.work(t) for t in problem.free]
    firsts = [(mode, lift_cost(problem, mode.lift, (mode,)) - idle[mode.lift]) for mode in problem.modes[one]]
    seconds = [(mode, lift_cost(problem, mode.lift, (mode,)) - idle[mode.lift]) for mode in problem.modes[two]]
    least = inf
    best: Plan = []
    for a, alone_a in firsts:
        for b, alone_b in seconds:
            if a.lift != b.lift:
                if alone_a + alone_b < least:
                    least, best = alone_a + alone_b, [a, b]
                continue
            for plan in ([a, b], [b, a]):
                cost = lift_cost(problem, a.lift, plan) - idle[a.lift]
                if cost < least:
                    least, best = cost, plan
    return best


class _Tree:
    def __init__(self, problem: Problem, good: Plan, budget: Budget) -> None:
        self.problem = problem
        self.budget = budget
        self.best = good
        self.least = problem.cost(good)
        self.cut_short = False

    def grow(
        self,
        todo: tuple[int, ...],
        free: list[float],
        place: list[int],
        open_at: list[float],
        clock: float,
        cost: float,
        chosen: Plan,
    ) -> None:
        if self.cut_short or cost + self._bound(todo, free) >= self.least - ROUNDING:
            return
        if len(todo) == 1:
            self._last(todo[0], free, place, open_at, clock, cost, chosen)
            return
        problem = self.problem
        for task in todo:
            rest = tuple([other for other in todo if other != task])
            for mode in problem.modes[task]:
                self.budget.used += 1
                start, done, choice = problem.serve(mode, free, place, open_at)
                if start < clock - ROUNDING:
                    continue
                state = free.copy(), place.copy(), open_at.copy()
                problem.advance(mode, done, choice, *state)
                paid = cost + mode.weight * (done - mode.due) if done > mode.due else cost
                self.grow(rest, *state, start, paid, [*chosen, mode])
        if not self.budget.left():
            self.cut_short = True

    def _last(
        self,
        task: int,
        free: list[float],
        place: list[int],
        open_at: list[float],
        clock: float,
        cost: float,
        chosen: Plan,
    ) -> None:
        """The last job of an order, without copying the state once more."""
        problem = self.problem
        work = sum([problem.work(t) for t in free])
        for mode in problem.modes[task]:
            start, done, _ = problem.serve(mode, free, place, open_at)
            total = cost + work - problem.work(free[mode.lift]) + problem.work(done)
            if done > mode.due:
                total += mode.weight * (done - mode.due)
            if total < self.least - ROUNDING and start >= clock - ROUNDING:
                self.best, self.least = [*chosen, mode], total

    def _bound(self, todo: tuple[int, ...], free: list[float]) -> float:
        """What the tasks cost at least: each as if it were next, and without an empty way."""
        least = 0.0
        for task in todo:
            done = min([max(free[mode.lift], mode.release) + mode.carry for mode in self.problem.modes[task]])
            mode = self.problem.modes[task][0]
            if done > mode.due:
                least += mode.weight * (done - mode.due)
        return least
