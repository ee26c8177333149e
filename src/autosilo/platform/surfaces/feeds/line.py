"""The line of this process to NATS, and what every feed on it has in common."""

import asyncio
import contextlib
from abc import ABC, abstractmethod

import nats
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError

from autosilo.wire import subjects

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_S = 3
RETRY_S = 1.0


class BusFeed(ABC):
    """Connects and reconnects for ever. ``name``: as the bus shows it."""

    name: str

    def __init__(self, url: str) -> None:
        self._url = url
        self._bus: Client | None = None

    @property
    def connected(self) -> bool:
        return self._bus is not None and self._bus.is_connected

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen()
            except (TimeoutError, NatsError, OSError) as error:
                log.info("bus is away", feed=self.name, error=type(error).__name__)
            except Exception:
                log.exception("a feed failed, starting again", feed=self.name)
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        self._bus = await nats.connect(
            self._url,
            name=self.name,
            inbox_prefix=subjects.inbox(subjects.PLATFORM_USER),
            connect_timeout=CONNECT_TIMEOUT_S,
            reconnect_time_wait=RETRY_S,
            max_reconnect_attempts=-1,
            error_cb=_quiet,
        )
        try:
            await self._hear(self._bus)
        finally:
            with contextlib.suppress(NatsError, OSError, asyncio.TimeoutError):
                await self._bus.close()

    @abstractmethod
    async def _hear(self, bus: Client) -> None:
        """Until cancelled, or the bus is closed."""


async def _quiet(error: Exception) -> None:
    log.info("bus trouble", error=type(error).__name__)
