"""The bureau's twin over real HTTP."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from aiohttp.test_utils import TestServer

from autosilo.twin.bureau.app import create_app
from autosilo.twin.bureau.ledger import Ledger

TOKEN = "let-me-in"


@pytest.fixture
def bureau_url() -> Iterator[str]:
    """The twin, served from a thread with its own loop, since the client blocks."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def serve() -> tuple[TestServer, Ledger]:
        ledger = Ledger(":memory:")
        server = TestServer(create_app(token=TOKEN, ledger=ledger, slow_s=0.6))
        await server.start_server()
        return server, ledger

    async def stop() -> None:
        await server.close()
        ledger.close()

    server, ledger = asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    yield str(server.make_url(""))
    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
