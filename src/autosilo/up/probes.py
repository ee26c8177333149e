"""Is it there yet? One question to one server, answered yes or no within a second or two."""

import asyncio
import contextlib
from urllib.parse import urlsplit

import psycopg

from autosilo.up.spec import Http, Probe, Sql, Tcp

ANSWER_WITHIN_S = 5.0
PAUSE_S = 0.05
LONGEST_PAUSE_S = 0.5


async def until_ready(probe: Probe) -> None:
    """Ask again and again until the answer is yes; the caller sets the limit."""
    pause = PAUSE_S
    while not await is_ready(probe):
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE_S)


async def is_ready(probe: Probe) -> bool:
    """One try. Any refusal, wrong answer or silence is a no."""
    with contextlib.suppress(OSError, TimeoutError, psycopg.Error, ValueError):
        async with asyncio.timeout(ANSWER_WITHIN_S):
            match probe:
                case Tcp(port):
                    return await _accepts(port)
                case Http(url):
                    return await _answers(url)
                case Sql(url):
                    return await _lets_in(url)
    return False


async def _accepts(port: int) -> bool:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    await _close(writer)
    return True


async def _answers(url: str) -> bool:
    """HTTP/1.0 by hand: the supervisor must start fast and needs no more of HTTP than this."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        writer.write(f"GET {where.path or '/'} HTTP/1.0\r\nHost: {where.netloc}\r\n\r\n".encode())
        await writer.drain()
        status = (await reader.readline()).split(b" ")
        return len(status) > 1 and int(status[1]) < 400  # 1xx to 3xx
    finally:
        await _close(writer)


async def _lets_in(url: str) -> bool:
    link = await psycopg.AsyncConnection.connect(url, connect_timeout=2)
    await link.close()
    return True


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
