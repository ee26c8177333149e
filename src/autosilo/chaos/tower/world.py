"""The world's door at the PLC twin, asked from outside. While the PLC is without power, nobody answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

ANSWER_WITHIN_S = 3.0
OK, BAD_REQUEST = 200, 400
LEDGER_PAGE = 1000


class World:
    """``post`` and ``get`` give None when nobody answers."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._base = f"http://127.0.0.1:{port}"

    async def post(self, path: str, **body: Any) -> bool:
        """True when it was done; False when it cannot be now, or nobody answered.

        Raises ``ValueError`` when the world does not understand: then this run would prove less than it says.
        """
        try:
            async with self._session.post(self._base + path, json=body) as answer:
                if answer.status == BAD_REQUEST and (await answer.json()).get("error") != "no_car_there":
                    raise ValueError(f"the world does not understand {path} {body}: {await answer.text()}")
                return answer.status == OK
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    async def get(self, path: str) -> Any:
        try:
            async with self._session.get(self._base + path) as answer:
                return await answer.json() if answer.status == 200 else None
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None

    async def ledger(self) -> list[dict[str, Any]]:
        """All of it. Raises ``RuntimeError`` when nobody answers."""
        lines: list[dict[str, Any]] = []
        while True:
            page = await self.get(f"/ledger?after={lines[-1]['n'] if lines else 0}&limit={LEDGER_PAGE}")
            if page is None:
                raise RuntimeError("the world does not answer")
            lines += page["events"]
            if len(page["events"]) < LEDGER_PAGE:
                return lines


@asynccontextmanager
async def door(port: int) -> AsyncIterator[World]:
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield World(session, port)
