"""Tells the tower when each car is expected to leave, by the bookings that this site knows."""

import asyncio
from datetime import datetime
from typing import Protocol

from autosilo.site.clock import SiteClock
from autosilo.site.visits.store import VisitStore

LOOK_S = 10.0


class Expecting(Protocol):
    """What is asked of ``site.control.Tower``."""

    def expect(self, vin: str, leaves_at: datetime | None) -> None: ...


class Departures:
    """The visits are the truth; what was told is remembered only to tell what has changed."""

    def __init__(self, *, tower: Expecting, visits: VisitStore, clock: SiteClock) -> None:
        self._tower = tower
        self._visits = visits
        self._clock = clock
        self._told: dict[str, datetime] = {}

    async def run(self) -> None:
        """For ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """The tower knows no other time than the real one."""
        now = self._clock.now()
        wanted = {vin: self._clock.real(at) for vin, at in self._visits.departures(now).items()}
        for vin in self._told.keys() - wanted.keys():
            self._tower.expect(vin, None)
        for vin, at in wanted.items():
            if self._told.get(vin) != at:
                self._tower.expect(vin, at)
        self._told = wanted
