"""When nobody waits: the order in which a lift is done soonest.

Who follows whom so that the empty ways are shortest is an assignment problem; its solution is a set of rounds, each of
which ends where it began. Rounds are joined where that costs least. In a tower with all stations in one place every
round passes the street, joining costs nothing, and the order is the best there is.
"""

import numpy as np
from numpy.typing import NDArray

from autosilo.tower.dispatch.assignment import assign
from autosilo.tower.dispatch.problem import Mode, Plan, Problem

Floats = NDArray[np.float64]


def soonest_done(problem: Problem, plan: Plan) -> Plan:
    """The jobs of ``plan``, each lift's in a better order. Releases and stations are left to the search."""
    better: Plan = []
    for lift in range(len(problem.free)):
        modes = [mode for mode in plan if mode.lift == lift]
        better += _in_order(problem, lift, modes) if len(modes) > 1 else modes
    return better


def _in_order(problem: Problem, lift: int, modes: list[Mode]) -> list[Mode]:
    """The lift itself is the last row: it begins where it stands, and may end anywhere."""
    rows = problem.rows[lift]
    ends = [*(mode.destination for mode in modes), problem.place[lift]]
    ways = np.array([[*(rows[end][mode.source] for mode in modes), 0.0] for end in ends])
    ways[-1, -1] = ways.sum()  # a lift that goes home at once has done nothing
    follower, _, _ = assign(ways)
    _join(ways, follower)
    order, at = [], int(follower[-1])
    while at < len(modes):
        order.append(modes[at])
        at = int(follower[at])
    return order


def _join(ways: Floats, follower: NDArray[np.intp]) -> None:
    """Join all rounds into one, two at a time, by exchanging two followers; changes ``follower``."""
    own = np.arange(len(follower))
    while len(others := _outside(follower)):
        inside = np.setdiff1d(own, others)
        now = ways[inside, follower[inside]][:, None] + ways[others, follower[others]][None, :]
        then = ways[np.ix_(inside, follower[others])] + ways[np.ix_(others, follower[inside])].T
        a, b = np.unravel_index(np.argmin(then - now), now.shape)
        one, two = inside[a], others[b]
        follower[one], follower[two] = follower[two], follower[one]


def _outside(follower: NDArray[np.intp]) -> NDArray[np.intp]:
    """Who is not in the round of the last."""
    seen = np.zeros(len(follower), dtype=np.bool_)
    at = len(follower) - 1
    while not seen[at]:
        seen[at] = True
        at = int(follower[at])
    return np.flatnonzero(~seen)
