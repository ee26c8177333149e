"""The quick door's threads and their connections, when the database has died and lives again."""

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection

from autosilo.platform.surfaces import door as quick
from autosilo.platform.surfaces.door import Door
from autosilo.platform.surfaces.replies import Reply

pytestmark = pytest.mark.django_db(transaction=True)


async def _nothing(*_: Any) -> None:
    """No application behind the door."""


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setattr(quick, "THREADS", 1)
    door = Door(_nothing, find=lambda method, path: None)
    yield door
    ask(door, close)


def ask(door: Door, work: Any, **more: Any) -> Reply:
    return asyncio.run(door.in_thread(work, **more))


def backend() -> Reply:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return Reply(HTTPStatus.OK, str(cursor.fetchone()[0]).encode())


def close() -> Reply:
    connection.close()
    return Reply(HTTPStatus.OK, b"")


def kill(pid: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [int(pid)])


def test_a_connection_that_died_while_nobody_asked_costs_nobody_an_answer(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "RESTED_S", 0.0)
    before = ask(door, backend)
    kill(before.body)
    after = ask(door, backend)
    assert after.status == HTTPStatus.OK
    assert after.body != before.body


def test_one_that_dies_under_load_costs_one_answer_and_says_so(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "RESTED_S", 3600.0)
    kill(ask(door, backend).body)
    first = ask(door, backend)
    assert (first.status, first.media_type, first.headers["Retry-After"]) == (503, "application/problem+json", "5")
    assert ask(door, backend).status == HTTPStatus.OK


def test_what_goes_wrong_is_said_in_the_asker_s_form(door: Door) -> None:
    def wrong() -> Reply:
        raise LookupError("a mistake of ours")

    assert ask(door, wrong).status == HTTPStatus.INTERNAL_SERVER_ERROR
    page = ask(door, wrong, sorry=lambda status: Reply(status, b"<h1>Sorry</h1>", "text/html"))
    assert (page.status, page.body) == (500, b"<h1>Sorry</h1>")
