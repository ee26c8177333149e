"""The little of ASGI that is spoken before Django: its types, and a body read whole."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


async def read_body(receive: Receive, *, most: int | None = None) -> bytes | None:
    """All of a request's body; None when it has more than ``most`` bytes, or the client has gone."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if most is not None and size > most:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
