"""Passkeys: enrolled on *Me*, and to sign in with. The device is of software, its signatures are real."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone

from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.resources.signin import passkeys
from autosilo.platform.surfaces.shopper.entering import ENTERED_AT, FRESH

from ...passkey_device import PRESENT, Device
from .test_every_page import check

PASSWORD = "harbour-lantern-42"


@pytest.fixture
def mei(shop: Any) -> Person:
    person: Person = shop.add_person(first_name="Mei")
    person.set_password(PASSWORD)
    person.save()
    return person


class Browser(Client):
    """Speaks JSON as the script does, over HTTPS: elsewhere a browser has no passkeys."""

    def __init__(self, **more: Any) -> None:
        super().__init__(headers={"accept": "application/json"}, **more)

    def tell(self, path: str, content: Any = None, **more: Any) -> Any:
        return self.post(path, content or {}, content_type="application/json", secure=True, **more)

    def sign_in(self, person: Person) -> None:
        assert self.post("/login", {"email": person.email, "password": PASSWORD}, secure=True).status_code == 302

    def enrol(self, device: Device, name: str = "phone") -> Any:
        asked = self.tell("/me/ways/passkeys/ask").json()
        return self.tell("/me/ways/passkeys", {"name": name, "credential": device.create(asked["publicKey"])})

    def enter(self, device: Device, **more: Any) -> Any:
        asked = self.tell("/login/passkey/ask").json()
        return self.tell("/login/passkey", {"credential": device.get(asked["publicKey"]), **more})


@pytest.fixture
def device(mei: Person) -> Device:
    """One that is enrolled."""
    made, browser = Device(), Browser()
    browser.sign_in(mei)
    assert browser.enrol(made).status_code == 201
    return made


def who(browser: Client) -> str | None:
    return browser.session.get("_auth_user_id")


def test_a_passkey_opens_the_door_without_a_password(mei: Person, device: Device) -> None:
    browser = Browser()
    answer = browser.enter(device, next="/trials")
    assert answer.json() == {"location": "/trials"}
    assert who(browser) == str(mei.pk)
    assert browser.cookies["device"].value
    assert Authenticator.objects.get().last_used_at is not None


def test_the_owner_is_told_and_it_is_in_the_trail(mei: Person, device: Device, shop: Any) -> None:
    from autosilo.platform.resources.notices.models import Notice

    letter = Notice.objects.get(person=mei, kind="way_added")
    assert "phone" in letter.body
    assert AuditEntry.objects.filter(action="passkey_added", target=f"person {mei.pk}").exists()
    assert mail.outbox == []


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(device: Device, target: str) -> None:
    assert Browser().enter(device, next=target).json() == {"location": "/"}


def test_a_challenge_serves_once_even_if_the_answer_was_wrong(mei: Person, device: Device) -> None:
    browser = Browser()
    options = browser.tell("/login/passkey/ask").json()["publicKey"]
    stranger = Device(user_handle=device.user_handle)
    assert browser.tell("/login/passkey", {"credential": stranger.get(options)}).status_code == 422
    assert browser.tell("/login/passkey", {"credential": device.get(options)}).status_code == 422
    assert who(browser) is None


def test_a_challenge_of_another_session_opens_nothing(device: Device) -> None:
    options = Browser().tell("/login/passkey/ask").json()["publicKey"]
    other = Browser()
    other.tell("/login/passkey/ask")
    assert other.tell("/login/passkey", {"credential": device.get(options)}).status_code == 422


def test_a_challenge_does_not_wait_for_ever(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser()
    options = browser.tell("/login/passkey/ask").json()["publicKey"]
    later = timezone.now() + passkeys.CHALLENGE_LIVES * 1.1
    monkeypatch.setattr(passkeys.timezone, "now", lambda: later)
    assert browser.tell("/login/passkey", {"credential": device.get(options)}).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://testserver"},
        {"flags": PRESENT},
        {"counter": 0},
        {"user_handle": "bm9ib2R5"},
        {"user_handle": "eg"},
    ],
    ids=["another site", "no TLS", "not unlocked", "a copied key", "nobody", "an unknown person"],
)
def test_what_must_not_open_the_door(device: Device, wrong: dict[str, Any]) -> None:
    for name, value in wrong.items():
        setattr(device, name, value)
    browser = Browser()
    answer = browser.enter(device)
    assert answer.status_code == 422
    assert answer.json()["title"] == "This passkey did not open the door. Try again, or choose another way."
    assert who(browser) is None


def test_a_passkey_that_counts_nothing_is_good(mei: Person) -> None:
    """As those are that a maker of phones keeps in step between devices."""
    device, browser = Device(counter=None), Browser()
    browser.sign_in(mei)
    browser.enrol(device)
    assert [Browser().enter(device).status_code for _ in range(2)] == [200, 200]


def test_a_closed_account_stays_closed(mei: Person, device: Device) -> None:
    Person.objects.filter(pk=mei.pk).update(is_active=False)
    assert Browser().enter(device).status_code == 422


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"credential": 7}', '{"credential": {"id": "a", "rawId": "a", "type": "password"}}']
)
def test_nonsense_is_refused(device: Device, body: str) -> None:
    browser = Browser()
    browser.tell("/login/passkey/ask")
    answer = browser.post("/login/passkey", body, content_type="application/json", secure=True)
    assert answer.status_code == 422


def test_broken_answers_are_refused_and_not_crashes(mei: Person, device: Device) -> None:
    browser = Browser()
    browser.sign_in(mei)
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        options = browser.tell("/login/passkey/ask").json()["publicKey"]
        credential = device.get(options)
        credential["response"][part] = "AAAA"
        assert browser.tell("/login/passkey", {"credential": credential}).status_code == 422
    for part in ("clientDataJSON", "attestationObject"):
        options = browser.tell("/me/ways/passkeys/ask").json()["publicKey"]
        credential = Device().create(options)
        credential["response"][part] = "AAAA"
        assert browser.tell("/me/ways/passkeys", {"name": "x", "credential": credential}).status_code == 422
    assert Authenticator.objects.count() == 1


def test_one_passkey_belongs_to_one_account(shop: Any, mei: Person, device: Device) -> None:
    other = shop.add_person()
    other.set_password(PASSWORD)
    other.save()
    browser = Browser()
    browser.sign_in(other)
    answer = browser.enrol(device)
    assert (answer.status_code, answer.json()["title"]) == (422, "This passkey is enrolled already.")


def test_ten_are_enough(mei: Person) -> None:
    browser = Browser()
    browser.sign_in(mei)
    answers = [browser.enrol(Device()).status_code for _ in range(passkeys.MOST)]
    assert set(answers) == {201}
    assert browser.tell("/me/ways/passkeys/ask").status_code == 422


def test_an_old_session_adds_and_removes_nothing(mei: Person, device: Device) -> None:
    browser = Browser()
    browser.sign_in(mei)
    session = browser.session
    session[ENTERED_AT] = time.time() - FRESH.total_seconds() - 1
    session.save()
    again = {"location": "/login?next=/me/ways"}
    for path in ("/me/ways/passkeys/ask", "/me/ways/passkeys"):
        answer = browser.tell(path)
        assert (answer.status_code, answer.json()) == (403, again)
    removed = browser.post(f"/me/ways/passkeys/{Authenticator.objects.get().pk}/remove", secure=True)
    assert removed["Location"] == again["location"]
    assert Authenticator.objects.count() == 1
    assert "sign in once more" in browser.get("/me/ways", secure=True).content.decode()


def test_a_removed_passkey_opens_nothing_and_nobody_removes_anothers(shop: Any, mei: Person, device: Device) -> None:
    thief = shop.add_person()
    thief.set_password(PASSWORD)
    thief.save()
    browser, path = Browser(), f"/me/ways/passkeys/{Authenticator.objects.get().pk}/remove"
    browser.sign_in(thief)
    browser.post(path, secure=True)
    assert Authenticator.objects.count() == 1
    browser.sign_in(mei)
    browser.post(path, secure=True)
    assert Browser().enter(device).status_code == 422
    assert AuditEntry.objects.filter(action="passkey_removed").count() == 1


def test_trying_is_limited(device: Device) -> None:
    browser = Browser()
    wrong = {"credential": Device(user_handle="MQ").get({"rpId": "testserver", "challenge": "AAAA"})}
    answers = [browser.tell("/login/passkey", wrong).status_code for _ in range(13)]
    assert (answers[0], answers[-1]) == (422, 429)


def test_visitors_enrol_nothing(db: None) -> None:
    for path in ("/me/ways/passkeys/ask", "/me/ways/passkeys"):
        assert Browser().tell(path).status_code == 302


def test_an_address_of_numbers_offers_none(signed_in: Callable[..., Person], shop: Any, client: Client) -> None:
    signed_in()
    assert 'data-testid="passkey-enter"' in client.get("/login").content.decode()
    for host in ("127.0.0.1:8000", "127.0.0.1"):
        assert 'data-testid="passkey-enter"' not in client.get("/login", headers={"host": host}).content.decode()
        assert "passkeys-need-a-name" in client.get("/me/ways", headers={"host": host}).content.decode()
    assert not passkeys.offered_at("[::1]:8000")
    assert passkeys.offered_at("shop.example:8443")


def test_the_page_keeps_the_rules_of_every_page(mei: Person, device: Device, client: Client) -> None:
    client.post("/login", {"email": mei.email, "password": PASSWORD})
    del client.cookies["django_language"]
    check(client, "/me/ways")
    assert "passkey-add" in client.get("/me/ways").content.decode()
