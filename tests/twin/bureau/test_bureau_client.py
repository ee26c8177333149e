"""The platform's side of the question, against the twin over HTTP and against bad replies."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from autosilo.platform.journey.eligibility.bureau_client import (
    BureauFailure,
    CreditAnswer,
    CreditBureau,
    CreditSubject,
    FixedToken,
    HttpCreditBureau,
    InstantCreditBureau,
)

from .conftest import TOKEN


def subject(number: str = "310101199005040011") -> CreditSubject:
    return CreditSubject(name="Li Na", document_number=number, birth_date=date(1990, 5, 4))


def ask(bureau: CreditBureau, number: str = "310101199005040011", request_id: UUID | None = None) -> CreditAnswer:
    return bureau.meets(subject=subject(number), threshold=700, consent_id="c-1", request_id=request_id or uuid4())


@pytest.fixture
def bureau(bureau_url: str) -> Iterator[HttpCreditBureau]:
    client = HttpCreditBureau(bureau_url, FixedToken(TOKEN), reply_timeout_s=0.3)
    yield client
    client.close()


def test_the_answer_is_yes_or_no_and_how_long_it_holds(bureau: HttpCreditBureau) -> None:
    answer = ask(bureau)
    assert answer.meets
    assert answer.asked_at < datetime.now(UTC) < answer.valid_until
    assert not ask(bureau, "X-LOW").meets


def test_the_same_request_gets_the_same_answer(bureau: HttpCreditBureau) -> None:
    request_id = uuid4()
    assert ask(bureau, request_id=request_id) == ask(bureau, request_id=request_id)


@pytest.mark.parametrize(
    ("number", "kind", "permanent"),
    [
        ("X-DOWN", "unavailable", False),
        ("X-NONE", "unknown_person", True),
        ("X-SLOW", "timeout", False),
        ("X-GARBLED", "bad_reply", False),
        ("X-REPLAYED", "bad_reply", False),
        ("X-BARRED", "unavailable", True),
    ],
)
def test_each_failure_has_its_name(bureau: HttpCreditBureau, number: str, kind: str, permanent: bool) -> None:
    with pytest.raises(BureauFailure) as failure:
        ask(bureau, number)
    assert (failure.value.kind, failure.value.permanent) == (kind, permanent)
    assert number not in str(failure.value)


def test_a_wrong_token_is_ours_to_mend(bureau_url: str) -> None:
    client = HttpCreditBureau(bureau_url, FixedToken("wrong"))
    with pytest.raises(BureauFailure) as failure:
        ask(client)
    client.close()
    assert (failure.value.kind, failure.value.permanent) == ("unavailable", True)


def test_nobody_listening_is_unavailable() -> None:
    client = HttpCreditBureau("http://127.0.0.1:9", FixedToken(TOKEN))
    with pytest.raises(BureauFailure) as failure:
        ask(client)
    client.close()
    assert (failure.value.kind, failure.value.permanent) == ("unavailable", False)


def replying(respond: Callable[[httpx.Request], httpx.Response]) -> HttpCreditBureau:
    return HttpCreditBureau("http://bureau", FixedToken(TOKEN), transport=httpx.MockTransport(respond))


def good(request: httpx.Request, **changes: object) -> httpx.Response:
    body = {
        "request_id": json.loads(request.content)["request_id"],
        "meets": True,
        "assessed_at": "2026-11-20T02:00:00Z",
        "valid_until": "2026-12-20T02:00:00Z",
    }
    return httpx.Response(200, json=body | changes)


def test_a_lost_connection_is_tried_once_more_with_the_same_request() -> None:
    seen: list[bytes] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        if len(seen) == 1:
            raise httpx.RemoteProtocolError("gone")
        return good(request)

    assert ask(replying(respond)).meets
    assert len(seen) == 2
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"meets": "yes"},
        {"meets": 1},
        {"request_id": str(uuid4())},
        {"assessed_at": "2026-11-20T02:00:00"},
        {"valid_until": "2026-11-20T01:00:00Z"},
    ],
)
def test_a_reply_that_breaks_the_interface_is_no_answer(changes: dict) -> None:
    with pytest.raises(BureauFailure) as failure:
        ask(replying(lambda request: good(request, **changes)))
    assert failure.value.kind == "bad_reply"


def test_a_score_in_the_reply_goes_nowhere() -> None:
    answer = ask(replying(lambda request: good(request, score=731)))
    assert "731" not in repr(answer)


def test_a_refused_question_is_permanent() -> None:
    with pytest.raises(BureauFailure) as failure:
        ask(replying(lambda request: httpx.Response(422, json={})))
    assert failure.value.permanent


def test_a_subject_does_not_show_in_a_traceback() -> None:
    assert repr(subject("SECRET")) == "CreditSubject()"


def test_the_instant_bureau_keeps_to_the_interface() -> None:
    instant = InstantCreditBureau(now=datetime(2026, 11, 20, tzinfo=UTC), scores={"A": 700, "B": 701})
    assert not ask(instant, "A").meets
    assert ask(instant, "B").meets
    with pytest.raises(BureauFailure):
        ask(instant, "C")
    assert len(instant.asked) == 3
