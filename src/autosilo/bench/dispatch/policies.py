"""Who plays: the policy, and the simple rules that stand beside it."""

from collections.abc import Sequence

from autosilo.bench.dispatch.play import Choose
from autosilo.tower.dispatch import Budget, Decision, Move, Snapshot, decide, decide_by_rule
from autosilo.tower.dispatch.problem import Mode, Problem
from autosilo.tower.dispatch.rules import Priority, wspt
from autosilo.tower.traveltimes import TravelTimes

NODES = 5_000
"""Plans looked at for each decision: some 30 to 50 ms."""


def policy(nodes: int = NODES) -> Choose:
    """The policy, with the same number of plans everywhere, so that a run can be repeated exactly.

    As on site, it remembers its last plan.
    """
    before: Decision | None = None

    def choose(snapshot: Snapshot, machine: Sequence[TravelTimes]) -> Sequence[Move]:
        nonlocal before
        before = decide(snapshot, machine, budget=Budget(nodes=nodes), hint=before)
        return before.moves

    return choose


def first_come_first_served(_problem: Problem, mode: Mode, _start: float, _seconds: float) -> float:
    """In the order in which the requests stand in the snapshot."""
    return mode.task


def nearest_neighbour(_problem: Problem, mode: Mode, _start: float, seconds: float) -> float:
    """The shortest empty way."""
    return seconds - mode.carry


RULES: dict[str, Priority] = {"FCFS": first_come_first_served, "nearest": nearest_neighbour, "WSPT": wspt}


def by(priority: Priority) -> Choose:
    """A priority rule, asked anew at each event."""
    return lambda snapshot, machine: decide_by_rule(snapshot, machine, priority).moves
