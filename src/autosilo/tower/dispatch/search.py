"""Iterated local search over plans: better and better until the budget is spent.

Moves: a run of one to three jobs goes elsewhere (or-opt, Or 1976), also to another lift or bay; two jobs change
places. From a local optimum a few jobs are thrown about at random and the descent begins again (iterated local search,
Lourenço, Martin and Stützle 2003).
"""

from collections.abc import Iterator, Sequence
from math import inf

from autosilo.tower.dispatch.costs import lift_cost, order_cost
from autosilo.tower.dispatch.problem import Mode, Plan, Problem
from autosilo.tower.dispatch.settings import Budget

LONGEST_RUN = 3
LEAST_GAIN = 1e-7
THROWN = 3
"""So many jobs are thrown about at a restart."""


class Search:
    """The best plan so far, and the means to improve it.

    While stations cannot run short, lifts are independent and each has a list of its own. Otherwise there is one list
    in the order in which lifts and stations are given out.
    """

    def __init__(self, problem: Problem, plan: Plan, seed: int) -> None:
        self.problem = problem
        self._lists: list[list[Mode]] = [[] for _ in problem.free] if not problem.joint else [[]]
        for mode in plan:
            self._lists[self._list_of(mode)].append(mode)
        self._costs = [self._cost(number, modes) for number, modes in enumerate(self._lists)]
        self._best = [modes.copy() for modes in self._lists]
        self._best_cost = sum(self._costs)
        self._random = seed

    @property
    def cost(self) -> float:
        return self._best_cost

    @property
    def plan(self) -> Plan:
        """The best plan. Lists of independent lifts stand one behind the other."""
        return [mode for modes in self._best for mode in modes]

    def run(self, budget: Budget) -> None:
        """Improve until ``budget`` is spent, or for good when there is nothing to choose."""
        self._descend(budget)
        self._keep()
        if len(self.plan) < 2:
            return
        while budget.left():
            self._throw(budget)
            self._descend(budget)
            if not self._keep():
                self._lists = [modes.copy() for modes in self._best]
                self._costs = [self._cost(number, modes) for number, modes in enumerate(self._lists)]

    def _keep(self) -> bool:
        cost = sum(self._costs)
        if cost > self._best_cost + LEAST_GAIN:
            return False
        self._best, self._best_cost = [modes.copy() for modes in self._lists], cost
        return True

    def _list_of(self, mode: Mode) -> int:
        return 0 if self.problem.joint else mode.lift

    def _cost(self, number: int, modes: Sequence[Mode], limit: float = inf) -> float:
        if self.problem.joint:
            return order_cost(self.problem, modes, limit)
        return lift_cost(self.problem, number, modes, limit)

    def _descend(self, budget: Budget) -> None:
        """To a local optimum."""
        while self._improve_by_moving(budget) or self._improve_by_swapping(budget):
            pass

    def _improve_by_moving(self, budget: Budget) -> bool:
        improved = False
        for number, length, at in self._runs():
            modes = self._lists[number]
            run = modes[at : at + length]
            if len(run) < length:
                continue
            rest = modes[:at] + modes[at + length :]
            improved |= self._move(number, run, rest, budget)
            if not budget.left():
                return False
        return improved

    def _runs(self) -> Iterator[tuple[int, int, int]]:
        for number in range(len(self._lists)):
            for length in range(1, LONGEST_RUN + 1):
                for at in range(len(self._lists[number])):
                    yield number, length, at

    def _move(self, number: int, run: list[Mode], rest: list[Mode], budget: Budget) -> bool:
        """Put ``run`` where it costs least; does it cost less than before?"""
        rest_cost = self._cost(number, rest)
        best_gain, best = LEAST_GAIN, None
        for moved in self._versions(run):
            target = self._list_of(moved[0])
            if target == number:
                others, before, spared = rest, self._costs[number], 0.0
            else:
                others, before, spared = self._lists[target], self._costs[target], self._costs[number] - rest_cost
            for at in range(len(others) + 1):
                limit = before + spared - best_gain
                cost = self._cost(target, [*others[:at], *moved, *others[at:]], limit)
                if cost < limit:
                    best_gain, best = before + spared - cost, (target, others, moved, at, cost)
            budget.used += len(others) + 1
        if best is None:
            return False
        target, others, moved, at, cost = best
        self._lists[number], self._costs[number] = rest, rest_cost
        self._lists[target], self._costs[target] = [*others[:at], *moved, *others[at:]], cost
        return True

    def _versions(self, run: list[Mode]) -> list[list[Mode]]:
        """The run as it is, reversed, and a single job in each of its modes."""
        if len(run) == 1:
            return [[mode] for mode in self.problem.modes[run[0].task]]
        return [run, run[::-1]]

    def _improve_by_swapping(self, budget: Budget) -> bool:
        """Two jobs change places, within a list or between lists."""
        places = [(number, at) for number, modes in enumerate(self._lists) for at in range(len(modes))]
        for index, first in enumerate(places):
            for second in places[index + 1 :]:
                if self._swap(first, second):
                    return True
            budget.used += len(places) - index
            if not budget.left():
                return False
        return False

    def _swap(self, first: tuple[int, int], second: tuple[int, int]) -> bool:
        (a, at_a), (b, at_b) = first, second
        one, other = self._lists[a][at_a], self._lists[b][at_b]
        if a == b:
            modes = self._lists[a].copy()
            modes[at_a], modes[at_b] = other, one
            cost = self._cost(a, modes, self._costs[a] - LEAST_GAIN)
            if cost >= self._costs[a] - LEAST_GAIN:
                return False
            self._lists[a], self._costs[a] = modes, cost
            return True
        there, here = self._on_lift(one, b), self._on_lift(other, a)
        if there is None or here is None:
            return False
        mine, theirs = self._lists[a].copy(), self._lists[b].copy()
        mine[at_a], theirs[at_b] = here, there
        cost_a, cost_b = self._cost(a, mine), self._cost(b, theirs)
        if cost_a + cost_b >= self._costs[a] + self._costs[b] - LEAST_GAIN:
            return False
        self._lists[a], self._lists[b], self._costs[a], self._costs[b] = mine, theirs, cost_a, cost_b
        return True

    def _on_lift(self, mode: Mode, lift: int) -> Mode | None:
        return next((one for one in self.problem.modes[mode.task] if one.lift == lift), None)

    def _throw(self, budget: Budget) -> None:
        """A few jobs to random places, in random modes."""
        for _ in range(THROWN):
            number = self._draw(len(self._lists))
            if not self._lists[number]:
                continue
            modes = self._lists[number]
            task = modes.pop(self._draw(len(modes))).task
            ways = self.problem.modes[task]
            mode = ways[self._draw(len(ways))]
            target = self._lists[self._list_of(mode)]
            target.insert(self._draw(len(target) + 1), mode)
        self._costs = [self._cost(number, modes) for number, modes in enumerate(self._lists)]
        budget.used += 1

    def _draw(self, below: int) -> int:
        """The next random number of a linear congruential generator (Knuth's MMIX constants)."""
        self._random = (self._random * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._random >> 33) % below
