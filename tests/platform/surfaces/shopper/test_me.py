"""My details, membership and credit."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import Client

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.eligibility.bureau_client import BureauFailure
from autosilo.platform.journey.eligibility.consent_text import VERSION
from autosilo.platform.journey.eligibility.models import CreditCheck
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity.consent_text import VERSION as FACE_VERSION
from autosilo.platform.resources.people.models import DrivingLicence, Person
from autosilo.platform.resources.sites.models import OutgoingOrder

GOOD = {
    "given_name": "Mei",
    "family_name": "Wang",
    "birth_date": "1992-03-04",
    "phone": "+86 138 1234 5678",
    "licence_number": "310101199203040011",
    "licence_expires_on": "2035-01-01",
}


@pytest.fixture
def person(shop: Any, signed_in: Callable[..., Person]) -> Person:
    return signed_in(eligible=False)


def test_saves_details_and_goes_on(person: Person, client: Client) -> None:
    response = client.post("/me", GOOD | {"next": "/book/byd-seal"})
    assert response["Location"] == "/book/byd-seal"
    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Mei", "Wang")
    assert DrivingLicence.objects.get().number == "310101199203040011"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"licence_expires_on": "2026-03-09"}, "This driving licence has expired."),
        ({"birth_date": "2031-01-01"}, "This date of birth cannot be right."),
        ({"birth_date": "yesterday"}, "Enter a valid date."),
        ({"phone": "call me"}, "This is not a phone number."),
        ({"licence_number": "?"}, "This is not the number of a driving licence."),
    ],
)
def test_says_what_is_wrong_beside_the_field(person: Person, client: Client, wrong: dict[str, str], words: str) -> None:
    response = client.post("/me", GOOD | wrong)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert f'href="#id_{next(iter(wrong))}"' in text
    assert "Wang" in text
    assert DrivingLicence.objects.get().number != GOOD["licence_number"]


def test_a_click_makes_a_premium_member(person: Person, client: Client) -> None:
    assert 'data-testid="tier-basic"' in client.get("/me").content.decode()
    assert client.post("/me/premium", {"next": "/book/byd-seal"})["Location"] == "/book/byd-seal"
    assert 'data-testid="tier-premium"' in client.get("/me").content.decode()


def test_the_bureau_is_asked_only_with_consent(person: Person, client: Client, fakes: Any) -> None:
    client.post("/me/credit", {})
    client.post("/me/credit", {"consent": "an-older-text"})
    assert fakes.bureau.asked == []
    client.post("/me/credit", {"consent": VERSION})
    assert len(fakes.bureau.asked) == 1
    assert CreditCheck.objects.get().consent_text == VERSION
    assert 'data-testid="credit-met"' in client.get("/me").content.decode()


def test_a_score_that_is_too_low_is_said_plainly(person: Person, client: Client) -> None:
    DrivingLicence.objects.update(number="310-LOW")
    response = client.post("/me/credit", {"consent": VERSION}, follow=True)
    text = response.content.decode()
    assert "this rule is not met at the moment" in text
    assert 'data-testid="credit-unmet"' in text


def test_a_silent_bureau_is_said_and_nothing_is_kept(person: Person, client: Client, fakes: Any) -> None:
    fakes.bureau.failure = BureauFailure("timeout", permanent=False)
    response = client.post("/me/credit", {"consent": VERSION}, follow=True)
    assert "The credit bureau does not answer at the moment." in response.content.decode()
    assert not CreditCheck.objects.exists()


def test_everything_held_in_one_file(person: Person, client: Client) -> None:
    assert client.get("/me/data.json").status_code == 405
    response = client.post("/me/data.json")
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert response.json()["account"]["email"] == person.email
    assert "password" in response.json()["account"]
    assert response.json()["account"]["password"] == "(not shown)"


def test_being_forgotten_asks_for_the_password_and_signs_out(person: Person, client: Client) -> None:
    person.set_password("a long and odd one")
    person.save()
    client.force_login(person)
    assert 'data-testid="forget-form"' in client.get("/me/forget").content.decode()
    refused = client.post("/me/forget", {"password": "guessed"})
    assert refused.status_code == 422
    assert 'data-testid="forget-refused"' in refused.content.decode()
    assert client.post("/me/forget", {"password": "a long and odd one"})["Location"] == "/"
    assert client.get("/me")["Location"].startswith("/login")
    assert not client.login(username=person.email, password="a long and odd one")


def test_consents_about_the_face_are_seen_and_taken_back_on_my_page(
    shop: Any, signed_in: Callable[..., Person], client: Client
) -> None:
    shop.add_cars(1)
    person = signed_in()
    assert 'data-testid="no-faces"' in client.get("/me").content.decode()
    trial = shop.book(person)
    identity.enrol(trial=trial, template=b"a good face", consent_version=FACE_VERSION, language="en", now=shop.now)
    text = client.get("/me").content.decode()
    assert 'data-testid="face-stands"' in text
    assert f'href="/trials/{trial.pk}/selfie/consent.json"' in text
    there = client.post(f"/trials/{trial.pk}/selfie/withdraw", {"next": "/me#faces"})["Location"]
    assert there == "/me#faces"
    text = client.get("/me").content.decode()
    assert 'data-testid="face-withdrawn"' in text
    assert 'data-testid="face-withdraw"' not in text
    acts = client.get(f"/trials/{trial.pk}/selfie/consent.json").json()["acts"]
    assert [json.loads(one["statement"])["act"] for one in acts] == ["given", "withdrawn"]


def test_a_consent_whose_visit_is_over_can_still_be_taken_back(
    shop: Any, signed_in: Callable[..., Person], client: Client
) -> None:
    shop.add_cars(1)
    trial = shop.book(signed_in())
    identity.enrol(trial=trial, template=b"a good face", consent_version=FACE_VERSION, language="en", now=shop.now)
    booking.cancel(trial=trial, by=trial.person, now=shop.now)
    assert 'data-testid="face-over"' in client.get("/me").content.decode()
    orders = OutgoingOrder.objects.count()
    client.post(f"/trials/{trial.pk}/selfie/withdraw", {"next": "https://elsewhere.example/"})
    assert 'data-testid="face-withdrawn"' in client.get("/me").content.decode()
    assert OutgoingOrder.objects.count() == orders, "the site has nothing to destroy any more"


def test_somebody_elses_consents_are_not_on_my_page(
    shop: Any, signed_in: Callable[..., Person], client: Client
) -> None:
    shop.add_cars(1)
    identity.enrol(
        trial=shop.book(), template=b"a good face", consent_version=FACE_VERSION, language="en", now=shop.now
    )
    signed_in()
    assert 'data-testid="no-faces"' in client.get("/me").content.decode()


def test_anybody_can_fetch_the_key_and_check_a_record_with_common_means(
    shop: Any, signed_in: Callable[..., Person], client: Client
) -> None:
    shop.add_cars(1)
    trial = shop.book(signed_in())
    identity.enrol(trial=trial, template=b"a good face", consent_version=FACE_VERSION, language="en", now=shop.now)
    (act,) = client.get(f"/trials/{trial.pk}/selfie/consent.json").json()["acts"]
    client.logout()
    published = client.get("/consent-key.json").json()
    assert published["public_key"] == act["public_key"]
    key = load_pem_public_key(published["pem"].encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.b64decode(act["signature"]), act["statement"].encode())
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(act["signature"]), act["statement"].replace("given", "withdrawn").encode())
