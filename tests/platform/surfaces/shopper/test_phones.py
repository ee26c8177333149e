"""A code by text message: added on *Me*, and to sign in with."""

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from autosilo.platform.journey.flow import tasks
from autosilo.platform.kit.models import RateBucket
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.resources.signin import phones, texts
from autosilo.platform.resources.signin.models import PhoneCode, PhoneLogin
from autosilo.platform.resources.signin.phones import CannotUsePhone
from autosilo.platform.resources.signin.texts import InstantTexts, TextFailure
from autosilo.platform.surfaces.shopper.entering import ENTERED_AT, FRESH

from .test_every_page import check

NUMBER = "+8613912345678"
PASSWORD = "harbour-lantern-42"


@pytest.fixture(autouse=True)
def _offered(settings: Any) -> None:
    settings.SMS_URL = "https://texts.example"


@pytest.fixture
def sender() -> Iterator[InstantTexts]:
    with texts.sender.replaced(InstantTexts()) as instant:
        yield instant


@pytest.fixture
def mei(shop: Any, sender: InstantTexts) -> Person:
    person: Person = shop.add_person(first_name="Mei")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def phone(shop: Any, mei: Person) -> PhoneLogin:
    return PhoneLogin.objects.create(person=mei, number=NUMBER, since=shop.now)


def deliver() -> None:
    """What the worker does."""
    for code in PhoneCode.objects.filter(sent_at=None):
        tasks.send_code(code=str(code.pk))


def code_in(sender: InstantTexts) -> str:
    deliver()
    return re.findall(r"\b\d{6}\b", sender.sent[-1][1])[0]


def ask(client: Client, number: str = NUMBER, **more: str) -> Any:
    return client.post("/login/phone", {"number": number, **more})


def sign_in(client: Client, person: Person) -> None:
    assert client.post("/login", {"email": person.email, "password": PASSWORD}).status_code == 302


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_opens_the_door(shop: Any, phone: PhoneLogin, sender: InstantTexts, client: Client) -> None:
    assert ask(client, next="/trials")["Location"] == "/login/phone/code"
    code = code_in(sender)
    assert sender.sent[0][0] == NUMBER
    assert client.post("/login/phone/code", {"code": f" {code[:3]} {code[3:]} "})["Location"] == "/trials"
    assert who(client) == str(phone.person_id)
    phone.refresh_from_db()
    assert phone.last_used_at == shop.now


def test_the_message_speaks_the_persons_language_and_names_the_shop(
    phone: PhoneLogin, sender: InstantTexts, client: Client
) -> None:
    Person.objects.update(language="zh-hans")
    ask(client)
    code = code_in(sender)
    assert "您的 autosilo 验证码" in sender.sent[-1][1]
    assert sender.sent[-1][1].endswith(f"\n\n@127.0.0.1 #{code}")


def test_an_unknown_number_gets_the_same_answer_and_no_message(
    phone: PhoneLogin, sender: InstantTexts, client: Client
) -> None:
    stranger = Client()
    with CaptureQueriesContext(connection) as known:
        first = ask(client)
    with CaptureQueriesContext(connection) as unknown:
        second = ask(stranger, "+8613900000000")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert len(known) == len(unknown), "it takes as many steps"
    pages = [
        re.sub(r'value="[^"]{64}"|"X-CSRFToken": "[^"]+"', "", one.get("/login/phone/code").content.decode())
        for one in (client, stranger)
    ]
    assert pages[0] == pages[1]
    deliver()
    assert [to for to, _body in sender.sent] == [NUMBER]
    row = PhoneCode.objects.get(person=None)
    assert row.number == ""
    assert stranger.post("/login/phone/code", {"code": phones.code_of(row)}).status_code == 422
    assert who(stranger) is None


def test_a_code_is_for_once_and_for_the_browser_that_asked(
    phone: PhoneLogin, sender: InstantTexts, client: Client
) -> None:
    ask(client)
    code = code_in(sender)
    other = Client()
    assert other.post("/login/phone/code", {"code": code})["Location"] == "/login/phone"
    ask(other)
    assert other.post("/login/phone/code", {"code": code}).status_code == 422
    session = dict(client.session)
    client.post("/login/phone/code", {"code": code})
    again = Client()
    kept = again.session
    kept["phone_code"] = session["phone_code"]
    kept.save()
    again.cookies["sessionid"] = kept.session_key
    assert again.post("/login/phone/code", {"code": code}).status_code == 422


def test_guessing_ends_after_five_tries(phone: PhoneLogin, sender: InstantTexts, client: Client) -> None:
    ask(client)
    code = code_in(sender)
    for _ in range(phones.TRIES):
        assert client.post("/login/phone/code", {"code": wrong(code)}).status_code == 422
    assert client.post("/login/phone/code", {"code": code}).status_code == 422
    assert who(client) is None


def test_a_code_does_not_wait_for_ever(shop: Any, phone: PhoneLogin, sender: InstantTexts, client: Client) -> None:
    ask(client)
    code = code_in(sender)
    shop.now += phones.LIVES + timedelta(seconds=1)
    assert client.post("/login/phone/code", {"code": code}).status_code == 422
    assert phones.forget_codes(now=shop.now) == 1


def test_a_message_goes_out_once_at_most(shop: Any, phone: PhoneLogin, sender: InstantTexts) -> None:
    asked = phones.ask_to_enter(number=NUMBER, device="", now=shop.now)
    assert phones.send(code_id=asked.pk, now=shop.now)
    assert not phones.send(code_id=asked.pk, now=shop.now)
    late = phones.ask_to_enter(number=NUMBER, device="", now=shop.now)
    assert not phones.send(code_id=late.pk, now=shop.now + phones.LIVES)
    assert len(sender.sent) == 1


def test_a_sender_that_fails_breaks_nothing(shop: Any, phone: PhoneLogin, sender: InstantTexts) -> None:
    sender.failure = TextFailure("unavailable")
    asked = phones.ask_to_enter(number=NUMBER, device="", now=shop.now)
    assert not phones.send(code_id=asked.pk, now=shop.now)


def test_the_hour_has_an_end(shop: Any, phone: PhoneLogin, sender: InstantTexts, settings: Any) -> None:
    settings.SMS_PER_HOUR = 1
    for _ in range(2):
        phones.send(code_id=phones.ask_to_enter(number=NUMBER, device="", now=shop.now).pk, now=shop.now)
    assert len(sender.sent) == 1


def test_a_number_a_device_and_an_address_are_limited(shop: Any, phone: PhoneLogin, sender: InstantTexts) -> None:
    for number in (NUMBER, "+8613900000000"):
        answers = [Client(REMOTE_ADDR=f"10.0.0.{one}").post("/login/phone", {"number": number}) for one in range(4)]
        assert [one.status_code for one in answers] == [302, 302, 302, 429], "known or not"
    at_one = Client()
    answers = [at_one.post("/login/phone", {"number": f"+86139000001{one:02d}"}).status_code for one in range(7)]
    assert answers == [302] * 6 + [429]
    for one in range(phones.DEVICE_A_DAY):
        phones.ask_to_enter(number=f"+86139000002{one:02d}", device="d", now=shop.now)
    with pytest.raises(CannotUsePhone, match="often"):
        phones.ask_to_enter(number="+8613900000300", device="d", now=shop.now)
    assert "1390000" not in json.dumps(list(RateBucket.objects.values_list("key", flat=True)))


def test_neither_table_nor_job_has_the_code(phone: PhoneLogin, sender: InstantTexts, client: Client) -> None:
    ask(client)
    code = code_in(sender)
    kept = "".join(
        serializers.serialize("json", model.objects.all())
        for model in apps.get_models()
        if model._meta.app_label in ("signin", "procrastinate", "sessions", "kit")
    )
    assert kept
    assert f'"{code}"' not in kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("+86 139 1234 5678", NUMBER),
        ("13912345678", NUMBER),
        ("0086-139-1234-5678", NUMBER),
        ("+49 (030) 901820", "+49030901820"),
        ("＋86 139", None),
        ("+86 1391234567890123", None),
        ("911", None),
        ("+0139123456", None),
        ("٠١٢٣٤٥٦٧٨٩", None),
        ("no number", None),
    ],
)
def test_a_number_is_kept_in_one_form(given: str, kept: str | None) -> None:
    if kept is not None:
        assert phones.normal(given) == kept
        return
    with pytest.raises(CannotUsePhone):
        phones.normal(given)


def test_a_closed_account_gets_no_message(phone: PhoneLogin, sender: InstantTexts, client: Client) -> None:
    Person.objects.update(is_active=False)
    ask(client)
    deliver()
    assert sender.sent == []


# --- on Me ---


def test_a_number_is_added_by_who_holds_the_telephone(mei: Person, sender: InstantTexts, client: Client) -> None:
    sign_in(client, mei)
    assert client.post("/me/ways/phone/ask", {"number": "139 1234 5678"})["Location"] == "/me/ways/phone/code"
    code = code_in(sender)
    assert client.post("/me/ways/phone/code", {"code": wrong(code)}).status_code == 422
    assert not PhoneLogin.objects.exists()
    assert client.post("/me/ways/phone/code", {"code": code})["Location"] == "/me/ways"
    assert PhoneLogin.objects.get().number == NUMBER
    assert "+86 ••• 5678" in client.get("/me/ways").content.decode()
    letter = Notice.objects.get(kind="way_added")
    assert "+86 ••• 5678" in letter.body
    assert NUMBER not in letter.body
    assert AuditEntry.objects.filter(action="phone_added", target=f"person {mei.pk}").exists()


def test_a_code_to_sign_in_adds_nothing_and_the_other_way_round(
    mei: Person, phone: PhoneLogin, sender: InstantTexts, client: Client
) -> None:
    sign_in(client, mei)
    client.post("/me/ways/phone/ask", {"number": "+8613900000009"})
    assert client.post("/login/phone/code", {"code": code_in(sender)})["Location"] == "/login/phone"
    asked = PhoneCode.objects.get()
    with pytest.raises(CannotUsePhone):
        phones.enter(code_id=asked.pk, code=phones.code_of(asked), now=asked.asked_at)


def test_anothers_number_is_refused_to_who_holds_it(
    shop: Any, phone: PhoneLogin, sender: InstantTexts, client: Client
) -> None:
    other = shop.add_person()
    other.set_password(PASSWORD)
    other.save()
    sign_in(client, other)
    client.post("/me/ways/phone/ask", {"number": NUMBER})
    answer = client.post("/me/ways/phone/code", {"code": code_in(sender)})
    assert "Another account signs in with this number." in answer.content.decode()
    assert PhoneLogin.objects.get().person_id == phone.person_id
    assert not Notice.objects.filter(kind="way_added").exists()


def test_another_number_takes_the_place(mei: Person, phone: PhoneLogin, sender: InstantTexts, client: Client) -> None:
    sign_in(client, mei)
    client.post("/me/ways/phone/ask", {"number": "+8613900000009"})
    client.post("/me/ways/phone/code", {"code": code_in(sender)})
    assert PhoneLogin.objects.get().number == "+8613900000009"


def test_an_old_session_changes_nothing(mei: Person, phone: PhoneLogin, client: Client) -> None:
    sign_in(client, mei)
    session = client.session
    session[ENTERED_AT] = time.time() - FRESH.total_seconds() - 1
    session.save()
    for path in ("ask", "remove"):
        assert client.post(f"/me/ways/phone/{path}", {"number": NUMBER})["Location"] == "/login?next=/me/ways"
    assert (PhoneLogin.objects.count(), PhoneCode.objects.count()) == (1, 0)


def test_a_number_is_removed_unless_it_is_the_only_way(mei: Person, phone: PhoneLogin, client: Client) -> None:
    sign_in(client, mei)
    mei.set_unusable_password()
    Person.objects.filter(pk=mei.pk).update(password=mei.password)
    session = client.session
    mei.refresh_from_db()
    session["_auth_user_hash"] = mei.get_session_auth_hash()
    session.save()
    client.post("/me/ways/phone/remove")
    assert "your only way in" in client.get("/me/ways").content.decode()
    assert PhoneLogin.objects.exists()
    mei.set_password(PASSWORD)
    mei.save()
    sign_in(client, mei)
    client.post("/me/ways/phone/remove")
    assert not PhoneLogin.objects.exists()


def test_without_a_sender_none_is_offered(mei: Person, settings: Any, client: Client) -> None:
    settings.SMS_URL = ""
    assert "to-phone" not in client.get("/login").content.decode()
    assert client.get("/login/phone").status_code == 404
    sign_in(client, mei)
    assert "phone-number" not in client.get("/me/ways").content.decode()
    assert client.post("/me/ways/phone/ask", {"number": NUMBER}).status_code == 404


def test_the_pages_keep_the_rules_of_every_page(mei: Person, phone: PhoneLogin, client: Client) -> None:
    check(client, "/login")
    check(client, "/login/phone")
    check(client, "/login/phone", method="post", status=422, number="911")
    ask(client)
    check(client, "/login/phone/code")
    check(client, "/login/phone/code", method="post", status=422, code="1")
    sign_in(client, mei)
    del client.cookies["django_language"]
    check(client, "/me/ways")
    client.post("/me/ways/phone/ask", {"number": NUMBER})
    check(client, "/me/ways/phone/code")
