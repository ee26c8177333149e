"""The connection to the PLC under test: a session, the controller's heartbeat, the numbers that were used."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from autosilo.site.conformance.hands import Hands
from autosilo.site.conformance.numbers import Numbers
from autosilo.site.conformance.registry import Failed
from autosilo.site.conformance.session import BROKEN, Session, SessionLost, Target
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import own_stations
from autosilo.wire import mailbox

HEARTBEAT_S = 0.4
RECONNECT_WITHIN_S = 60.0
SILENCE_S = mailbox.WATCHDOG_S + HEARTBEAT_S + 0.3
"""After so long without a beat the PLC must have noticed."""


class Connected:
    """Open with ``connect``; ``close`` at the end."""

    def __init__(self, target: Target, site: SiteConfig, hands: Hands) -> None:
        self.target = target
        self.site = site
        self.hands = hands
        self.lifts = tuple(lift.name for lift in site.tower.lifts)
        self.stations = tuple(place.name for lift in site.tower.lifts for place in own_stations(site.tower, lift))
        self.units = self.lifts + self.stations
        self.numbers = Numbers()
        self.beats_for = set(self.units)
        """Units that hear our heartbeat."""
        self.silent = False
        """No heartbeat at all: for a run that writes nothing."""
        self._session: Session | None = None
        self._beating: asyncio.Task[None] | None = None
        self._beat = 0

    # --- connection ---

    @property
    def session(self) -> Session:
        if self._session is None:
            raise SessionLost("not connected")
        return self._session

    @property
    def disconnected(self) -> bool:
        return self._session is None

    async def connect(self, within_s: float = RECONNECT_WITHIN_S) -> None:
        """Open a session, waiting for a PLC that is not there yet. Raises ``Failed``."""
        await self.disconnect()
        until = time.monotonic() + within_s
        while True:
            try:
                self._session = await Session.open(self.target)
                await self._learn_numbers()
                break
            except (*BROKEN, ValueError, SessionLost) as error:
                if time.monotonic() > until:
                    raise Failed(f"no session within {within_s:.0f} s: {error!r}") from error
                await asyncio.sleep(0.1)
        if not self.silent:
            self._beating = asyncio.create_task(self._keep_beating())

    async def disconnect(self, *, cut: bool = False) -> None:
        """End the session; ``cut``: as a pulled cable would."""
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
            self._beating = None
        session, self._session = self._session, None
        if session is not None:
            if cut:
                session.cut()
            await session.close()

    async def _keep_beating(self) -> None:
        while True:
            self._beat = self._beat % 1_000_000 + 1
            beats = {mailbox.node(unit, "Heartbeat", "Controller"): self._beat for unit in self.units}
            with suppress(SessionLost):
                await self.session.write(
                    {name: beat for name, beat in beats.items() if name.rpartition(".H")[0] in self.beats_for}
                )
            await asyncio.sleep(HEARTBEAT_S)

    @asynccontextmanager
    async def silence(self, *units: str) -> AsyncIterator[None]:
        """Our heartbeat stands still for these units for longer than the watchdog allows, before and in the block."""
        self.beats_for -= set(units)
        try:
            await asyncio.sleep(SILENCE_S)
            yield
        finally:
            self.beats_for |= set(units)

    async def _learn_numbers(self) -> None:
        for unit in self.units:
            status = await self.get(unit, "Status", "AckEpoch", "AckSeq", "RejectCode")
            if None not in status:
                self.numbers.learn(unit, *status)

    async def get(self, unit: str, group: str, *fields: str) -> list[Any]:
        """Fields of one group of one unit."""
        names = [mailbox.node(unit, group, field) for field in fields]
        values = await self.session.read(names)
        return [values[name] for name in names]
