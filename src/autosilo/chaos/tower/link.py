"""The cable between controller and PLC: a TCP relay that can be cut, frozen and mended."""

import asyncio
from contextlib import suppress

CHUNK = 65536


class Cable:
    """Listens on ``port`` of the loopback and relays to ``to``. Bytes are never altered: they are encrypted."""

    def __init__(self, *, port: int, to: int) -> None:
        self._port, self._to = port, to
        self._server: asyncio.Server | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self._port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self.cut()
            self._server = None

    def cut(self) -> None:
        """Break every connection; new ones are made at once."""
        for writer in list(self._writers):
            writer.transport.abort()

    def freeze(self) -> None:
        """Nothing gets through any more, and nobody is told: what is under way waits."""
        self._open.clear()

    def thaw(self) -> None:
        """What has waited gets through now."""
        self._open.set()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(far_writer)
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while chunk := await reader.read(CHUNK):
                await self._open.wait()
                writer.write(chunk)
                await writer.drain()
        writer.close()
