"""What fails again and again, and is tried again by itself: at last a person is told."""

import time

from autosilo.site.control.holding import Hold, Holding
from autosilo.site.control.recovery import Decision

BY_ITSELF = "it is tried again by itself"
UNEXPLAINED = 0.05
"""Part of the limit after which that is said which nobody at the machine can be the cause of: 30 s of 600 s."""

SELDOM_S = 2.0
"""Each try is journalled: once a person was told there is no hurry."""


class Patience:
    """Of one unit and one kind of failure. After ``limit_s`` without a success the hold is shown; work goes on."""

    def __init__(self, holding: Holding, limit_s: float) -> None:
        self._holding = holding
        self._limit_s = limit_s
        self._since: float | None = None
        self._mine: Hold | None = None

    def failed(self, decision: Decision, look_at: str) -> float:
        """It is about to be tried again: returns after how many seconds, more once a person was told.

        A hold that is there already is left alone; after a release the time begins anew.
        """
        now = time.monotonic()
        if self._since is None or (self._mine is not None and self._holding.hold is not self._mine):
            self._since, self._mine = now, None
        limit_s = self._limit_s if decision.by_people else self._limit_s * UNEXPLAINED
        if decision.lasting and self._holding.hold is None and now - self._since >= limit_s:
            self._mine = self._holding.show(f"{decision.lasting}; {BY_ITSELF}", look_at)
        return max(decision.after_s, SELDOM_S) if self._mine is not None else decision.after_s

    def over(self) -> None:
        """It has succeeded, or is not wanted any more."""
        self._holding.recover(self._mine)
        self._since = self._mine = None
