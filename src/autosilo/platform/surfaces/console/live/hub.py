"""One ear on the bus for all the viewers of this process.

The hub keeps only the newest frame of each site that somebody watches. A viewer takes the newest one when it is ready
for it, so a slow browser skips frames and never makes a queue.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import nats
import structlog
from django.conf import settings
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as BusError
from prometheus_client import Counter, Gauge
from pydantic import ValidationError

from autosilo.wire import subjects
from autosilo.wire.live import TowerLive

log = structlog.get_logger()
VIEWERS = Gauge("autosilo_console_live_viewers", "Open live pictures of towers")
FRAMES = Counter("autosilo_console_live_frames", "Frames of towers, by what became of them", ["outcome"])
CONNECT_TIMEOUT_S = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """The newest picture of a site; ``number`` grows with each frame of the hub, ``text`` is JSON of ``TowerLive``."""

    site: str
    number: int
    text: str


class LiveHub:
    """Belongs to one event loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._bus: Client | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._subscriptions: dict[str, Subscription] = {}
        self._viewers: dict[str, set[Viewer]] = defaultdict(set)
        self._newest: dict[str, Frame] = {}
        self._count = 0
        self._following = asyncio.Lock()

    def watch(self, sites: Iterable[str]) -> "Viewer":
        """A viewer of ``sites``, to be used as ``async with``."""
        return Viewer(self, tuple(sites))

    def newest(self, site: str) -> Frame | None:
        return self._newest.get(site)

    async def close(self) -> None:
        if self._connecting:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._bus:
            await self._bus.close()
        self._bus = None
        self._connecting = None
        self._subscriptions.clear()

    # --- viewers ---

    async def join(self, viewer: "Viewer") -> None:
        VIEWERS.inc()
        for site in viewer.sites:
            self._viewers[site].add(viewer)
        if self._connecting is None and self._url:
            self._connecting = asyncio.create_task(self._connect(), name="live hub")
        if self._bus:
            await self._follow()

    async def leave(self, viewer: "Viewer") -> None:
        VIEWERS.dec()
        for site in viewer.sites:
            self._viewers[site].discard(viewer)
        if self._bus:
            await self._follow()

    # --- the bus ---

    async def _connect(self) -> None:
        """Until it works: the bus may come up after the shop. Later cuts are mended by the client itself."""
        while self._bus is None:
            try:
                self._bus = await nats.connect(
                    self._url,
                    name="console",
                    inbox_prefix=subjects.inbox(subjects.PLATFORM_USER),
                    connect_timeout=CONNECT_TIMEOUT_S,
                    max_reconnect_attempts=-1,
                    error_cb=_log_error,
                )
            except (BusError, OSError, TimeoutError):
                await asyncio.sleep(CONNECT_TIMEOUT_S)
        await self._follow()

    async def _follow(self) -> None:
        """Subscribe to what is watched, and to nothing else."""
        async with self._following:
            for site in tuple(self._viewers):
                await self._follow_one(site)

    async def _follow_one(self, site: str) -> None:
        if self._bus is None:
            return
        subscription = self._subscriptions.get(site)
        if self._viewers[site] and subscription is None:
            self._subscriptions[site] = await self._bus.subscribe(subjects.live(site), cb=self._heard)
        elif not self._viewers[site] and subscription is not None:
            del self._subscriptions[site]
            self._newest.pop(site, None)
            await subscription.unsubscribe()

    async def _heard(self, message: Msg) -> None:
        site = message.subject.removeprefix(subjects.live(""))
        try:
            picture = TowerLive.model_validate_json(message.data)
        except ValidationError:
            FRAMES.labels("refused").inc()
            log.warning("a live frame is not understood", site=site, size=len(message.data))
            return
        if picture.site != site:
            FRAMES.labels("refused").inc()
            return
        self._count += 1
        self._newest[site] = Frame(site=site, number=self._count, text=picture.model_dump_json())
        FRAMES.labels("heard").inc()
        for viewer in self._viewers.get(site, ()):
            viewer.wake.set()


class Viewer:
    """One open picture. Not to be shared between tasks."""

    def __init__(self, hub: LiveHub, sites: tuple[str, ...]) -> None:
        self.sites = sites
        self.wake = asyncio.Event()
        self._hub = hub
        self._seen = dict.fromkeys(sites, 0)

    async def __aenter__(self) -> Self:
        await self._hub.join(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._hub.leave(self)

    async def next(self, *, within_s: float) -> list[Frame]:
        """The newest frame of each site that this viewer has not seen; empty when none came within that time."""
        fresh = self._fresh()
        if fresh:
            return fresh
        self.wake.clear()
        try:
            await asyncio.wait_for(self.wake.wait(), timeout=within_s)
        except TimeoutError:
            return []
        return self._fresh()

    def _fresh(self) -> list[Frame]:
        newest = [self._hub.newest(site) for site in self.sites]
        fresh = [frame for frame in newest if frame is not None and frame.number > self._seen[frame.site]]
        self._seen |= {frame.site: frame.number for frame in fresh}
        return fresh


_hubs: dict[int, tuple[asyncio.AbstractEventLoop, LiveHub]] = {}


def hub() -> LiveHub:
    """The hub of the running event loop: one a web process."""
    loop = asyncio.get_running_loop()
    known = _hubs.get(id(loop))
    if known is None or known[0] is not loop:
        known = (loop, LiveHub(settings.NATS_URL))
        _hubs[id(loop)] = known
    return known[1]


async def _log_error(error: Exception) -> None:
    log.warning("live hub", error=type(error).__name__)
