"""What a site may tune, and how long a decision may take."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Settings:
    """``ageing_s``: a job that has waited so long counts double, twice as long three times, and so on.

    ``work_weight``: cost of each second that a lift is at work until the plan is done. It breaks ties between plans in
    which people wait equally long, and decides alone when nobody waits. ``exact_jobs``: up to so many jobs every order
    is looked at, for each group of lifts that share nothing. ``seed``: of the search's own random numbers.
    """

    ageing_s: float = 3600.0
    work_weight: float = 1e-3
    exact_jobs: int = 5
    seed: int = 1

    def __post_init__(self) -> None:
        if self.ageing_s <= 0 or self.work_weight <= 0 or self.exact_jobs < 0:
            raise ValueError("ageing and the weight of work must be positive, the exact number not negative")


class Budget:
    """How much one decision may think: so many plans, and not beyond so many seconds of ``clock`` from now on.

    It is used up: make a new one for each decision. ``used`` says how many plans were looked at.
    With ``nodes`` alone a decision is a function of its arguments. ``clock`` gives seconds (``time.perf_counter``); it
    is passed in because nothing here reads a clock.
    """

    __slots__ = ("_begun", "clock", "nodes", "seconds", "used")

    def __init__(self, *, nodes: int = 200, seconds: float = inf, clock: Callable[[], float] | None = None) -> None:
        if clock is None and seconds != inf:
            raise ValueError("seconds are counted on a clock: give one")
        self.nodes = nodes
        self.seconds = seconds
        self.clock = clock
        self.used = 0
        self._begun = clock() if clock is not None else 0.0

    def spend(self, nodes: int) -> bool:
        """Count ``nodes`` more; is there anything left? Asked often, so the clock is read each time."""
        self.used += nodes
        return self.left()

    def left(self) -> bool:
        if self.used >= self.nodes:
            return False
        return self.clock is None or self.clock() - self._begun < self.seconds
