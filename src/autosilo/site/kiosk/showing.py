"""A visitor who called for help and lets the operator see them: until they end it, go, or five minutes are over."""

import hmac
import os
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid4

from autosilo.site.accesses import AccessLog
from autosilo.site.video import Video
from autosilo.wire.video import LONGEST_S, MAX_FRAME_BYTES, Showing

NONCE_BYTES: Final = 16
MIN_FRAME_GAP_S: Final = 1 / 5
WORDS: Final = "video-2026-12"
"""The version of the words on the kiosk (``show.*``) to which a visitor agrees."""


class ShowOneself:
    """One kiosk page's. ``send`` reaches the page; what was agreed to and when it ended stands in the site's log."""

    def __init__(self, *, video: Video, accesses: AccessLog, send: Callable[[dict[str, Any]], None]) -> None:
        self._video, self._accesses, self._send = video, accesses, send
        self._call: UUID | None = None
        self._nonce = b""
        self._number = 0
        self._began_s = self._frame_at_s = 0.0
        self._watched = False

    @property
    def on(self) -> bool:
        return self._call is not None

    def begin(self, *, kiosk: str) -> None:
        """The visitor agrees."""
        if self._call is None:
            self._call, self._number, self._began_s = uuid4(), 0, time.monotonic()
            self._kiosk = kiosk
            self._nonce = os.urandom(NONCE_BYTES)
            self._accesses.note("video_agreed", call=str(self._call), words=WORDS)
        self._say()

    async def end(self) -> None:
        """Whatever the reason; harmless when nothing is shown."""
        call, self._call, self._nonce = self._call, None, b""
        if call is None:
            return
        self._accesses.note("video_ended", call=str(call), frames=self._number)
        self._send(Showing(nonce=None).model_dump(mode="json"))
        await self._video.over(call=call, kiosk=self._kiosk, number=self._number + 1)

    def is_mine(self, nonce: bytes) -> bool:
        return bool(self._nonce) and hmac.compare_digest(nonce, self._nonce)

    async def saw(self, jpeg: bytes) -> None:
        """A frame of the page: too large or too soon, or nobody looks, and it is dropped."""
        now = time.monotonic()
        if self._call is None or len(jpeg) > MAX_FRAME_BYTES or now - self._frame_at_s < MIN_FRAME_GAP_S:
            return
        self._frame_at_s = now
        if self._video.watched:
            self._number += 1
            await self._video.show(jpeg, call=self._call, kiosk=self._kiosk, number=self._number)

    async def tick(self, *, line_up: bool) -> None:
        """Once a second: five minutes over, no line any more, or somebody has come to look."""
        if self._call is None:
            return None
        if not line_up or time.monotonic() - self._began_s > LONGEST_S:
            return await self.end()
        if self._video.watched is not self._watched:
            self._watched = self._video.watched
            self._say()
        return None

    def _say(self) -> None:
        self._watched = self._video.watched
        self._send(Showing(nonce=self._nonce.hex(), watched=self._watched).model_dump(mode="json"))
