"""Tells the platform what shoppers are told of their waits, so that their own page says the same as the kiosk."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from autosilo.site.clock import SiteClock
from autosilo.site.told import Knows, on_the_wire, wait_told
from autosilo.site.uplink.outbox import Outbox
from autosilo.site.visits.store import VisitStore
from autosilo.tower.eta import Coverage, Estimate
from autosilo.wire.wait import VisitWait, WaitsMeasured, WaitsReported

LOOK_S = 4.0
"""As often as a shopper's page asks."""
AGAIN_S = 60.0
"""A report without news is made again so much later: so an old one can be told from a site that is off."""
EXPECTED_S = 20.0
"""For who has not come yet the lifts' plan is asked so often."""
SOON = timedelta(hours=1)
"""Whose time begins later is told what is usual: the lifts know nothing of that hour yet."""
MOST = 30
"""So many who may come soon are told; each costs a question to the dispatch."""
MOVED_S = 5.0
"""A forecast that moved by less looks the same to a person."""


class Forecaster(Knows, Protocol):
    """What is asked of ``site.control.Tower``."""

    def usual_wait(self) -> Estimate | None: ...
    def waits_measured(self) -> tuple[Coverage, ...]: ...


class Forecast:
    """One loop. What was said last is remembered, so that only news is sent."""

    def __init__(
        self,
        *,
        site: str,
        tower: Forecaster,
        visits: VisitStore,
        clock: SiteClock,
        outbox: Outbox,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._site = site
        self._tower = tower
        self._visits = visits
        self._clock = clock
        self._outbox = outbox
        self._elapsed = elapsed
        self._expected: tuple[float, dict[UUID, VisitWait]] = (float("-inf"), {})
        self._said: tuple[float, WaitsReported] | None = None

    async def run(self) -> None:
        """For ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Report, if there is news or the last report is old."""
        now = self._elapsed()
        report = WaitsReported(
            at=self._clock.now(),
            site=self._site,
            visits=self._visit_waits(now),
            usual=on_the_wire(self._tower.usual_wait()),
            measured=tuple(
                WaitsMeasured(group=one.group, sooner=one.sooner, within=one.within, later=one.later)
                for one in self._tower.waits_measured()
            ),
        )
        if self._said is None or now - self._said[0] >= AGAIN_S or _is_news(*self._said, now, report):
            self._said = now, report
            self._outbox.put(report)

    def _visit_waits(self, now: float) -> tuple[VisitWait, ...]:
        known = self._visits.to_be_fetched(self._clock.now(), ahead=SOON)
        asked_at, before = self._expected
        old = now - asked_at >= EXPECTED_S
        waiting = [self._one(trial, vin, waits=True) for trial, vin, here in known if here]
        expected: dict[UUID, VisitWait] = {}
        for trial, vin, _ in [row for row in known if not row[2]][:MOST]:
            found = self._one(trial, vin, waits=False) if old or trial not in before else before[trial]
            if found is not None:
                expected[trial] = found
        self._expected = now if old else asked_at, expected
        return (*(one for one in waiting if one is not None), *expected.values())

    def _one(self, trial: UUID, vin: str, *, waits: bool) -> VisitWait | None:
        wait = wait_told(self._tower, vin)
        return None if wait is None else VisitWait(trial=trial, waiting=waits, wait=wait)


def _is_news(said_at: float, said: WaitsReported, now: float, report: WaitsReported) -> bool:
    before = {one.trial: one for one in said.visits}
    if {(one.trial, one.waiting) for one in report.visits} != {(one.trial, one.waiting) for one in said.visits}:
        return True
    if (said.usual, said.measured) != (report.usual, report.measured):
        return True
    return any(_moved(before[one.trial], one, now - said_at) for one in report.visits)


def _moved(before: VisitWait, after: VisitWait, passed_s: float) -> bool:
    """Somebody who waits was told a moment; who has not come yet, a duration."""
    gone = passed_s if after.waiting else 0.0
    pairs = (
        (before.wait.low_s, after.wait.low_s),
        (before.wait.likely_s, after.wait.likely_s),
        (before.wait.high_s, after.wait.high_s),
    )
    return any(abs(max(0.0, old - gone) - new) > MOVED_S for old, new in pairs)
