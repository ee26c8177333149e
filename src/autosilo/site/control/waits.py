"""How wrong the site's guesses of waits were: what its estimates' uncertainty is learned from."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from autosilo.site.control.journal import Journal
from autosilo.tower.eta import Calibration, Coverage, Estimate, ToldWait, calibrate, coverage, estimate, usual
from autosilo.tower.eta.calibration import LEAST_SAMPLES
from autosilo.tower.eta.estimate import BEFORE_ANY_DATA

log = logging.getLogger(__name__)

REMEMBERED = 1000
"""The last so many waits: some weeks of a busy tower, so that a change of season or drives shows."""
AGAIN_AFTER = 20
"""So many new waits change an interval a little; then it is computed anew."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Of one wait, when it began. ``at``: seconds since 1970."""

    group: str
    seconds: float
    at: float


class Waits:
    """The calibration of the moment, and those that wait. A wait that a restart interrupts is not counted."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._open: dict[str, Guess] = {}
        self._told: dict[str, Estimate] = {}
        self._new = 0
        self.calibration: Calibration = self._learn()
        self._count()

    @property
    def open(self) -> Mapping[str, Guess]:
        """By job key."""
        return self._open

    def begin(self, job_key: str, guess: Guess) -> None:
        """Somebody begins to wait, or begins anew after an attempt that came to nothing."""
        self._open[job_key] = guess
        self._told[job_key] = estimate(guess.seconds, group=guess.group, calibration=self.calibration)

    def over(self, job_key: str, *, now: float) -> None:
        """The gate is open. Does nothing for a wait whose beginning is not known."""
        guess, told = self._open.pop(job_key, None), self._told.pop(job_key, None)
        if guess is None or told is None:
            return
        wait = ToldWait(guess.group, told.low_s, told.high_s, now - guess.at)
        self._journal.add_wait(guess_s=guess.seconds, told=wait)
        self._count()
        self._new += 1
        if self._new >= AGAIN_AFTER:
            self.calibration, self._new = self._learn(), 0

    def _count(self) -> None:
        """``coverage``: how often the interval held that was told when a wait began, of those that are remembered;
        ``usual``: how long shoppers waited lately, None while too few have."""
        self.coverage: tuple[Coverage, ...] = coverage(self._journal.told_waits(REMEMBERED))
        self.usual: Estimate | None = usual([seconds for _, _, seconds in self._journal.waits(REMEMBERED)])

    def _learn(self) -> Calibration:
        samples = self._journal.waits(REMEMBERED)
        if len(samples) < LEAST_SAMPLES:
            return BEFORE_ANY_DATA
        log.info("waits calibrated", extra={"samples": len(samples)})
        return calibrate(samples)
