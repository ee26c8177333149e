"""A kiosk page without a page: what it would say and show, over the real WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer

TOKEN = "AS1-7K3M-QX2P-90ZT"
CODE = "314159"


class Page:
    """What a kiosk page would do, without the page."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.nonce = b""

    async def say(self, **message: Any) -> None:
        await self.socket.send_json(message)

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next message of a kind with these fields."""
        async with asyncio.timeout(4):
            while True:
                message = await self.socket.receive_json()
                if message["t"] == kind and all(message.get(key) == value for key, value in fields.items()):
                    if "nonce" in message:
                        self.nonce = bytes.fromhex(message["nonce"])
                    return dict(message)

    async def screen(self, name: str) -> dict[str, Any]:
        return await self.until("screen", screen=name)

    async def film(self, frame: bytes, count: int = 1) -> None:
        for _ in range(count):
            await self.socket.send_bytes(self.nonce + frame)
            await asyncio.sleep(0.13)

    async def follow(self, who: str, *, deaf: bool = False) -> dict[str, Any]:
        """Stand before the camera and do what is asked, until the next screen; ``deaf``: look straight ahead."""
        prompt = "look"
        async with asyncio.timeout(12):
            while True:
                await asyncio.sleep(0.13)
                await self.socket.send_bytes(self.nonce + f"{who}:{'look' if deaf else prompt}".encode())
                while (message := await self._at_hand()) is not None:
                    if message["t"] == "screen":
                        return message
                    if message["t"] == "gate" and message["prompt"] != prompt:
                        prompt = message["prompt"]
                        await asyncio.sleep(0.25)  # nobody reacts at once

    async def _at_hand(self) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(0.02):
                return dict(await self.socket.receive_json())
        except TimeoutError:
            return None

    async def show_pass(self, token: str = TOKEN) -> None:
        await self.say(t="pass_screen")
        await self.screen("pass")
        await self.say(t="pass", token=token)

    async def enter(self, code: str = CODE) -> None:
        await self.show_pass()
        await self.screen("code")
        await self.say(t="code", code=code)


@pytest.fixture
async def client(box) -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(box.kiosks.app())) as one:
        yield one


@pytest.fixture
async def page(client) -> AsyncIterator[Page]:
    async with client.ws_connect("/ws") as socket:
        one = Page(socket)
        await one.say(t="hello", kiosk="k1")
        await one.screen("welcome")
        yield one


@pytest.fixture
def make_page() -> type[Page]:
    return Page
