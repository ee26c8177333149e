"""The quick door: requests that come by the thousand are answered before Django's middleware, which they do not need.

The same functions answer behind Django's door (tests and the OpenAPI document go there). What needs no database is
answered at once; what does runs on a few threads, each with a connection of its own that stays open.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import psycopg
import structlog
from django.conf import settings
from django.db import connection
from pydantic import ValidationError

from autosilo.platform.journey.booking.calendar import BOOKABLE_DAYS
from autosilo.platform.kit import clock
from autosilo.platform.kit.buckets import Buckets
from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.resources.programs.tokens import Access, gate
from autosilo.platform.surfaces.api import bookings
from autosilo.platform.surfaces.api.replies import Reply, problem
from autosilo.platform.surfaces.api.schemas import BookingIn

log = structlog.get_logger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

THREADS = 4
"""Twice the cores of a small machine: while one waits for PostgreSQL, another works."""
MOST_BYTES = 16_384
"""Of a body: a booking has a few hundred."""
ANONYMOUS_PER_MINUTE = 600
SAFE = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]

buckets = Buckets()


class Thin:
    """Wraps the whole application; what it does not know goes on to Django."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="thin")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        handler = _ROUTES.get((scope.get("method", ""), scope.get("path", ""))) if scope["type"] == "http" else None
        if handler is None:
            return await self._application(scope, receive, send)
        headers = {name.lower(): value for name, value in scope["headers"]}
        reply = await handler(self, scope, headers, receive)
        await _send(reply, send)

    async def in_thread(self, work: Callable[..., Reply], *values: object) -> Reply:
        """Run ``work`` on one of our threads, in this request's log context."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, _guarded, work, *values)


async def _create(door: Thin, scope: Message, headers: dict[bytes, bytes], receive: Receive) -> Reply:
    token = _text(headers, b"authorization").removeprefix("Bearer ").strip()
    body = await _body(receive)
    if body is None:
        return problem(413, "This is too large for a booking.")
    key = _text(headers, b"idempotency-key")
    return await door.in_thread(_create_here, token, body, key)


def _create_here(token: str, body: bytes, key: str) -> Reply:
    access = gate.check(token)
    if access is None:
        return problem(401, "This needs a program's token; see /api/v1/oauth/token.", WWW_Authenticate="Bearer")
    if Scope.WRITE.value not in access.scopes:
        return problem(403, f"This needs the scope {Scope.WRITE.value}.")
    if not _allowed(access):
        return problem(429, "Too many requests. Wait, then ask again.", Retry_After="60")
    try:
        asked = BookingIn.model_validate_json(body)
    except ValidationError as error:
        return _invalid(error)
    return bookings.create(access, asked, key, clock.now())


async def _availability(door: Thin, scope: Message, headers: dict[bytes, bytes], receive: Receive) -> Reply:
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    days = query.get("days", str(BOOKABLE_DAYS))
    model, site, paint = query.get("model", ""), query.get("site", ""), query.get("paint", "")
    if not (model and site and days.isascii() and days.isdigit() and 1 <= int(days) <= BOOKABLE_DAYS):
        return problem(422, f"model and site are needed, and days from 1 to {BOOKABLE_DAYS}.")
    if "\0" in model + site + paint:
        return problem(404, "There is no such car.")
    if not buckets.allow(f"read:{_address(scope, headers)}", per_minute=ANONYMOUS_PER_MINUTE * settings.LIMITS_FACTOR):
        return problem(429, "Too many requests. Wait, then ask again.", Retry_After="60")
    known = _text(headers, b"if-none-match")
    insists = b"no-cache" in headers.get(b"cache-control", b"")
    fresh = None if insists else bookings.fresh_availability(model, site, paint, int(days), known)
    return fresh or await door.in_thread(bookings.look_up, model, site, paint, int(days), known)


_ROUTES: dict[tuple[str, str], Callable[[Thin, Message, dict[bytes, bytes], Receive], Awaitable[Reply]]] = {
    ("POST", "/api/v1/bookings"): _create,
    ("GET", "/api/v1/availability"): _availability,
}


def _allowed(access: Access) -> bool:
    return buckets.allow(f"program:{access.program}", per_minute=access.per_minute)


def _guarded(work: Callable[..., Reply], *values: object) -> Reply:
    """A connection that broke is given back, so that the next request gets a new one."""
    try:
        return work(*values)
    except psycopg.OperationalError:
        log.exception("database away")
        connection.close()
        return problem(503, "The shop cannot be reached at the moment. Try again soon.", Retry_After="5")
    except Exception:
        log.exception("request failed")
        connection.close()
        return problem(500, "Something went wrong here. It has been noted.")


def _invalid(error: ValidationError) -> Reply:
    where = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()[:5])
    return problem(422, f"The request is not well formed. {where}")


def _text(headers: dict[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def _address(scope: Message, headers: dict[bytes, bytes]) -> str:
    peer = (scope.get("client") or ("unknown",))[0]
    if not settings.BEHIND_PROXY:
        return str(peer)
    return _text(headers, b"x-forwarded-for").rpartition(",")[2].strip() or str(peer)


async def _body(receive: Receive) -> bytes | None:
    """None when it is too large, or the client has gone."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


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
