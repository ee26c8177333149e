"""Synchronous views run in one thread each, and what a thread has used it gives back."""

import asyncio
import threading
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from autosilo.platform.config.quick import is_live
from autosilo.platform.config.threaded import Threaded

SEEN: list[str] = []


def hello(request) -> HttpResponse:
    SEEN.append(threading.current_thread().name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    answer = HttpResponse(f"{request.method} {request.body.decode()} {request.GET.get('q', '')}")
    answer.set_cookie("one", "1")
    answer.set_cookie("two", "2", httponly=True)
    return answer


def parts(request) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"one ", b"two"]))


def broken(request) -> HttpResponse:
    raise RuntimeError("a bug")


urlpatterns = [path("hello", hello), path("parts", parts), path("broken", broken)]


async def asynchronous(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"asynchronous"})


def ask(where: str, *, method: str = "GET", body: tuple[bytes, ...] = (b"",), query: bytes = b"", gone: bool = False):
    """What the application sends."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": where,
        "raw_path": where.encode(),
        "query_string": query,
        "headers": [(b"host", b"testserver"), (b"content-length", str(sum(map(len, body))).encode())],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
        "scheme": "http",
        "root_path": "",
    }
    coming = [{"type": "http.request", "body": part, "more_body": part is not body[-1]} for part in body]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"} if gone else coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=MIDDLEWARE, ALLOWED_HOSTS=["*"]):
        application = Threaded(asynchronous, leave=is_live)
        asyncio.run(application(scope, receive, send))
        application.stop()
    return sent


MIDDLEWARE = ["autosilo.platform.config.middleware.RequestIdMiddleware"]


@pytest.mark.django_db(transaction=True)
def test_a_request_is_answered_in_one_of_our_threads_with_all_its_cookies():
    SEEN.clear()
    start, body = ask("/hello", method="POST", body=(b"so ", b"long"), query=b"q=%E4%BD%A0")
    assert (start["status"], body["body"].decode()) == (200, "POST so long 你")
    cookies = [value for name, value in start["headers"] if name == b"Set-Cookie"]
    assert [cookie.split(b"=")[0] for cookie in cookies] == [b"one", b"two"]
    assert dict(start["headers"])[b"X-Request-Id"]
    assert SEEN[0].startswith("django")


@pytest.mark.django_db(transaction=True)
def test_the_threads_connection_goes_back_at_the_end(monkeypatch):
    closed: list[str] = []
    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def noting(self) -> None:
        closed.append(threading.current_thread().name)
        close(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", noting)
    ask("/hello")
    assert any(name.startswith("django") for name in closed), "as Django does when a request is over"


def test_a_stream_is_sent_whole():
    start, body = ask("/parts")
    assert (start["status"], body["body"]) == (200, b"one two")


def test_a_bug_is_a_500_and_not_the_end():
    start, _body = ask("/broken")
    assert start["status"] == 500


def test_an_unknown_address_is_a_404():
    assert ask("/nowhere")[0]["status"] == 404


@pytest.mark.parametrize("where", ["/console/live", "/console/live/shanghai"])
def test_the_live_pictures_go_to_the_asynchronous_side(where):
    assert ask(where)[1]["body"] == b"asynchronous"


@pytest.mark.parametrize("where", ["/console/lively", "/console", "/"])
def test_all_else_does_not(where):
    assert not is_live(where)


def test_who_has_gone_is_not_answered():
    assert ask("/hello", gone=True) == []
