"""A kiosk page without a screen: its WebSocket protocol, with real camera frames."""

import asyncio
import itertools
import json
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp

from autosilo.bench.visit.page import Unexpected
from autosilo.bench.visit.pictures import Performance
from autosilo.wire.gate import GatePrompt
from autosilo.wire.live import TowerLive

FRAME_S = 0.150
"""Between two frames, as the page's own camera sends them."""
REACTION_S = 0.3
"""Nobody moves in the moment in which it is asked for."""
PATIENCE_S = 60.0

Message = dict[str, Any]


class Kiosk:
    """One page that stays open. ``frame`` is the newest picture of the tower."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self._socket = socket
        self._heard: asyncio.Queue[tuple[float, Message]] = asyncio.Queue()
        self._fresh = asyncio.Event()
        self.frame: TowerLive | None = None
        self._prompt = "look"
        self._sent: deque[float] = deque(maxlen=4)
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url: str) -> "Kiosk":
        session = aiohttp.ClientSession()
        kiosk = cls(session, await session.ws_connect(f"{url}/ws", headers={"Origin": url}))
        await kiosk.say("hello", kiosk=f"bench-{secrets.token_hex(4)}")
        await kiosk.until_screen("welcome")
        return kiosk

    async def close(self) -> None:
        await self._socket.close()
        await self._session.close()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def say(self, kind: str, **fields: str) -> None:
        await self._socket.send_str(json.dumps({"t": kind, **fields}))

    async def until_screen(self, *names: str, phase: str | None = None) -> tuple[float, Message]:
        """Wait for one of these screens; returns when it came (``perf_counter``) and what it shows.

        Raises ``Unexpected`` on a refusal that was not waited for.
        """

        def is_it(message: Message) -> bool:
            return message.get("screen") in names and phase in (None, message.get("phase"))

        return await self._until(is_it, f"screen {names} {phase or ''}")

    async def show_face(self, shown: Performance) -> tuple[Message, float]:
        """Tap "face" and do before the camera what is asked, until the site has made up its mind.

        Returns what it shows then, and the seconds without the person's: those until the camera was wanted, and those
        from the last frame that the site needed until it answered.
        """
        begun = time.perf_counter()
        await self.say("face")
        wanted, looking = await self.until_screen("looking")
        nonce = bytes.fromhex(looking["nonce"])
        camera = asyncio.create_task(self._film(nonce, shown))
        try:
            answered, hello = await self.until_screen("hello")
        finally:
            camera.cancel()
            await asyncio.gather(camera, return_exceptions=True)
        return hello, wanted - begun + answered - self._last_before(answered)

    def _last_before(self, answered: float) -> float:
        """When the frame was sent that was answered: the last one, unless another went off while it was looked at."""
        sent = [at for at in self._sent if at < answered]
        return sent[-2] if len(sent) > 1 and answered - sent[-1] < FRAME_S / 4 else sent[-1]

    async def show_pass(self, token: str, code: str) -> Message:
        """Type the pass and its six digits, without the time that fingers take."""
        await self.say("pass_screen")
        await self.until_screen("pass")
        await self.say("pass", token=token)
        await self.until_screen("code")
        await self.say("code", code=code)
        _, hello = await self.until_screen("hello")
        return hello

    async def tower(self) -> TowerLive:
        """The tower as the next frame shows it."""
        self._fresh.clear()
        await asyncio.wait_for(self._fresh.wait(), PATIENCE_S)
        if self.frame is None:
            raise Unexpected("no live frame")
        return self.frame

    async def _film(self, nonce: bytes, shown: Performance) -> None:
        self._sent.clear()
        prompt = self._prompt = "look"
        for index in itertools.count():
            if prompt != self._prompt:
                prompt = self._prompt
                await asyncio.sleep(REACTION_S)
            frames = shown[prompt]
            self._sent.append(time.perf_counter())
            await self._socket.send_bytes(nonce + frames[index % len(frames)])
            await asyncio.sleep(FRAME_S)

    async def _until(self, is_it: Callable[[Message], bool], what: str) -> tuple[float, Message]:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                at, message = await self._heard.get()
                if is_it(message):
                    return at, message
                if message.get("screen") == "refused":
                    raise Unexpected(f"the kiosk refused while {what} was expected: {message}")

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            content = json.loads(message.data)
            if content.get("t") == "live":
                self.frame = TowerLive.model_validate(content["frame"])
                self._fresh.set()
            elif content.get("t") == "gate":
                self._prompt = GatePrompt.model_validate(content).prompt.value
            elif content.get("t") == "screen":
                self._heard.put_nowait((time.perf_counter(), content))
