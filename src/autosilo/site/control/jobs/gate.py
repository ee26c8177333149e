"""Open or shut one gate; and wait for what happens in front of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from autosilo.site.control.driver import LiftDriver, Order
from autosilo.site.control.mailbox import PlcLink, StationStatus
from autosilo.tower.config import Gate as GateTimes
from autosilo.wire.mailbox import GateState, Kind


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of ``station``."""

    station: str
    times: GateTimes
    job: int | None = None

    def expected_s(self) -> float:
        """Full travel, either way."""
        return self.times.travel_s

    async def open(self, driver: LiftDriver) -> None:
        """Return when the sensor says that it is fully open."""
        await driver.execute(lambda: self._plan(driver, GateState.OPEN, Kind.OPEN_GATE))

    async def shut(self, driver: LiftDriver) -> None:
        """Return when the sensor says that it is shut. The PLC reverses it when something comes in between."""
        await driver.execute(lambda: self._plan(driver, GateState.SHUT, Kind.SHUT_GATE))

    def _plan(self, driver: LiftDriver, wanted: GateState, kind: Kind) -> Order | None:
        status = driver.status
        if status is not None and status.stations[self.station].gate is wanted:
            return None
        return Order(kind, self.station, expected_s=self.expected_s(), job=self.job)


async def wait_for(
    driver: LiftDriver,
    link: PlcLink,
    station: str,
    condition: Callable[[StationStatus], bool],
    *,
    steady_s: float = 0.0,
    patience_s: float | None = None,
) -> bool:
    """Wait until ``condition`` of the station's sensors has held for ``steady_s``; False when patience ran out first.

    Only what is read while connected counts; while the link is down, patience stands still as well.
    """
    since: float | None = None
    waited, before = 0.0, time.monotonic()
    while True:
        now = time.monotonic()
        if link.connected and driver.status is not None:
            waited += now - before
            if condition(driver.status.stations[station]):
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
        await link.changed(0.5)
        await asyncio.sleep(0)
