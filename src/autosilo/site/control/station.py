"""The driver of a station: its gate opens and shuts, and its sensors are waited for."""

import asyncio
import time
from collections.abc import Callable

from autosilo.site.control.holding import Told
from autosilo.site.control.journal import Journal, JournalledCommand
from autosilo.site.control.mailbox import PlcLink
from autosilo.site.control.readings import StationStatus
from autosilo.site.control.unit import UnitDriver
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Place, Role, lifts_at
from autosilo.wire.mailbox import GateState, Mode

LOOK_S = 0.5
"""A sensor is looked at again after this, even if nothing was told."""


class StationDriver(UnitDriver):
    """``lifts``: names of those that reach the station, its own first."""

    def __init__(self, *, config: SiteConfig, place: Place, journal: Journal, link: PlcLink, told: Told) -> None:
        super().__init__(place.name, journal=journal, link=link, told=told, patience_s=config.tower.gate.dwell_limit_s)
        self.place = place
        self.times = config.tower.gate
        self.lifts = lifts_at(config.tower, place.name)

    @property
    def status(self) -> StationStatus | None:
        """As last read, None before the first connection."""
        status = self._link.status.get(self.name)
        return status if isinstance(status, StationStatus) else None

    @property
    def connected(self) -> bool:
        return self._link.connected

    @property
    def delivery(self) -> bool:
        return self.place.role is Role.DELIVERY

    @property
    def locks(self) -> bool:
        """Has it no shutter, so that its open gate locks its lifts?"""
        return not self.place.shutter_s

    @property
    def shut(self) -> bool:
        """Does the sensor say that the gate is shut?"""
        status = self.status
        return status is not None and status.gate is GateState.SHUT

    @property
    def empty(self) -> bool:
        """Do the sensors say that a car can be put here now, and be driven out or in?"""
        status = self.status
        if status is None or status.mode is not Mode.AUTO or status.emergency:
            return False
        return not status.occupied and status.gate is GateState.SHUT and status.zone_clear

    async def wait_for(
        self,
        condition: Callable[[StationStatus], bool],
        *,
        steady_s: float = 0.0,
        patience_s: float | None = None,
    ) -> bool:
        """Wait until ``condition`` has held for ``steady_s``; False when patience ran out first.

        Only what is read while connected counts; while the link is down, patience stands still as well.
        """
        since: float | None = None
        waited, before = 0.0, time.monotonic()
        while True:
            now, status = time.monotonic(), self.status
            if self._link.connected and status is not None:
                waited += now - before
                if condition(status):
                    since = now if since is None else since
                    if now - since >= steady_s:
                        return True
                else:
                    since = None
            else:
                since = None
            before = now
            if patience_s is not None and waited >= patience_s and since is None:
                return False
            pause = LOOK_S if since is None else min(LOOK_S, since + steady_s - now)
            if patience_s is not None and since is None:
                pause = min(pause, max(0.0, patience_s - waited))
            await self._link.changed(max(pause, 0.001), unit=self.name)
            await asyncio.sleep(0)

    def _expected_s(self, command: JournalledCommand) -> float:
        return self.times.travel_s

    def _compare(self, generation: int) -> bool:
        """Its car is compared by the lifts that reach it."""
        return True
