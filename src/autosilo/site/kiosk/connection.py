"""One WebSocket: messages in order, live frames latest-wins, so that a slow page never holds up the site."""

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import ClientConnectionResetError, WSMsgType, web

from autosilo.site.kiosk.session import Desk, KioskSession
from autosilo.site.tasks import Retries, end, keep, say_if_it_fails

MAX_MESSAGE_BYTES = 420_000
MAX_WAITING = 200
PING_S = 15.0
TICK_S = 1.0


class Connection:
    """Pumps one page's socket until it is gone."""

    def __init__(self, *, desk: Desk, request: web.Request) -> None:
        self._request = request
        self._socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=MAX_MESSAGE_BYTES)
        self._messages: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)
        self._live: str | None = None
        self._wake = asyncio.Event()
        self._retries = Retries("kiosk frames")
        self._frames: set[asyncio.Task[None]] = set()
        self._session = KioskSession(desk=desk, send=self.send, address=request.remote or "")

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; a page that has stopped reading is let go."""
        try:
            self._messages.put_nowait(json.dumps(message, ensure_ascii=False))
        except asyncio.QueueFull:
            self._spawn(self._socket.close())
        self._wake.set()

    def show(self, frame: str) -> None:
        """Offer a live frame; an older one that was not sent yet is dropped."""
        self._live = frame
        self._wake.set()

    async def run(self) -> web.WebSocketResponse:
        await self._socket.prepare(self._request)
        helpers = [
            asyncio.create_task(self._write(), name="kiosk writes"),
            asyncio.create_task(keep("kiosk ticks", self._tick)),
        ]
        for helper in helpers:
            helper.add_done_callback(say_if_it_fails)
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(message.data)
                elif message.type is WSMsgType.BINARY:
                    self._spawn(self._session.saw(message.data))
        finally:
            await self._session.close()
            await end([*helpers, *self._frames])
        return self._socket

    async def close(self) -> None:
        await self._socket.close(code=1001, message=b"restarting")

    async def _hear(self, text: str) -> None:
        with contextlib.suppress(json.JSONDecodeError):
            message = json.loads(text)
            if isinstance(message, dict):
                await self._session.said(message)

    async def _write(self) -> None:
        with contextlib.suppress(ClientConnectionResetError, ConnectionError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while not self._messages.empty():
                    await self._socket.send_str(self._messages.get_nowait())
                if self._live is not None:
                    frame, self._live = self._live, None
                    await self._socket.send_str(frame)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self._session.tick()
            if self._session.idle():
                await self._session.clear()

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._frames.add(task)
        task.add_done_callback(self._frames.discard)
        task.add_done_callback(self._failed)

    def _failed(self, task: asyncio.Task[None]) -> None:
        """Eight frames a second may fail alike: each fault is said once."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._retries.failed(error, kiosk=self._request.remote or "")
