"""Brings booked cars down ahead of time, where a site wants that (``AUTOSILO_STAGE_AHEAD_S``)."""

import asyncio
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog

from autosilo.site.choice import Choice
from autosilo.site.clock import SiteClock
from autosilo.site.control import CannotFetch
from autosilo.site.visits.store import Visit, VisitStore

log = structlog.get_logger(__name__)

LOOK_S = 10.0


class Stager(Protocol):
    """What is asked of ``site.control.Tower``."""

    def inventory(self) -> dict[str, str]: ...
    def stage(self, vin: str) -> None: ...
    def staging(self) -> list[str]: ...
    def unstage(self, vin: str) -> None: ...


class Ahead:
    """The visits say what should stand in the stations, the tower what does, or will."""

    def __init__(self, *, tower: Stager, visits: VisitStore, clock: SiteClock, choice: Choice, ahead_s: float) -> None:
        self._tower = tower
        self._choice = choice
        self._chosen: set[UUID] = set()
        self._visits = visits
        self._clock = clock
        self._ahead = timedelta(seconds=ahead_s)

    async def run(self) -> None:
        """For ever; returns at once where the site does not want it."""
        while self._ahead:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Ask for the cars of those who may come soon, the next one first, and store what nobody comes for."""
        await self._choose()
        wanted = [visit.vin for visit in self._due()]
        down = [vin for place, vin in self._tower.inventory().items() if is_delivery(place)]
        for vin in [*down, *self._tower.staging()]:
            if vin not in wanted:
                self._tower.unstage(vin)
        for vin in wanted:
            try:
                self._tower.stage(vin)
            except CannotFetch as error:
                log.info("not brought down ahead of time", vin=vin, reason=error.reason)

    def _due(self) -> list[Visit]:
        return self._visits.due_by(self._clock.now(), ahead=self._ahead)

    async def _choose(self) -> None:
        """Which car it shall be is asked once for each visit, when its car may come down."""
        due = self._due()
        self._chosen &= {visit.trial for visit in due}
        for visit in due:
            if visit.trial not in self._chosen:
                self._chosen.add(visit.trial)
                await self._choice.settle(visit, due=visit.collect_from)


def is_delivery(place: str) -> bool:
    """``L1.D1``, not ``L1.B0101`` or ``L1.I1``."""
    return place.partition(".")[2].startswith("D")
