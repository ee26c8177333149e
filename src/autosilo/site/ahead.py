"""Brings booked cars down ahead of time, where a site wants that (``AUTOSILO_STAGE_AHEAD_S``)."""

import asyncio
from datetime import timedelta
from typing import Protocol

import structlog

from autosilo.site.clock import SiteClock
from autosilo.site.control import CannotFetch
from autosilo.site.visits.store import VisitStore

log = structlog.get_logger(__name__)

LOOK_S = 10.0


class Stager(Protocol):
    """What is asked of ``site.control.Tower``."""

    def inventory(self) -> dict[str, str]: ...
    def stage(self, vin: str) -> None: ...
    def staging(self) -> list[str]: ...
    def unstage(self, vin: str) -> None: ...


class Ahead:
    """Keeps no list: the visits say what should stand in the stations, the tower what does, or will."""

    def __init__(self, *, tower: Stager, visits: VisitStore, clock: SiteClock, ahead_s: float) -> None:
        self._tower = tower
        self._visits = visits
        self._clock = clock
        self._ahead = timedelta(seconds=ahead_s)

    async def run(self) -> None:
        """For ever; returns at once where the site does not want it."""
        while self._ahead:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Ask for the cars of those who may come soon, the next one first, and store what nobody comes for."""
        wanted = self._visits.cars_expected_by(self._clock.now(), ahead=self._ahead)
        down = [vin for place, vin in self._tower.inventory().items() if is_delivery(place)]
        for vin in [*down, *self._tower.staging()]:
            if vin not in wanted:
                self._tower.unstage(vin)
        for vin in wanted:
            try:
                self._tower.stage(vin)
            except CannotFetch as error:
                log.info("not brought down ahead of time", vin=vin, reason=error.reason)


def is_delivery(place: str) -> bool:
    """``L1.D1``, not ``L1.B0101`` or ``L1.I1``."""
    return place.partition(".")[2].startswith("D")
