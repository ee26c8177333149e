"""The marketplace twin, as a shop's program meets it."""

import httpx
import jwt
import pytest

from autosilo.twin.market.app import BACK, CLIENT_ID, Market
from autosilo.twin.market.codes import CODE_LIVES_S, Asked, Desk, challenge_of

from .conftest import SECRET, SHOP

VERIFIER = "v" * 64
QUESTION = {
    "client_id": CLIENT_ID,
    "redirect_uri": SHOP + BACK,
    "response_type": "code",
    "scope": "openid profile email membership",
    "state": "s",
    "nonce": "n",
    "code_challenge_method": "S256",
    "code_challenge": challenge_of(VERIFIER),
}


def agree(market: Market, customer: str = "m-1001", **changes: str) -> httpx.Response:
    return httpx.post(f"{market.issuer}/authorize", data=QUESTION | changes | {"customer": customer})


def code_of(market: Market, **changes: str) -> str:
    answer = agree(market, **changes)
    where = httpx.URL(answer.headers["Location"])
    assert (where.params["state"], where.params["iss"]) == ("s", market.issuer)
    return str(where.params["code"])


def redeem(market: Market, code: str, **changes: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": SHOP + BACK, "code_verifier": VERIFIER}
    return httpx.post(f"{market.issuer}/token", data=form | changes, auth=(CLIENT_ID, SECRET))


def test_it_says_of_itself_where_everything_is(market: Market) -> None:
    said = httpx.get(f"{market.issuer}/.well-known/openid-configuration").json()
    assert said["issuer"] == market.issuer
    keys = httpx.get(said["jwks_uri"]).json()["keys"]
    assert [one["kty"] for one in keys] == ["RSA", "EC"]
    assert all("d" not in one for one in keys), "no private part"


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://evil.example/back"},
        {"client_id": "somebody"},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_wrong_question_goes_nowhere(market: Market, wrong: dict[str, str]) -> None:
    assert httpx.get(f"{market.issuer}/authorize", params=QUESTION | wrong).status_code == 400
    assert agree(market, **wrong).status_code == 400


def test_its_page_shows_what_was_asked_as_text(market: Market) -> None:
    page = httpx.get(f"{market.issuer}/authorize", params=QUESTION | {"state": '"><script>'}).text
    assert "<script>" not in page


def test_tokens_are_signed_with_both_kinds_of_keys(market: Market) -> None:
    keys = {one["kid"]: jwt.PyJWK(one) for one in httpx.get(f"{market.issuer}/jwks").json()["keys"]}
    seen = set()
    for _ in range(2):
        tokens = redeem(market, code_of(market)).json()
        kid = jwt.get_unverified_header(tokens["id_token"])["kid"]
        claims = jwt.decode(tokens["id_token"], keys[kid], algorithms=[kid], audience=CLIENT_ID, issuer=market.issuer)
        assert (claims["sub"], claims["nonce"]) == ("m-1001", "n")
        seen.add(kid)
        about = httpx.get(f"{market.issuer}/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
        assert about.json()["membership"] == {"tier": "gold"}
    assert seen == {"RS256", "ES256"}


def test_a_code_is_for_once_and_for_who_asked(market: Market) -> None:
    code = code_of(market)
    assert redeem(market, code).status_code == 200
    assert redeem(market, code).json() == {"error": "invalid_grant"}
    assert redeem(market, code_of(market), code_verifier="w" * 64).json() == {"error": "invalid_grant"}
    assert redeem(market, code_of(market), redirect_uri=SHOP + "/").json() == {"error": "invalid_grant"}


def test_the_client_proves_who_it_is(market: Market) -> None:
    form = {"grant_type": "authorization_code", "code": code_of(market)}
    assert httpx.post(f"{market.issuer}/token", data=form).status_code == 401
    assert httpx.post(f"{market.issuer}/token", data=form, auth=(CLIENT_ID, "guess")).status_code == 401


def test_nobody_has_no_userinfo(market: Market) -> None:
    assert httpx.get(f"{market.issuer}/userinfo", headers={"Authorization": "Bearer x"}).status_code == 401


def test_who_says_no_is_sent_back_without_a_code(market: Market) -> None:
    where = httpx.URL(agree(market, customer="").headers["Location"])
    assert where.params["error"] == "access_denied"


def test_a_code_lives_for_a_minute() -> None:
    now = [0.0]
    desk = Desk(clock=lambda: now[0])
    asked = Asked(redirect_uri="r", scope=frozenset(), nonce="", challenge=challenge_of(VERIFIER))
    code = desk.code(asked)
    now[0] = CODE_LIVES_S + 1
    assert desk.redeem(code, redirect_uri="r", verifier=VERIFIER) is None
