"""Serves Django's synchronous views from a few threads, each request in one of them from its first byte to its last.

Under ASGI Django hands a request to another thread and back for every middleware that is not async, and for each view:
a dozen times a page, which cost more than the page. All our views but the live pictures are synchronous, so they run
as they would under WSGI; what ``leave`` names goes to Django's own ASGI application.
"""

import asyncio
import contextvars
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from django.core import signals
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseBase

from autosilo.platform.kit.asgi import Application, Message, Receive, Send, read_body

THREADS = 12
"""With the quick door's four as many as the pool has connections: a request keeps one until it is answered."""


@dataclass(frozen=True)
class Answer:
    """What goes back, as ASGI wants it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Threaded(BaseHandler):
    """An ASGI application. ``asynchronous`` gets the requests whose path ``leave`` knows."""

    def __init__(self, asynchronous: Application, *, leave: Callable[[str], bool]) -> None:
        super().__init__()
        self.load_middleware()
        self._asynchronous = asynchronous
        self._leave = leave
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._leave(scope["path"]):
            await self._asynchronous(scope, receive, send)
            return
        body = await read_body(receive)
        if body is None:  # the client has gone
            return
        run = contextvars.copy_context().run
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, run, self._answer, scope, body)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    def stop(self) -> None:
        """End the threads; for tests, since a web process lives as long as they do."""
        self._threads.shutdown()

    def _answer(self, scope: Message, body: bytes) -> Answer:
        """In a thread. The signals open and give back this thread's connection, as Django's own handlers do."""
        signals.request_started.send(sender=self.__class__, scope=scope)
        response = self._response(scope, body)
        try:
            return Answer(response.status_code, _headers(response), _content(response))
        finally:
            response.close()  # sends ``request_finished``

    def _response(self, scope: Message, body: bytes) -> HttpResponseBase:
        try:
            request = ASGIRequest(scope, BytesIO(body))
        except UnicodeDecodeError:
            return HttpResponseBadRequest()
        response: HttpResponseBase = self.get_response(request)
        setattr(response, "_handler_class", self.__class__)  # noqa: B010  as Django's handlers do: who sends the signal
        return response


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    plain = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    cookies = [(b"Set-Cookie", one.output(header="").strip().encode("ascii")) for one in response.cookies.values()]
    return plain + cookies


def _content(response: HttpResponseBase) -> bytes:
    """All of it: the largest that we send is a style sheet or a picture."""
    if isinstance(response, HttpResponse):
        return response.content
    return b"".join(cast("Iterable[bytes]", response))  # a file's synchronous stream
