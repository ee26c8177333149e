"""Somebody who called for help at a kiosk and lets themselves be seen: their pictures, for one operator who looks.

The key is drawn for this looking and is in this process's memory alone; sites seal each frame for it. A picture is
opened, sent on to the operator's page, and dropped.
"""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

import nats
import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as BusError
from pydantic import ValidationError

from autosilo.platform.surfaces.console.live.stream import CHECK_EVERY_S, RETRY_MS, event
from autosilo.wire import subjects
from autosilo.wire.sealed import CannotUnseal, unseal
from autosilo.wire.video import MAX_FRAME_BYTES, WATCH_EVERY_S, Seen, Watch

log = structlog.get_logger()

CONNECT_TIMEOUT_S: Final = 2
NOBODY_AFTER_S: Final = 3.0
JPEG: Final = b"\xff\xd8\xff"


async def callers(*, url: str, site: str, still_allowed: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
    """``picture`` events while somebody shows themselves, ``nobody`` while not, ``away`` without the bus, and ``ended``
    with the session."""
    yield f"retry: {RETRY_MS}\n\n".encode()
    yield event("nobody", "")
    try:
        async with _looking(url, site) as (bus, look):
            async for one in _pictures(bus, look, site, still_allowed):
                yield one
    except (BusError, OSError, TimeoutError):
        yield event("away", "")


class Look:
    """One operator's looking: a key, and the newest frame that came for it."""

    def __init__(self) -> None:
        self.viewer = uuid4()
        self._key = X25519PrivateKey.generate()
        self._newest: Seen | None = None
        self._number: dict[str, int] = {}
        self._came = asyncio.Event()

    @property
    def watch(self) -> Watch:
        public = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()
        return Watch(viewer=self.viewer, public_key=public)

    async def heard(self, message: Msg) -> None:
        """The newest one counts; one that was there before, or is older, does not."""
        try:
            seen = Seen.model_validate_json(message.data)
        except ValidationError:
            log.warning("a caller's frame is not understood", size=len(message.data))
            return
        if seen.number > self._number.get(str(seen.call), -1):
            self._number[str(seen.call)] = seen.number
            self._newest = seen
            self._came.set()

    async def next(self, *, within_s: float) -> Seen | None:
        try:
            await asyncio.wait_for(self._came.wait(), within_s)
        except TimeoutError:
            return None
        self._came.clear()
        seen, self._newest = self._newest, None
        return seen

    def picture(self, seen: Seen) -> bytes | None:
        """The JPEG; None where it is none, or not for us."""
        if seen.sealed is None:
            return None
        try:
            jpeg = unseal(seen.sealed, private_key=self._key.private_bytes_raw(), trial=seen.call)
        except CannotUnseal:
            return None
        return jpeg if jpeg.startswith(JPEG) and len(jpeg) <= MAX_FRAME_BYTES else None


@asynccontextmanager
async def _looking(url: str, site: str) -> AsyncIterator[tuple[Client, Look]]:
    look = Look()
    bus = await nats.connect(
        url,
        name="console caller",
        inbox_prefix=subjects.inbox(subjects.PLATFORM_USER),
        connect_timeout=CONNECT_TIMEOUT_S,
        max_reconnect_attempts=1,
        error_cb=_log_error,
    )
    try:
        await bus.subscribe(subjects.video(site, str(look.viewer)), cb=look.heard)
        yield bus, look
    finally:
        await bus.close()


async def _pictures(
    bus: Client, look: Look, site: str, still_allowed: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    told = 0.0
    seen_at = checked = time.monotonic()
    somebody = False
    while True:
        now = time.monotonic()
        if now - told >= WATCH_EVERY_S:
            told = now
            await bus.publish(subjects.watch(site), look.watch.model_dump_json().encode())
        seen = await look.next(within_s=0.5)
        jpeg = look.picture(seen) if seen else None
        if seen and jpeg:
            somebody, seen_at = True, time.monotonic()
            shown = {"kiosk": seen.kiosk, "jpeg": base64.b64encode(jpeg).decode()}
            yield event("picture", json.dumps(shown))
        elif somebody and (seen is not None or time.monotonic() - seen_at > NOBODY_AFTER_S):
            somebody = False
            yield event("nobody", "")
        if time.monotonic() - checked >= CHECK_EVERY_S:
            checked = time.monotonic()
            if not await still_allowed():
                yield event("ended", "session")
                return
            yield b": still here\n\n"


async def _log_error(error: Exception) -> None:
    log.warning("console caller", error=type(error).__name__)
