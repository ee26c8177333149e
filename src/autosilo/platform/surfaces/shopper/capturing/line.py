"""One WebSocket as typed messages and frames."""

import asyncio
from typing import Final

from pydantic import BaseModel, ValidationError

from autosilo.platform.kit.asgi import Message, Receive, Send
from autosilo.wire.capture import MAX_FRAME_BYTES, SAID, Begin, MoreTime

LONGEST_TEXT: Final = 2_000
BAD: Final = 1008  # RFC 6455: a message that violates the policy


class Gone(Exception):
    """The page has gone, or said what no page of ours says."""


class Line:
    """Raises ``Gone`` from both of its ways."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._coming: asyncio.Future[Message] | None = None

    async def next(self, *, within_s: float) -> Begin | MoreTime | bytes | None:
        """What the page says next; None when it said nothing for so long."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._receive())
        done, _ = await asyncio.wait({self._coming}, timeout=within_s)
        if not done:
            return None
        message, self._coming = self._coming.result(), None
        if message["type"] != "websocket.receive":
            raise Gone
        return await self._read(message)

    async def say(self, message: BaseModel) -> None:
        await self._send({"type": "websocket.send", "text": message.model_dump_json()})

    def let_go(self) -> None:
        if self._coming is not None:
            self._coming.cancel()

    async def _read(self, message: Message) -> Begin | MoreTime | bytes:
        frame, text = message.get("bytes"), message.get("text")
        try:
            if frame is not None and len(frame) <= MAX_FRAME_BYTES:
                return bytes(frame)
            if text is not None and len(text) <= LONGEST_TEXT:
                return SAID.validate_json(text)
        except ValidationError:
            pass
        await self._send({"type": "websocket.close", "code": BAD})
        raise Gone
