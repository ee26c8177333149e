"""The quick door: requests that come by the thousand are answered before Django's middleware, which they do not need.

The same functions answer behind Django's door (tests and the OpenAPI document go there). What needs no database is
answered at once; what does runs on a few threads, each with a connection of its own that stays open.
"""

import asyncio
import contextvars
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

import psycopg
import structlog
from django.conf import settings
from django.db import OperationalError, connection

from autosilo.platform.kit.asgi import Application, Message, Receive, Send, read_body
from autosilo.platform.surfaces.replies import Reply, problem

log = structlog.get_logger(__name__)

THREADS = 4
"""Twice the cores of a small machine: while one waits for PostgreSQL, another works."""
RESTED_S = 0.5
MOST_BYTES = 16_384
"""Of a body: a booking has a few hundred."""
SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


Sorry = Callable[[HTTPStatus], Reply]
_used = threading.local()


@dataclass(frozen=True)
class Asked:
    """A request as it came, its body read."""

    scope: Message
    headers: dict[bytes, bytes]
    body: bytes

    def text(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def address(self) -> str:
        """The peer's, or behind a proxy of ours the one that it saw."""
        peer = str((self.scope.get("client") or ("unknown",))[0])
        if not settings.BEHIND_PROXY:
            return peer
        return self.text(b"x-forwarded-for").rpartition(",")[2].strip() or peer


Handler = Callable[["Door", Asked], Awaitable[Reply]]
Find = Callable[[str, str], Handler | None]


class Door:
    """Wraps the whole application; what ``find`` does not know (method, path) goes on to it."""

    def __init__(self, application: Application, *, find: Find) -> None:
        self._application = application
        self._find = find
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="door")
        self.waiting = 0
        """Requests that stand before the threads."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        handler = self._find(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if handler is None:
            await self._application(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        body = await read_body(receive, most=MOST_BYTES)
        if body is None:
            await _send(problem(413, "This is too large."), send)
            return
        await _send(await handler(self, Asked(scope, headers, body)), send)

    async def in_thread(self, work: Callable[..., Reply], *values: object, sorry: Sorry | None = None) -> Reply:
        """Run ``work`` on one of our threads, in this request's log context. ``sorry`` gives the answer with a status
        when it cannot: a page where a person asks, a problem document (the default) for a program."""
        context = contextvars.copy_context()
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, context.run, _guarded, sorry or _problem, work, *values
            )
        finally:
            self.waiting -= 1


def _guarded(sorry: Sorry, work: Callable[..., Reply], *values: object) -> Reply:
    """A connection that broke is given back, so that the next request gets a new one."""
    try:
        _look_after_connection()
        return work(*values)
    except (psycopg.OperationalError, OperationalError):
        log.exception("database away")
        connection.close()
        return sorry(HTTPStatus.SERVICE_UNAVAILABLE)
    except Exception:
        log.exception("request failed")
        connection.close()
        return sorry(HTTPStatus.INTERNAL_SERVER_ERROR)


def _look_after_connection() -> None:
    """One that nobody has used for a while may have died with the database's last life: it is tried first, so that who
    comes next does not pay for it. Under load none rests so long."""
    now = time.monotonic()
    if now - getattr(_used, "at", now) > RESTED_S:
        connection.close_if_unusable_or_obsolete()
    _used.at = now


def _problem(status: HTTPStatus) -> Reply:
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return problem(status, "The shop cannot be reached at the moment. Try again soon.", Retry_After="5")
    return problem(status, "Something went wrong here. It has been noted.")


async def _send(reply: Reply, send: Send) -> None:
    headers = [
        (b"content-type", reply.media_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        (b"x-request-id", uuid4().hex.encode()),
        *SAFE,
        *((name.encode(), value.encode("latin-1", "replace")) for name, value in reply.headers.items()),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
