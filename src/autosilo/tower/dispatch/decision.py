"""What the policy answers."""

from collections.abc import Hashable
from dataclasses import dataclass

from autosilo.tower.dispatch.jobs import Job, Option


@dataclass(frozen=True, slots=True)
class Move:
    """``job`` done by ``option``: its lift sets out at ``start`` and has put the car down at ``done``."""

    job: Job
    option: Option
    start: float
    done: float

    @property
    def lift(self) -> int:
        return self.option.lift


@dataclass(frozen=True, slots=True)
class Decision:
    """``moves``: what to begin now, at most one for each idle lift. An idle lift without a move waits.

    ``plan``: every job that can be done, in order of start, with the expected times; the first of each lift is what it
    does next. An estimate for whoever waits, and the starting point of the next decision. ``waits``: for each idle lift
    that is to wait, the moment of its next planned start, or None when nothing is planned for it.
    ``stranded``: jobs that no available lift or no open station can do now. ``cost``: sum of weight (aged) × seconds of
    waiting of the plan. ``exact``: no other plan costs less, by exhaustive search. ``nodes``: plans looked at.
    """

    moves: tuple[Move, ...]
    plan: tuple[Move, ...]
    waits: dict[int, float | None]
    stranded: tuple[Hashable, ...]
    cost: float
    exact: bool
    nodes: int
