"""Joining, signing in, the language."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from autosilo.platform.resources.people.models import Person

GOOD = {"given_name": "Mei", "email": "mei@example.org", "password": "harbour-lantern-42"}


@pytest.fixture
def mei(db: None) -> Person:
    return Person.objects.create_user(GOOD["email"], GOOD["password"], first_name="Mei", language="zh-hans")


def test_joining_opens_an_account_and_goes_on_where_one_wanted_to(shop: Any, client: Client) -> None:
    response = client.post("/join", GOOD | {"next": "/book/byd-seal"})
    assert response["Location"] == "/book/byd-seal"
    assert client.get("/me").context["user"].email == "mei@example.org"


def test_joining_remembers_the_language_of_the_page(db: None, client: Client) -> None:
    client.post("/join", GOOD, headers={"accept-language": "zh-hans"})
    assert Person.objects.get().language == "zh-hans"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": "nonsense"}, "Enter a valid email address."),
        ({"email": ""}, "This field is required."),
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "mei@example.org"}, "too similar"),
        ({"given_name": ""}, "This field is required."),
    ],
)
def test_joining_says_what_is_wrong_and_keeps_the_rest(
    db: None, client: Client, wrong: dict[str, str], words: str
) -> None:
    response = client.post("/join", GOOD | wrong)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert f'href="#id_{next(iter(wrong))}"' in text
    assert GOOD["password"] not in text
    kept = "given_name" if "email" in wrong else "email"
    assert GOOD[kept] in text
    assert not Person.objects.exists()


def test_an_address_is_taken_once_whatever_its_case(mei: Person, client: Client) -> None:
    response = client.post("/join", GOOD | {"email": "MEI@example.org"})
    assert response.status_code == 422
    assert "There is an account with this e-mail address already" in response.content.decode()


def test_signing_in_brings_the_persons_language(mei: Person, client: Client) -> None:
    response = client.post("/login", {"email": "MEI@example.org", "password": GOOD["password"], "next": "/trials"})
    assert response["Location"] == "/trials"
    assert "我的试驾" in client.get("/trials").content.decode()


@pytest.mark.parametrize("email", ["mei@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_read_the_same(mei: Person, client: Client, email: str) -> None:
    response = client.post("/login", {"email": email, "password": "wrong"})
    assert response.status_code == 422
    assert "E-mail address and password do not go together." in response.content.decode()


def test_guessing_is_stopped(mei: Person, client: Client) -> None:
    answers = [client.post("/login", {"email": "mei@example.org", "password": "x"}).status_code for _ in range(14)]
    assert answers[0] == 422
    assert answers[-1] == 429
    right = client.post("/login", {"email": "mei@example.org", "password": GOOD["password"]})
    assert right.status_code == 429
    assert "wait a little" in right.content.decode()


def test_guessing_from_many_addresses_is_stopped(mei: Person) -> None:
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{number}").post("/login", {"email": "mei@example.org", "password": "x"}).status_code
        for number in range(14)
    ]
    assert answers[-1] == 429


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(mei: Person, client: Client, target: str) -> None:
    response = client.post("/login", {"email": mei.email, "password": GOOD["password"], "next": target})
    assert response["Location"] == "/"


def test_signing_out_needs_a_form(mei: Person, client: Client) -> None:
    client.force_login(mei, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/logout").status_code == 405
    client.post("/logout")
    assert client.get("/me").status_code == 302


def test_the_language_is_kept_in_a_cookie_and_with_the_person(
    shop: Any, client: Client, signed_in: Callable[..., Person]
) -> None:
    person = signed_in(language="en")
    response = client.post("/language", {"language": "zh-hans", "next": "/trials"})
    assert response["Location"] == "/trials"
    assert "我的试驾" in client.get("/trials").content.decode()
    person.refresh_from_db()
    assert person.language == "zh-hans"


def test_an_unknown_language_changes_nothing(db: None, client: Client) -> None:
    client.post("/language", {"language": "tlh"})
    assert '<html lang="en">' in client.get("/login").content.decode()
