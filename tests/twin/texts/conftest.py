"""The sender of text messages over real HTTP."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from aiohttp.test_utils import TestServer

from autosilo.twin.texts.app import Texts

TOKEN = "texts-token"
SLOW_S = 0.6


@pytest.fixture
def texts_url() -> Iterator[str]:
    """Served from a thread with its own loop, since the client blocks."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def serve() -> TestServer:
        server = TestServer(Texts(token=TOKEN, slow_s=SLOW_S).app())
        await server.start_server()
        return server

    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    yield str(server.make_url("")).rstrip("/")
    asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
