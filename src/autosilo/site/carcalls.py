"""Telling a car what it may do. Level-triggered: said again while it holds, so that a lost message does no harm."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from autosilo.site.tasks import end, keep
from autosilo.wire.cars import CarCommand
from autosilo.wire.live import LiveStation, TowerLive

EVERY_S = 3.0

Send = Callable[[CarCommand], Awaitable[None]]
Look = Callable[[], TowerLive]


class CarCalls:
    """``send`` puts a command on the bus; ``look`` is the tower as its sensors see it now."""

    def __init__(self, *, send: Send, look: Look, every_s: float = EVERY_S) -> None:
        self._send = send
        self._look = look
        self._every_s = every_s

    def unlocked(self, vin: str) -> contextlib.AbstractAsyncContextManager[None]:
        """While the block runs: ``unlock`` whenever the car stands behind an open gate."""
        return self._telling(lambda: self._unlock(vin))

    def invited(self, vin: str, station: str) -> contextlib.AbstractAsyncContextManager[None]:
        """While the block runs: ``intake_open`` whenever the intake's gate is open and nothing stands in it."""
        return self._telling(lambda: self._intake_open(vin, station))

    def _unlock(self, vin: str) -> CarCommand | None:
        station = self._first(lambda one: one.car == vin)
        return CarCommand(kind="unlock", vin=vin, station=station) if station else None

    def _intake_open(self, vin: str, station: str) -> CarCommand | None:
        free = self._first(lambda one: one.station == station and one.car is None)
        return CarCommand(kind="intake_open", vin=vin, station=station) if free else None

    def _first(self, wanted: Callable[[LiveStation], bool]) -> str | None:
        stations = self._look().stations
        return next((one.station for one in stations if one.gate == "open" and wanted(one)), None)

    @contextlib.asynccontextmanager
    async def _telling(self, say: Callable[[], CarCommand | None]) -> AsyncIterator[None]:
        task = asyncio.create_task(keep("car calls", lambda: self._repeat(say)))
        try:
            yield
        finally:
            await end([task])

    async def _repeat(self, say: Callable[[], CarCommand | None]) -> None:
        while True:
            if command := say():
                await self._send(command)
            await asyncio.sleep(self._every_s)
