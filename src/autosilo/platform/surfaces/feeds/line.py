"""The connection of this process to NATS."""

import nats
import structlog
from nats.aio.client import Client

from autosilo.wire import subjects

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_S = 3
RETRY_S = 1.0


async def connect(url: str, *, name: str) -> Client:
    """It reconnects for ever; the first time may raise what ``nats.connect`` does."""
    return await nats.connect(
        url,
        name=name,
        inbox_prefix=subjects.inbox(subjects.PLATFORM_USER),
        connect_timeout=CONNECT_TIMEOUT_S,
        reconnect_time_wait=RETRY_S,
        max_reconnect_attempts=-1,
        error_cb=_quiet,
    )


async def _quiet(error: Exception) -> None:
    log.info("bus trouble", error=type(error).__name__)
