"""The way out to the sites: publish one message so that the bus keeps it, or say that it could not."""

import asyncio
import threading
from typing import Protocol

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import RetentionPolicy, StreamConfig
from nats.js.errors import NotFoundError

from autosilo.meter import Part, spent
from autosilo.platform.kit.providers import Socket
from autosilo.platform.kit.refusals import DeviceFailure
from autosilo.wire.subjects import PLATFORM_USER, STREAMS, inbox

CONNECT_TIMEOUT_S = 3
PUBLISH_TIMEOUT_S = 5.0


class Publisher(Protocol):
    def publish(self, subject: str, body: bytes, *, message_id: str) -> None:
        """Return when the stream has the message on its disk. Raises ``DeviceFailure``."""


publisher: Socket[Publisher] = Socket("the bus")


class NatsPublisher:
    """One connection for the process, on an event loop of its own; callers may be threads of any kind."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._bus: Client | None = None
        self._loop = asyncio.new_event_loop()
        self._lock: asyncio.Lock | None = None
        threading.Thread(target=self._loop.run_forever, name="bus", daemon=True).start()

    def publish(self, subject: str, body: bytes, *, message_id: str) -> None:
        """JetStream publish with ``Nats-Msg-Id``, so that a repetition is dropped. Raises ``DeviceFailure``."""
        done = asyncio.run_coroutine_threadsafe(self._publish(subject, body, message_id), self._loop)
        try:
            with spent(Part.BUS):
                done.result(CONNECT_TIMEOUT_S + PUBLISH_TIMEOUT_S)
        except (NatsError, OSError, TimeoutError) as error:
            done.cancel()
            raise DeviceFailure(f"bus_{type(error).__name__}") from error

    async def _publish(self, subject: str, body: bytes, message_id: str) -> None:
        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            bus = await self._connected()
            stream = bus.jetstream(timeout=PUBLISH_TIMEOUT_S)
            await stream.publish(subject, body, headers={"Nats-Msg-Id": message_id})

    async def _connected(self) -> Client:
        if self._bus is None or not self._bus.is_connected:
            self._bus = await nats.connect(
                self._url,
                name="platform",
                inbox_prefix=inbox(PLATFORM_USER),
                connect_timeout=CONNECT_TIMEOUT_S,
                allow_reconnect=False,
                max_reconnect_attempts=0,
                error_cb=_quiet,
            )
            await ensure_streams(self._bus)
        return self._bus


class InstantPublisher:
    """For unit tests: remembers what was published; ``broken`` makes it fail."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, str]] = []
        self.broken = False

    def publish(self, subject: str, body: bytes, *, message_id: str) -> None:
        if self.broken:
            raise DeviceFailure("bus_down")
        self.sent.append((subject, body, message_id))


async def ensure_streams(bus: Client) -> None:
    """Create what is missing; an existing stream is left as it is."""
    context = bus.jetstream()
    for wanted in STREAMS:
        try:
            await context.stream_info(wanted.name)
        except NotFoundError:
            await context.add_stream(
                StreamConfig(
                    name=wanted.name,
                    subjects=list(wanted.subjects),
                    max_age=wanted.max_age_s,
                    max_bytes=wanted.max_bytes,
                    duplicate_window=wanted.duplicate_window_s,
                    retention=RetentionPolicy.WORK_QUEUE if wanted.until_acknowledged else RetentionPolicy.LIMITS,
                )
            )


async def _quiet(error: Exception) -> None:
    """Trouble is told to the caller of ``publish``; nats-py would print it as well."""
