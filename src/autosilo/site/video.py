"""Who looks at this site's callers, and what they are sent. Frames go through memory alone."""

import base64
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from autosilo.wire.sealed import seal
from autosilo.wire.video import MOST_WATCHERS, WATCHED_FOR_S, Seen, Watch

log = structlog.get_logger(__name__)

Tell = Callable[[UUID, Seen], Awaitable[None]]


@dataclass
class _Watcher:
    public_key: bytes
    until_s: float


@dataclass
class Video:
    """``tell`` sends to one who looks; lost without harm."""

    tell: Tell
    _watchers: dict[UUID, _Watcher] = field(default_factory=dict)

    async def heard(self, watch: Watch) -> None:
        """Somebody looks, or still does; beyond ``MOST_WATCHERS`` nobody new."""
        self._let_go()
        try:
            key = base64.b64decode(watch.public_key, validate=True)
        except ValueError:
            return
        if watch.viewer not in self._watchers and len(self._watchers) >= MOST_WATCHERS:
            log.warning("too many look at a caller", most=MOST_WATCHERS)
            return
        self._watchers[watch.viewer] = _Watcher(public_key=key, until_s=time.monotonic() + WATCHED_FOR_S)

    @property
    def watched(self) -> bool:
        self._let_go()
        return bool(self._watchers)

    async def show(self, jpeg: bytes, *, call: UUID, kiosk: str, number: int) -> None:
        """One frame, for each who looks; nothing is sent, and nothing sealed, when nobody does."""
        self._let_go()
        for viewer, one in tuple(self._watchers.items()):
            try:
                sealed = seal(jpeg, public_key=one.public_key, trial=call)
            except ValueError:  # no point of the curve: not a key of ours
                del self._watchers[viewer]
                continue
            await self.tell(viewer, Seen(call=call, kiosk=kiosk, number=number, sealed=sealed))

    async def over(self, *, call: UUID, kiosk: str, number: int) -> None:
        for viewer in tuple(self._watchers):
            await self.tell(viewer, Seen(call=call, kiosk=kiosk, number=number, sealed=None))

    def _let_go(self) -> None:
        now = time.monotonic()
        self._watchers = {viewer: one for viewer, one in self._watchers.items() if one.until_s > now}
