"""A driver that costs little: HTTP/1.1 over connections that stay open, written and read as bytes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: bytes
    took_s: float


class Wire:
    """One connection. Requests go one after another."""

    def __init__(self, web: str) -> None:
        parts = urlsplit(web)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> Answer:
        begun = time.perf_counter()
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=2**20)
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        body = await self._reader.readexactly(_length(head))
        return Answer(int(head[9:12]), body, head, time.perf_counter() - begun)

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def request(
    method: str, path: str, *, body: bytes = b"", headers: Sequence[tuple[str, str]] = (), host: str = "127.0.0.1"
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def everything(web: str, requests: Sequence[bytes], *, wires: int) -> list[Answer]:
    """Ask all, over so many connections, each as soon as the one before was answered; answers in order of requests."""
    answers: list[Answer | None] = [None] * len(requests)
    waiting = iter(range(len(requests)))

    async def work() -> None:
        wire = Wire(web)
        for index in waiting:
            answers[index] = await wire.ask(requests[index])
        await wire.close()

    await asyncio.gather(*(work() for _ in range(wires)))
    return [one for one in answers if one is not None]


async def at_once(web: str, shoppers: Sequence[Callable[[Wire], Awaitable[object]]]) -> None:
    """Every shopper has a connection and comes at the same moment."""

    async def come(shopper: Callable[[Wire], Awaitable[object]]) -> None:
        wire = Wire(web)
        await shopper(wire)
        await wire.close()

    await asyncio.gather(*(come(one) for one in shoppers))


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    return int(lower[at + 15 : lower.index(b"\r\n", at)]) if at >= 0 else 0
