"""The bureau twin over real HTTP."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from autosilo.twin.bureau.app import create_app
from autosilo.twin.bureau.ledger import Ledger
from autosilo.twin.bureau.scores import score_of

TOKEN = "let-me-in"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


def question(number: str = "310101199005040011", **changes: object) -> dict:
    body = {
        "request_id": str(uuid4()),
        "person": {"name": "Li Na", "document_number": number, "birth_date": "1990-05-04"},
        "consent_id": "c-1",
        "threshold": 700,
    }
    return body | changes


@pytest.fixture
async def ask(tmp_path: Path) -> AsyncIterator[Callable]:
    ledger = Ledger(tmp_path / "deep" / "answers.sqlite3")
    server = TestServer(create_app(token=TOKEN, ledger=ledger, slow_s=0.01))
    await server.start_server()
    async with ClientSession() as session:

        async def send(body: object, headers: dict = AUTH) -> tuple[int, dict, str]:
            data = body if isinstance(body, str | bytes) else json.dumps(body)
            async with session.post(server.make_url("/v1/assessments"), data=data, headers=headers) as reply:
                return reply.status, await reply.json(content_type=None), reply.content_type

        yield send
    await server.close()
    ledger.close()


async def test_an_ordinary_person_is_over_700(ask: Callable) -> None:
    status, body, _ = await ask(question())
    assert status == 200
    assert body["meets"] is True
    assert set(body) == {"request_id", "meets", "assessed_at", "valid_until"}


@pytest.mark.parametrize(
    ("number", "meets"), [("X-LOW", False), ("x-low", False), ("X-S700", False), ("X-S701", True), ("X-SLOW", True)]
)
async def test_over_means_over(ask: Callable, number: str, meets: bool) -> None:
    assert (await ask(question(number)))[1]["meets"] is meets


async def test_asked_twice_answered_once(ask: Callable) -> None:
    body = question()
    assert await ask(body) == await ask(body)


async def test_a_request_id_belongs_to_one_question(ask: Callable) -> None:
    body = question()
    await ask(body)
    status, told, kind = await ask(body | {"threshold": 600})
    assert (status, kind) == (409, "application/problem+json")
    assert told["status"] == 409


async def test_the_answer_survives_a_restart(tmp_path: Path) -> None:
    body = json.dumps(question())
    replies = []
    for _ in range(2):
        ledger = Ledger(tmp_path / "answers.sqlite3")
        async with TestServer(create_app(token=TOKEN, ledger=ledger)) as server, ClientSession(headers=AUTH) as session:
            reply = await session.post(server.make_url("/v1/assessments"), data=body)
            replies.append(await reply.json())
        ledger.close()
    assert replies[0] == replies[1]


@pytest.mark.parametrize(("number", "status"), [("X-DOWN", 503), ("X-NONE", 404)])
async def test_the_bureau_can_fail_on_demand(ask: Callable, number: str, status: int) -> None:
    told = await ask(question(number))
    assert (told[0], told[2]) == (status, "application/problem+json")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
async def test_only_who_holds_the_token_may_ask(ask: Callable, headers: dict) -> None:
    assert (await ask(question(), headers))[0] == 401


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "{}",
        b"\xff\xfe",
        json.dumps(question(threshold=-1)),
        json.dumps(question(consent_id="")),
        json.dumps(question(surplus=1)),
        json.dumps(question(request_id="7")),
    ],
)
async def test_a_bad_question_is_told_where_it_is_bad(ask: Callable, body: object) -> None:
    status, told, kind = await ask(body)
    assert (status, kind) == (422, "application/problem+json")
    assert told["errors"]


async def test_a_problem_never_repeats_the_document_number(ask: Callable) -> None:
    _, told, _ = await ask(question("4403-SECRET", threshold="many"))
    assert "SECRET" not in json.dumps(told)


async def test_an_overlong_body_is_refused(ask: Callable) -> None:
    assert (await ask(question(consent_id="x" * 20_000)))[0] == 413


def test_a_score_depends_on_the_number_alone() -> None:
    assert score_of("A1") == score_of(" a1 ")
    assert all(705 <= score_of(f"N{n}") <= 944 for n in range(500))
    assert all(420 <= score_of(f"N{n}-LOW") <= 679 for n in range(500))
    assert len({score_of(f"N{n}") for n in range(500)}) > 100
