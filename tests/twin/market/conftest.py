"""The marketplace twin over real HTTP."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from aiohttp.test_utils import TestServer, unused_port

from autosilo.twin.market.app import Market

SECRET = "market-secret"
SHOP = "http://testserver"


@contextmanager
def serving(make: Callable[..., Market] = Market, *, shops: tuple[str, ...] = (SHOP,)) -> Iterator[Market]:
    """Served from a thread with its own loop, since the client blocks; its issuer is where it is reached."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = unused_port()
    market = make(issuer=f"http://127.0.0.1:{port}", secret=SECRET, shops=shops)

    async def serve() -> TestServer:
        server = TestServer(market.app(), port=port)
        await server.start_server()
        return server

    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    try:
        yield market
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture
def market() -> Iterator[Market]:
    with serving() as running:
        yield running
