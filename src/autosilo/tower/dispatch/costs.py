"""What a list of modes costs: the innermost loops of the search, written for speed."""

from collections.abc import Sequence
from math import inf

from autosilo.tower.dispatch.problem import Mode, Problem


def lift_cost(problem: Problem, lift: int, modes: Sequence[Mode], limit: float = inf) -> float:
    """Cost of one lift's list when stations do not run short; infinity as soon as it exceeds ``limit``."""
    t = problem.free[lift]
    rows = problem.rows[lift]
    row = rows[problem.place[lift]]
    cost = 0.0
    for source, carry, destination, weight, due, release, _, _, _ in modes:
        if release > t:
            t = release
        t += row[source] + carry
        row = rows[destination]
        if t > due:
            cost += weight * (t - due)
            if cost > limit:
                return inf
    return cost + problem.work(t)


def order_cost(problem: Problem, modes: Sequence[Mode], limit: float = inf) -> float:
    """Cost of a whole plan, stations counted; infinity as soon as it exceeds ``limit``."""
    free, place, open_at, rows = problem.free.copy(), problem.place.copy(), problem.open_at.copy(), problem.rows
    cost = 0.0
    for source, carry, destination, weight, due, release, stations, lift, _ in modes:
        t = free[lift]
        if release > t:
            t = release
        t += rows[lift][place[lift]][source]
        if stations:
            empty = rows[lift][place[lift]][source]
            done, station = inf, -1
            for number, at, loaded in stations:
                begin = open_at[number] + empty
                end = (begin if begin > t else t) + loaded
                if end < done:
                    done, station, destination = end, number, at
            open_at[station] = done + problem.hold[station]
        else:
            done = t + carry
        free[lift] = done
        place[lift] = destination
        if done > due:
            cost += weight * (done - due)
            if cost > limit:
                return inf
    return cost + sum([problem.work(t) for t in free])
