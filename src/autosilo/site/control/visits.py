"""What the two kinds of visit share: their states, the parts of the tower that they use, and how they tell of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.journal import Journal, JournalledJob
from autosilo.site.control.mailbox import PlcLink
from autosilo.site.control.turns import Turns
from autosilo.site.control.types import DwellReason, EventKind, TowerEvent
from autosilo.site.tasks import end, keep
from autosilo.tower.config import SiteConfig

log = logging.getLogger(__name__)


class Purpose(StrEnum):
    COLLECT = "collect"
    RETURN = "return"


class Collect(StrEnum):
    """States of a collection; each names what is being done or has come to an end."""

    QUEUED = "queued"
    FETCHING = "fetching"
    AT_GATE = "at_gate"
    GATE_OPEN = "gate_open"
    LEFT = "left"
    ABANDONING = "abandoning"
    DONE = "done"
    ABANDONED = "abandoned"


class Return(StrEnum):
    """States of a return."""

    QUEUED = "queued"
    ADMITTING = "admitting"
    GATE_OPEN = "gate_open"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    STORING = "storing"
    DISMISSING = "dismissing"
    TIMING_OUT = "timing_out"
    STORED = "stored"
    DISMISSED = "dismissed"
    TIMED_OUT = "timed_out"


ENDED: frozenset[str] = frozenset({Collect.DONE, Collect.ABANDONED, Return.STORED, Return.DISMISSED, Return.TIMED_OUT})
"""Nothing more is to be done."""

DRIVER_AT_WORK: frozenset[str] = frozenset(
    {
        Collect.GATE_OPEN,
        Collect.LEFT,
        Collect.ABANDONING,
        Return.ADMITTING,
        Return.GATE_OPEN,
        Return.REFUSED,
        Return.ACCEPTED,
        Return.DISMISSING,
        Return.TIMING_OUT,
    }
)
"""The car in the station may come or go before the journal knows it."""


@dataclass(slots=True)
class Floor:
    """Everything that a visit works with."""

    config: SiteConfig
    journal: Journal
    link: PlcLink
    drivers: dict[str, LiftDriver]
    turns: dict[str, Turns]
    listeners: list[Callable[[TowerEvent], None]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(
        self,
        kind: EventKind,
        *,
        job: JournalledJob | None = None,
        place: str | None = None,
        detail: str | None = None,
    ) -> None:
        """Tell the subscribers, and wake who waits for a job."""
        event = TowerEvent(
            kind=kind,
            at=datetime.now(UTC),
            job_key=job.job_key if job else None,
            vin=job.vin if job else None,
            place=place,
            detail=detail,
        )
        for listener in list(self.listeners):
            try:
                listener(event)
            except Exception:  # a listener's fault must not stop the lift whose step it is told
                log.exception("a listener failed", extra={"event_kind": kind.value})
        self.wake()

    @asynccontextmanager
    async def minding(self, job: JournalledJob, reason: DwellReason) -> AsyncIterator[None]:
        """While the block waits for people at the job's station: call a person each time the dwell limit has passed.

        Not while the lift is held or its PLC away: those are shown for themselves.
        """
        task = asyncio.create_task(keep("minding a gate", lambda: self._mind_dwell(job, reason)))
        try:
            yield
        finally:
            await end([task])

    async def _mind_dwell(self, job: JournalledJob, reason: DwellReason) -> None:
        driver = self.drivers[job.lift or ""]
        while True:
            await asyncio.sleep(self.config.tower.gate.dwell_limit_s)
            if self.link.connected and driver.hold is None:
                log.warning("dwelling", extra={"job": job.job_key, "place": job.station, "reason": reason})
                self.tell(EventKind.DWELLING, job=job, place=job.station, detail=reason)

    def wake(self) -> None:
        """A job changed its state."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    def moving(self, job: JournalledJob, place: str) -> Callable[[], None]:
        """For ``begun`` of a move."""
        return lambda: self.tell(EventKind.MOVING, job=job, place=place)
