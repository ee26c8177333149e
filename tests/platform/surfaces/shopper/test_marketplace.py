"""A marketplace's login, against the twin over real HTTP: signing in, joining, linking, and what must not happen."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from autosilo.platform.resources.people.models import AuditEntry, Membership, Person
from autosilo.platform.resources.signin import marketplace, openid
from autosilo.platform.resources.signin.logins import Login, MembershipClaim
from autosilo.platform.resources.signin.models import Identity
from autosilo.platform.resources.signin.openid import Provider
from autosilo.platform.surfaces.shopper.entering import ENTERED_AT, FRESH
from autosilo.twin.market.app import CLIENT_ID, Market
from autosilo.twin.market.codes import Asked
from twin.market.conftest import SECRET, serving

from .test_every_page import check

GOLD, PLAIN, SILENT = "m-1001", "m-1002", "m-1003"
PASSWORD = "harbour-lantern-42"


def login_at(market: Market, **changes: Any) -> Login:
    given = {
        "slug": "market",
        "name": "Marketplace",
        "name_zh": "集市",
        "issuer": market.issuer,
        "client_id": CLIENT_ID,
        "scope": "openid profile email membership",
        "membership": MembershipClaim(claim=("membership", "tier"), premium=("gold",)),
        "secret": SECRET,
    }
    return Login(**given | changes)


@pytest.fixture(scope="module")
def running() -> Iterator[Market]:
    with serving() as market:
        yield market


@pytest.fixture
def market(running: Market) -> Iterator[Market]:
    with marketplace.providers.replaced((Provider(login_at(running)),)):
        yield running


@pytest.fixture
def mei(shop: Any) -> Person:
    person: Person = shop.add_person(eligible=False, first_name="Mei")
    person.email = "na@market.example"  # as the marketplace says of its customer GOLD
    person.set_password(PASSWORD)
    person.save()
    return person


def go(client: Client, customer: str, *, start: str = "/login/with/market", **tampering: str) -> Any:
    """There, yes, and back; ``tampering`` with what comes back."""
    sent = client.get(start)
    assert sent.status_code == 302, sent.content
    question = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
    assert question["code_challenge_method"] == "S256"
    there = sent["Location"].partition("?")[0]
    answer = httpx.URL(httpx.post(there, data=question | {"customer": customer}).headers["Location"])
    return client.get(answer.path, dict(answer.params) | tampering)


def sign_in(client: Client, person: Person) -> None:
    assert client.post("/login", {"email": person.email, "password": PASSWORD}).status_code == 302


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def said(response: Any, client: Client) -> str:
    return client.get(response["Location"]).content.decode()


def test_a_newcomer_opens_an_account_and_comes_back_to_it(shop: Any, market: Market, client: Client) -> None:
    assert go(client, GOLD)["Location"] == "/join/with"
    page = client.get("/join/with").content.decode()
    assert "na@market.example" in page
    assert not Person.objects.exists(), "nothing is opened before somebody says so"
    answer = client.post("/join/with", {"given_name": "Na", "email": "na@market.example"})
    assert answer["Location"] == "/me"
    person = Person.objects.get()
    assert (who(client), person.has_usable_password()) == (str(person.pk), False)
    held = Membership.objects.get(person=person)
    assert (held.tier, held.source, held.until) == ("premium", "login:market", shop.now + timedelta(days=30))
    other = Client()
    assert go(other, GOLD, start="/login/with/market?next=/trials")["Location"] == "/trials"
    assert who(other) == str(person.pk)
    assert client.get("/join/with")["Location"] == "/login", "what came is used up"


def test_a_marketplace_without_an_address_is_asked_for_one(shop: Any, market: Market, client: Client) -> None:
    go(client, SILENT)
    assert client.post("/join/with", {"given_name": "Wei", "email": ""}).status_code == 422
    client.post("/join/with", {"given_name": "Wei", "email": "wei@example.org"})
    assert Membership.objects.get().tier == "basic"


def test_an_equal_address_opens_nobodys_account(market: Market, mei: Person, client: Client) -> None:
    assert go(client, GOLD)["Location"] == "/join/with"
    assert who(client) is None
    answer = client.post("/join/with", {"given_name": "Na", "email": mei.email})
    assert answer.status_code == 422
    assert "There is an account with this e-mail address already" in answer.content.decode()
    assert (who(client), Identity.objects.count(), Person.objects.count()) == (None, 0, 1)


def test_who_has_an_account_signs_in_to_it_and_joins_the_two(market: Market, mei: Person, client: Client) -> None:
    go(client, GOLD)
    sign_in(client, mei)
    page = client.get("/me/ways/link").content.decode()
    assert "Sign in with Marketplace?" in page
    assert not Identity.objects.exists(), "nothing is joined by looking"
    assert client.post("/me/ways/link")["Location"] == "/me/ways"
    assert Identity.objects.get().person == mei
    assert Membership.objects.get(person=mei).tier == "premium"
    assert AuditEntry.objects.filter(action="login_linked", target=f"person {mei.pk}").exists()
    other = Client()
    go(other, GOLD)
    assert who(other) == str(mei.pk)


def test_joining_needs_a_fresh_sign_in(market: Market, mei: Person, client: Client) -> None:
    sign_in(client, mei)
    assert go(client, GOLD)["Location"] == "/me/ways/link"
    session = client.session
    session[ENTERED_AT] = time.time() - FRESH.total_seconds() - 1
    session.save()
    assert client.post("/me/ways/link")["Location"] == "/login?next=/me/ways/link"
    assert not Identity.objects.exists()
    sign_in(client, mei)
    client.post("/me/ways/link")
    assert Identity.objects.get().person == mei


def test_another_ones_identity_is_not_taken(shop: Any, market: Market, mei: Person, client: Client) -> None:
    owner = shop.add_person()
    Identity.objects.create(person=owner, issuer=market.issuer, subject=GOLD, since=shop.now)
    sign_in(client, mei)
    answer = go(client, GOLD)
    assert "belongs to another account" in said(answer, client)
    assert who(client) == str(mei.pk)
    assert Identity.objects.get().person == owner


def test_one_account_of_a_marketplace_is_enough(shop: Any, market: Market, mei: Person, client: Client) -> None:
    Identity.objects.create(person=mei, issuer=market.issuer, subject=PLAIN, since=shop.now)
    sign_in(client, mei)
    go(client, GOLD)
    assert "joined to another account of this marketplace" in said(client.post("/me/ways/link"), client)


def test_the_membership_is_renewed_at_each_sign_in_and_ends(shop: Any, market: Market, client: Client) -> None:
    person = shop.add_person(eligible=False)
    Identity.objects.create(person=person, issuer=market.issuer, subject=GOLD, since=shop.now)
    go(client, GOLD)
    shop.now += timedelta(days=10)
    go(Client(), GOLD)
    assert Membership.objects.get(person=person).until == shop.now + timedelta(days=30)
    Identity.objects.update(subject=PLAIN)
    go(Client(), PLAIN)
    assert Membership.objects.get(person=person).tier == "basic"


def test_a_removed_login_takes_its_membership_along(shop: Any, market: Market, mei: Person, client: Client) -> None:
    sign_in(client, mei)
    go(client, GOLD)
    client.post("/me/ways/link")
    stranger = Client()
    stranger.force_login(shop.add_person(), backend="django.contrib.auth.backends.ModelBackend")
    path = f"/me/ways/links/{Identity.objects.get().pk}/remove"
    stranger.post(path)
    assert Identity.objects.exists()
    client.post(path)
    assert not Identity.objects.exists()
    assert Membership.objects.get(person=mei).tier == "basic"
    assert go(Client(), GOLD)["Location"] == "/join/with"


def test_the_only_way_in_stays(market: Market, shop: Any, client: Client) -> None:
    go(client, PLAIN)
    client.post("/join/with", {"given_name": "Tom", "email": "tom@market.example"})
    answer = client.post(f"/me/ways/links/{Identity.objects.get().pk}/remove")
    assert "your only way in" in said(answer, client)
    assert Identity.objects.exists()


def test_who_has_no_password_is_forgotten_after_a_fresh_sign_in(market: Market, shop: Any, client: Client) -> None:
    go(client, PLAIN)
    client.post("/join/with", {"given_name": "Tom", "email": "tom@market.example"})
    assert 'data-testid="forget-password"' not in client.get("/me/forget").content.decode()
    session = client.session
    session[ENTERED_AT] = 0.0
    session.save()
    assert client.post("/me/forget").status_code == 422
    go(client, PLAIN)
    assert client.post("/me/forget")["Location"] == "/"
    assert not Identity.objects.exists()
    assert not Person.objects.get().is_active


def test_a_closed_account_stays_closed(shop: Any, market: Market, client: Client) -> None:
    person = shop.add_person()
    Identity.objects.create(person=person, issuer=market.issuer, subject=GOLD, since=shop.now)
    Person.objects.update(is_active=False)
    assert "This account is closed." in said(go(client, GOLD), client)
    assert who(client) is None


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        ({"state": "another"}, "Please start again."),
        ({"iss": "https://evil.example"}, "did not tell us"),
        ({"code": "guess"}, "did not tell us"),
        ({"code": ""}, "did not tell us"),
    ],
)
def test_what_comes_back_wrong_signs_nobody_in(
    shop: Any, market: Market, client: Client, tampering: Any, words: str
) -> None:
    answer = go(client, GOLD, **tampering)
    assert answer["Location"] == "/login"
    assert words in said(answer, client)
    assert (who(client), client.get("/join/with")["Location"]) == (None, "/login")


def test_an_answer_serves_once_and_in_its_own_browser(shop: Any, market: Market, client: Client) -> None:
    sent = client.get("/login/with/market")
    question = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
    there = sent["Location"].partition("?")[0]
    back = httpx.URL(httpx.post(there, data=question | {"customer": GOLD}).headers["Location"])
    stolen = Client()
    assert "begun in another browser" in said(stolen.get(back.path, dict(back.params)), stolen)
    assert client.get(back.path, dict(back.params))["Location"] == "/join/with"
    assert client.get(back.path, dict(back.params))["Location"] == "/login"


def test_a_no_changes_nothing(shop: Any, market: Market, client: Client) -> None:
    answer = go(client, "")
    assert "You did not agree there." in said(answer, client)


def test_another_site_cannot_begin_it(shop: Any, market: Market, client: Client) -> None:
    for site, goes in (("cross-site", False), ("same-site", False), ("same-origin", True), ("none", True)):
        sent = client.get("/login/with/market", headers={"sec-fetch-site": site})["Location"]
        assert sent.startswith(market.issuer if goes else "/login"), site
    assert client.get("/login/with/unheard-of").status_code == 404


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_nobody_is_sent_elsewhere(shop: Any, market: Market, client: Client, target: str) -> None:
    Identity.objects.create(person=shop.add_person(), issuer=market.issuer, subject=GOLD, since=shop.now)
    assert go(client, GOLD, start=f"/login/with/market?next={target}")["Location"] == "/"


# --- a provider that lies ---


class Lying(Market):
    """``lie`` changes the claims before they are signed; ``forge`` makes the token of them."""

    lie: Any = staticmethod(lambda claims: claims)
    forge: Any = None
    about: Any = None
    said_issuer: str = ""

    def identity(self, asked: Asked) -> str:
        now = int(time.time())
        claims = self.lie(
            {
                "iss": self.issuer,
                "sub": asked.subject,
                "aud": CLIENT_ID,
                "iat": now,
                "exp": now + 300,
                "nonce": asked.nonce,
            }
        )
        if self.forge:
            return str(self.forge(claims))
        return self.keys.sign({name: value for name, value in claims.items() if value is not None}, algorithm="RS256")


STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"lie": lambda claims: claims | {"iss": "https://evil.example"}},
    "for somebody else": {"lie": lambda claims: claims | {"aud": "another-shop"}},
    "for us among others": {"lie": lambda claims: claims | {"aud": [CLIENT_ID, "another-shop"]}},
    "presented by another": {"lie": lambda claims: claims | {"azp": "another-shop"}},
    "over": {"lie": lambda claims: claims | {"exp": int(time.time()) - 3600}},
    "without an end": {"lie": lambda claims: claims | {"exp": None}},
    "another nonce": {"lie": lambda claims: claims | {"nonce": "old"}},
    "no nonce": {"lie": lambda claims: claims | {"nonce": None}},
    "nobody": {"lie": lambda claims: claims | {"sub": ""}},
    "no text": {"lie": lambda claims: claims | {"sub": 7}},
    "another person's userinfo": {"lie": lambda claims: claims | {"sub": PLAIN + "x"}},
    "unsigned": {"forge": lambda claims: jwt.encode(claims, None, algorithm="none", headers={"kid": "RS256"})},
    "a stranger's key": {"forge": lambda claims: jwt.encode(claims, STRANGER, "RS256", headers={"kid": "RS256"})},
    "an unknown key": {"forge": lambda claims: jwt.encode(claims, STRANGER, "RS256", headers={"kid": "mine"})},
    "no key named": {"forge": lambda claims: jwt.encode(claims, STRANGER, "RS256")},
    "a shared secret": {"forge": lambda claims: jwt.encode(claims, SECRET * 4, "HS256", headers={"kid": "RS256"})},
    "no token": {"forge": lambda claims: "a.b.c"},
    "no three parts": {"forge": lambda claims: "abc"},
}


@pytest.fixture(scope="module")
def liar() -> Iterator[Lying]:
    with serving(Lying) as running:
        yield running


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold_opens_nothing(
    shop: Any, liar: Lying, client: Client, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    for name, value in LIES[lie].items():
        monkeypatch.setattr(liar, name, value)
    for subject in (GOLD, ""):
        Identity.objects.create(person=shop.add_person(), issuer=liar.issuer, subject=subject, since=shop.now)
    with marketplace.providers.replaced((Provider(login_at(liar)),)):
        answer = go(client, GOLD)
        assert answer["Location"] == "/login"
        assert "did not tell us who you are" in said(answer, client)
    assert who(client) is None


def test_the_truth_opens_the_door_there_too(shop: Any, liar: Lying, client: Client) -> None:
    Identity.objects.create(person=shop.add_person(), issuer=liar.issuer, subject=GOLD, since=shop.now)
    with marketplace.providers.replaced((Provider(login_at(liar)),)):
        go(client, GOLD)
    assert who(client) is not None


def test_an_issuer_that_calls_itself_otherwise_is_not_believed(shop: Any, running: Market, client: Client) -> None:
    with marketplace.providers.replaced((Provider(login_at(running, issuer=running.issuer + "/")),)):
        answer = client.get("/login/with/market")
        assert answer["Location"] == "/login"
        assert "did not tell us who you are" in said(answer, client)


def test_a_wrong_secret_and_a_silent_provider_are_explained(shop: Any, running: Market, client: Client) -> None:
    with marketplace.providers.replaced((Provider(login_at(running, secret="wrong")),)):
        assert "did not tell us" in said(go(client, GOLD), client)
    with marketplace.providers.replaced((Provider(login_at(running, issuer="http://127.0.0.1:9")),)):
        assert "did not tell us" in said(client.get("/login/with/market"), client)


def test_post_instead_of_basic(shop: Any, running: Market, client: Client) -> None:
    with marketplace.providers.replaced((Provider(login_at(running, client_auth="client_secret_post")),)):
        assert go(client, GOLD)["Location"] == "/join/with"


def test_keys_are_kept_and_forged_names_do_not_make_us_ask(shop: Any, running: Market, monkeypatch: Any) -> None:
    asked: list[str] = []
    ask = openid._ask
    monkeypatch.setattr(openid, "_ask", lambda address, **more: asked.append(address) or ask(address, **more))
    now = [1000.0]
    provider = Provider(login_at(running), clock=lambda: now[0])
    for _ in range(3):
        assert provider._key("RS256").key_type == "RSA"
    for _ in range(3):
        with pytest.raises(openid.LoginFailure):
            provider._key("forged")
    assert len(asked) == 2, "what it says of itself, and its keys"
    now[0] += openid.KEYS_AGAIN_S + 1
    with pytest.raises(openid.LoginFailure):
        provider._key("forged")
    assert len(asked) == 3


def test_trying_is_limited(shop: Any, market: Market, client: Client) -> None:
    answers = [client.get("/login/with/market").status_code for _ in range(13)]
    assert (answers[0], answers[-1]) == (302, 429)


def test_the_pages_keep_the_rules_of_every_page(shop: Any, market: Market, mei: Person, client: Client) -> None:
    for path in ("/login", "/join"):
        check(client, path)
        assert "login-with-market" in client.get(path).content.decode()
    go(client, GOLD)
    check(client, "/join/with")
    check(client, "/join/with", method="post", status=422, email="nonsense")
    sign_in(client, mei)
    del client.cookies["django_language"]
    check(client, "/me/ways/link")
    client.post("/me/ways/link")
    check(client, "/me/ways")
    assert 'data-testid="identity"' in client.get("/me/ways").content.decode()


def test_without_a_file_there_is_none(shop: Any, client: Client, settings: Any) -> None:
    assert settings.LOGINS == ()
    assert "login-with" not in client.get("/login").content.decode()
    assert client.get("/login/with/market").status_code == 404
