"""The licence is proven by a wallet: the page, the address that the wallet answers to, and what is kept."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client

from autosilo.platform.kit import clock
from autosilo.platform.resources.licences import actions, queries
from autosilo.platform.resources.licences.mdl import MobileLicences
from autosilo.platform.resources.licences.models import LicenceProof, WalletAsk
from autosilo.platform.resources.licences.states import Way
from autosilo.platform.resources.people.actions import save_details
from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.twin.wallet import presenting
from autosilo.twin.wallet.authority import Authority, founded
from autosilo.twin.wallet.credential import Credential, Holder, issue

AUTHORITY = founded(datetime.now(UTC) - timedelta(days=400))


@pytest.fixture
def person(shop: Any, signed_in: Callable[..., Person]) -> Person:
    return signed_in(proven=False)


@pytest.fixture(autouse=True)
def _trusted(tmp_path: Path) -> Iterator[None]:
    with _trusting(AUTHORITY, tmp_path):
        yield


@contextmanager
def _trusting(authority: Authority, folder: Path) -> Iterator[None]:
    roots = folder / "roots.pem"
    roots.write_bytes(authority.root.public_bytes(Encoding.PEM))
    with actions.reader.replaced(MobileLicences(roots)):
        yield


def holder_of(person: Person, **changes: Any) -> Holder:
    given = {
        "given_name": person.first_name.upper(),
        "family_name": person.last_name,
        "birth_date": person.birth_date,
        "number": f"{person.licence.number[:4]} {person.licence.number[4:]}",
        "expires_on": date(2099, 1, 1),
    }
    return Holder(**(given | changes))


def phone_of(person: Person, *, life: timedelta = timedelta(days=900), **changes: Any) -> Credential:
    return issue(AUTHORITY, holder_of(person, **changes), now=clock.now() - timedelta(minutes=1), life=life)


def ask(client: Client) -> presenting.Request:
    """As the page says it."""
    page = client.post("/me/licence/ask", follow=True)
    return presenting.read(page.context["link"])


def show(client: Client, request: presenting.Request, credential: Credential) -> int:
    """The wallet has no session of the shop."""
    form = presenting.form(presenting.device_response(credential, request), request)
    return Client().post(request.response_uri, form).status_code


def test_a_wallet_proves_it_and_little_is_kept(person: Person, client: Client) -> None:
    assert 'data-state="unverified"' in client.get("/me/licence").content.decode()
    request = ask(client)
    waiting = client.get("/me/licence", headers={"HX-Request": "true"}).content.decode()
    assert 'data-state="waiting"' in waiting
    assert "<html" not in waiting
    assert show(client, request, phone_of(person)) == 200
    proof = LicenceProof.objects.get()
    assert (proof.licence.person, proof.way, proof.categories) == (person, Way.WALLET, ["B"])
    assert proof.expires_on == date(2099, 1, 1)
    assert {field.name for field in LicenceProof._meta.concrete_fields} == {
        *("id", "licence", "way", "categories", "expires_on", "at")
    }
    entry = AuditEntry.objects.get(action="licence_proven")
    assert (entry.target, entry.detail) == (f"person {person.pk}", {"way": "wallet"})
    assert 'data-state="verified"' in client.get("/me/licence").content.decode()
    assert 'data-testid="licence-verified"' in client.get("/me").content.decode()


def test_one_answer_for_each_question(person: Person, client: Client) -> None:
    request, phone = ask(client), phone_of(person)
    assert show(client, request, phone) == 200
    assert show(client, request, phone) == 400


def test_a_bad_answer_ends_the_question_and_the_page_says_why(person: Person, client: Client) -> None:
    request, phone = ask(client), phone_of(person)
    assert show(client, request, phone.of_another_device()) == 400
    assert show(client, request, phone) == 400
    page = client.get("/me/licence").content.decode()
    assert "not made for this question" in page
    assert AuditEntry.objects.get(action="licence_doubted").detail == {"way": "wallet", "reason": "holder"}
    assert not LicenceProof.objects.exists()


def test_an_answer_recorded_earlier_opens_nothing(person: Person, client: Client) -> None:
    phone = phone_of(person)
    old = presenting.device_response(phone, ask(client))
    fresh = ask(client)
    assert Client().post(fresh.response_uri, presenting.form(old, fresh)).status_code == 400
    assert WalletAsk.objects.get().reason == "holder"


def test_a_new_question_takes_the_place_of_the_last(person: Person, client: Client) -> None:
    first = ask(client)
    second = ask(client)
    assert show(client, first, phone_of(person)) == 400
    assert show(client, second, phone_of(person)) == 200


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": "310101199001010000"}, "other_person"),
        ({"birth_date": date(1991, 1, 1)}, "other_person"),
        ({"given_name": "Somebody"}, "other_person"),
        ({"family_name": "Else"}, "other_person"),
        ({"categories": ("A", "AM")}, "no_category"),
        ({"categories": ()}, "no_category"),
        ({"expires_on": date(2026, 3, 9)}, "out_of_date"),
    ],
)
def test_a_real_licence_that_proves_nothing_here(
    person: Person, client: Client, changes: dict[str, Any], reason: str
) -> None:
    assert show(client, ask(client), phone_of(person, **changes)) == 400
    assert WalletAsk.objects.get().reason == reason
    assert not LicenceProof.objects.exists()


def test_a_question_is_open_for_ten_minutes(person: Person, client: Client) -> None:
    request = ask(client)
    WalletAsk.objects.update(ends_at=clock.now())
    assert show(client, request, phone_of(person)) == 400
    assert "too old" in client.get("/me/licence").content.decode()


def test_other_details_need_another_proof(person: Person, client: Client) -> None:
    assert show(client, ask(client), phone_of(person)) == 200
    licence = person.licence
    details = {
        "given_name": "Another",
        "family_name": person.last_name,
        "birth_date": person.birth_date,
        "phone": person.phone,
        "licence_number": licence.number,
        "licence_expires_on": licence.expires_on,
    }
    save_details(person=person, **details, now=clock.now() + timedelta(seconds=1))
    found = queries.licence_with_proof(person=person)
    assert queries.proof_of(found) is None
    assert queries.proved_until(found) is None


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"vp_token": "no JSON"},
        {"vp_token": "[]"},
        {"vp_token": json.dumps({"mdl": []})},
        {"vp_token": json.dumps({"mdl": ["a", "b"]})},
        {"vp_token": json.dumps({"mdl": ["!"]})},
        {"vp_token": json.dumps({"mdl": [7]})},
        {"vp_token": json.dumps({"mdl": [base64.b64encode(b"x" * 800_000).decode()]})},
    ],
)
def test_what_is_no_presentation_does_not_end_the_question(
    person: Person, client: Client, form: dict[str, str]
) -> None:
    request = ask(client)
    assert Client().post(request.response_uri, form).status_code == 400
    assert show(client, request, phone_of(person)) == 200


def test_a_wallet_can_only_post_and_not_too_often(person: Person, client: Client, settings: Any) -> None:
    request = ask(client)
    assert Client().get(request.response_uri).status_code == 405
    settings.LIMITS_FACTOR = 1 / 30
    assert Client().post(request.response_uri, {}).status_code == 400
    assert Client().post(request.response_uri, {}).status_code == 429


def test_a_shop_that_trusts_nobody_asks_no_wallet(person: Person, client: Client) -> None:
    with actions.reader.replaced(MobileLicences(None)):
        page = client.get("/me/licence").content.decode()
        assert 'data-testid="no-wallets"' in page
        client.post("/me/licence/ask")
        assert not WalletAsk.objects.exists()


def test_whoever_has_not_stated_a_licence_is_asked_for_it_first(person: Person, client: Client) -> None:
    person.licence.delete()
    assert 'data-testid="licence-details"' in client.get("/me/licence").content.decode()
    client.post("/me/licence/ask")
    assert not WalletAsk.objects.exists()


def test_the_page_is_its_owners(client: Client, shop: Any) -> None:
    for path in ("/me/licence", "/me/licence/ask"):
        assert client.post(path).status_code in {302, 405}
    assert client.get("/me/licence")["Location"].startswith("/login")


def test_old_questions_go(person: Person, client: Client) -> None:
    ask(client)
    assert actions.forget_asks(now=clock.now()) == 0
    assert actions.forget_asks(now=clock.now() + timedelta(days=2)) == 1


def test_a_licence_that_ends_before_its_category_counts_to_the_earlier_day() -> None:
    shown = actions.Shown(
        family_name="Li",
        given_name="Na",
        birth_date=date(1990, 1, 1),
        number="1",
        expires_on=date(2030, 1, 1),
        categories={"A": None, "B": date(2028, 1, 1)},
    )
    today = date(2026, 1, 1)
    assert actions._kept(shown, today=today) == {"categories": ["B"], "expires_on": date(2028, 1, 1)}
    unending = replace(shown, categories={"B": None})
    assert actions._kept(unending, today=today)["expires_on"] == date(2030, 1, 1)


def test_in_a_demo_one_may_go_on_without_a_wallet(person: Person, client: Client, settings: Any) -> None:
    settings.DEMO = True
    page = client.get("/me/licence?next=/cars/byd-seal").content.decode()
    assert 'data-testid="licence-demo"' in page
    response = client.post("/me/licence/demo", {"next": "/cars/byd-seal"})
    assert (response.status_code, response["Location"]) == (302, "/cars/byd-seal")
    assert LicenceProof.objects.get().way == Way.DEMO
    page = client.get("/me/licence?next=/cars/byd-seal").content.decode()
    assert 'data-testid="licence-demo"' not in page
    assert 'href="/cars/byd-seal"' in page


def test_outside_of_a_demo_nobody_may(person: Person, client: Client, settings: Any) -> None:
    settings.DEMO = False
    assert 'data-testid="licence-demo"' not in client.get("/me/licence").content.decode()
    assert client.post("/me/licence/demo").status_code == 404
    assert not LicenceProof.objects.exists()


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_the_way_on_leads_nowhere_else(person: Person, client: Client, settings: Any, elsewhere: str) -> None:
    settings.DEMO = True
    assert client.post("/me/licence/demo", {"next": elsewhere})["Location"] == "/me/licence"
    assert elsewhere not in client.get("/me/licence", {"next": elsewhere}).content.decode()
