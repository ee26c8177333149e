"""Access by OAuth client credentials, against the twin over HTTP and against bad token endpoints."""

import base64
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import httpx
import pytest

from autosilo.platform.journey.eligibility.bureau_client import BureauFailure, HttpCreditBureau
from autosilo.platform.journey.eligibility.bureau_oauth import ClientCredentials
from autosilo.twin.bureau.tokens import LIFE_S, MOST_TOKENS, Tokens

from .conftest import TOKEN
from .test_bureau_client import ask, good

SECRET = "p%ss + wörd"


@pytest.fixture
def bureau(bureau_url: str) -> Iterator[HttpCreditBureau]:
    auth = ClientCredentials(f"{bureau_url}/oauth/token", "autosilo", TOKEN)
    client = HttpCreditBureau(bureau_url, auth, reply_timeout_s=0.3)
    yield client
    client.close()


def test_the_twin_gives_a_token_and_then_an_answer(bureau: HttpCreditBureau) -> None:
    assert ask(bureau).meets
    assert not ask(bureau, "X-LOW").meets


def test_a_revoked_token_is_renewed_and_the_question_is_asked_once(bureau: HttpCreditBureau) -> None:
    request_id = uuid4()
    answer = ask(bureau, "X-REVOKED", request_id)
    assert answer == ask(bureau, "X-REVOKED", request_id)
    assert ask(bureau).meets


@pytest.mark.parametrize(
    ("number", "kind", "permanent"),
    [
        ("X-BARRED", "unavailable", True),
        ("X-SLOW", "timeout", False),
        ("X-GARBLED", "bad_reply", False),
        ("X-REPLAYED", "bad_reply", False),
        ("X-NONE", "unknown_person", True),
        ("X-DOWN", "unavailable", False),
    ],
)
def test_faults_have_their_names(bureau: HttpCreditBureau, number: str, kind: str, permanent: bool) -> None:
    with pytest.raises(BureauFailure) as failure:
        ask(bureau, number)
    assert (failure.value.kind, failure.value.permanent) == (kind, permanent)
    assert ask(bureau).meets


def test_a_wrong_secret_is_ours_to_mend(bureau_url: str) -> None:
    client = HttpCreditBureau(bureau_url, ClientCredentials(f"{bureau_url}/oauth/token", "autosilo", SECRET))
    with pytest.raises(BureauFailure) as failure:
        ask(client)
    client.close()
    assert (failure.value.kind, failure.value.permanent) == ("unavailable", True)
    assert SECRET not in str(failure.value)


class Endpoint:
    """A bureau whose token endpoint says what it is told to, on a clock of its own."""

    def __init__(self, reply: Callable[[int], httpx.Response]) -> None:
        self.reply = reply
        self.now = 0.0
        self.tokens: list[httpx.Request] = []
        self.questions: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            self.tokens.append(request)
            return self.reply(len(self.tokens))
        self.questions.append(request.headers["Authorization"])
        return good(request)

    def client(self) -> HttpCreditBureau:
        auth = ClientCredentials("http://bureau/token", "we", SECRET, scope="assess", clock=lambda: self.now)
        return HttpCreditBureau("http://bureau", auth, transport=httpx.MockTransport(self))


def token(number: int, **changes: object) -> httpx.Response:
    body = {"access_token": f"t{number}", "token_type": "Bearer", "expires_in": 120} | changes
    return httpx.Response(200, json={key: value for key, value in body.items() if value is not None})


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    endpoint = Endpoint(token)
    client = endpoint.client()
    for endpoint.now in (0.0, 89.0, 91.0):
        ask(client)
    assert endpoint.questions == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_the_client_shows_itself_as_the_standard_says() -> None:
    endpoint = Endpoint(token)
    ask(endpoint.client())
    (request,) = endpoint.tokens
    assert request.content == b"grant_type=client_credentials&scope=assess"
    scheme, _space, word = request.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(word)) == ("Basic", b"we:p%25ss+%2B+w%C3%B6rd")


def test_where_no_life_is_told_it_is_short() -> None:
    endpoint = Endpoint(lambda number: token(number, expires_in=None))
    client = endpoint.client()
    for endpoint.now in (0.0, 269.0, 271.0):
        ask(client)
    assert len(endpoint.tokens) == 2


@pytest.mark.parametrize(
    ("reply", "permanent"),
    [
        (httpx.Response(401, json={"error": "invalid_client"}), True),
        (httpx.Response(503), False),
        (httpx.Response(200, text="<html>welcome</html>"), False),
        (token(1, token_type="mac"), False),
        (token(1, access_token="a\r\nX-Evil: 1"), False),
        (token(1, access_token=""), False),
        (token(1, expires_in=-1), False),
    ],
)
def test_a_bad_token_endpoint_is_no_answer(reply: httpx.Response, permanent: bool) -> None:
    endpoint = Endpoint(lambda _number: reply)
    with pytest.raises(BureauFailure) as failure:
        ask(endpoint.client())
    assert (failure.value.kind, failure.value.permanent) == ("unavailable", permanent)
    assert not endpoint.questions
    assert len(endpoint.tokens) == 1


def test_refused_twice_is_refused() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return token(1) if request.url.path == "/token" else httpx.Response(401)

    auth = ClientCredentials("http://bureau/token", "we", SECRET)
    with pytest.raises(BureauFailure) as failure:
        ask(HttpCreditBureau("http://bureau", auth, transport=httpx.MockTransport(respond)), request_id=UUID(int=1))
    assert failure.value.permanent


# --- the twin's tokens ---


def test_tokens_end_are_revoked_and_do_not_pile_up() -> None:
    now = [0.0]
    tokens = Tokens("we", "secret", clock=lambda: now[0])
    assert tokens.issue("we", "wrong") is None
    assert tokens.issue("they", "secret") is None
    first, second = tokens.issue("we", "secret"), tokens.issue("we", "secret")
    assert first
    assert second
    tokens.revoke(first)
    assert (tokens.is_good(first), tokens.is_good(second), tokens.is_good("secret")) == (False, True, True)
    now[0] = LIFE_S
    assert not tokens.is_good(second)
    for _ in range(MOST_TOKENS + 1):
        tokens.issue("we", "secret")
    assert len(tokens._ends) == MOST_TOKENS


@pytest.mark.parametrize(
    ("form", "auth", "status"),
    [
        ({"grant_type": "password"}, ("autosilo", TOKEN), 400),
        ({"grant_type": "client_credentials"}, None, 401),
        ({"grant_type": "client_credentials"}, ("autosilo", "wrong"), 401),
        ({"grant_type": "client_credentials"}, ("autosilo", TOKEN), 200),
    ],
)
def test_the_twins_token_endpoint(bureau_url: str, form: dict, auth: tuple[str, str] | None, status: int) -> None:
    response = httpx.post(f"{bureau_url}/oauth/token", data=form, auth=auth)
    assert response.status_code == status
    assert ("access_token" in response.json()) is (status == 200)
