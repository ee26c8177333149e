"""Rules that hold for every page, in both languages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from autosilo.platform.journey.trial.models import Trial
from autosilo.wire import bus

from .pagecheck import Page

LANGUAGES = ("en", "zh-hans")


def check(client: Client, path: str, *, status: int = 200, method: str = "get", **data: Any) -> None:
    """The page keeps the rules of every page."""
    for language in LANGUAGES:
        response = getattr(client, method)(path, data, headers={"accept-language": language})
        assert response.status_code == status, f"{path} answers {response.status_code}"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        text = response.content.decode()
        assert f'<html lang="{language}">' in text
        assert Page(text).problems == [], f"{path} in {language}"


@pytest.fixture
def stages(shop: Any, client: Client) -> Callable[..., Iterator[Trial]]:
    """One trial of the signed-in person, handed out at each stage of its life."""

    def through(*, ending: str) -> Iterator[Trial]:
        shop.add_cars(1)
        person = shop.add_person()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        trial = shop.book(person)
        yield trial
        shop.say(bus.VisitorIdentified, trial, method="face", purpose="collect")
        yield trial
        shop.say(bus.CarAtGate, trial, station="L1.D1")
        yield trial
        shop.say(bus.CarHandedOver, trial, odometer_km=100, charge=0.9)
        yield trial
        if ending == "returned":
            shop.say(bus.VisitorIdentified, trial, method="pass", purpose="return")
            yield trial
            shop.say(bus.CarTakenIn, trial, bay="L1.B0302", odometer_km=150, charge=0.5)
            yield trial

    return through


def test_for_visitors(shop: Any, client: Client) -> None:
    shop.add_cars(2)
    for path in ("/", "/?body=van", "/cars/byd-seal", "/cars/byd-seal?paint=red", "/scan", "/join", "/login"):
        check(client, path)


def test_before_anything_is_on_sale(db: None, client: Client) -> None:
    check(client, "/")


def test_of_problems(shop: Any, client: Client) -> None:
    check(client, "/cars/unheard-of", status=404)
    check(client, "/no/such/page", status=404)


def test_of_wrong_entries(shop: Any, client: Client) -> None:
    check(client, "/join", method="post", status=422, email="nonsense")
    check(client, "/login", method="post", status=422, email="a@example.org", password="wrong")
    check(client, "/scan", method="post", status=422)
    check(client, "/scan/correction", method="post", status=422)
    check(client, "/scan/colour", status=422)


def test_of_a_scan(shop: Any, client: Client) -> None:
    shop.add_model("tang", body="suv")
    for language in LANGUAGES:
        for photo in (b"two red suv", b"nothing"):
            sent = {"photo": SimpleUploadedFile("photo.jpg", photo)}
            response = client.post("/scan", sent, headers={"accept-language": language})
            assert Page(response.content.decode()).problems == []


def test_for_shoppers_without_a_trial(shop: Any, client: Client, signed_in: Callable[..., Any]) -> None:
    shop.add_cars(2)
    signed_in()
    for path in ("/trials", "/me", "/book/byd-seal", "/book/byd-seal?paint=red&site=shanghai&day=2026-03-12"):
        check(client, path)
    check(client, "/book/byd-seal/hold", method="post", status=422)
    check(client, "/me", method="post", status=422, given_name="", phone="?")


def test_of_a_hold(shop: Any, client: Client, signed_in: Callable[..., Any]) -> None:
    shop.add_cars(1)
    signed_in()
    held = client.post("/book/byd-seal/hold", {"paint": "white", "site": "shanghai", "slot": "2026-03-11T04:00Z"})
    check(client, held["Location"])
    check(client, held["Location"], method="post", status=422)
    for path in (held["Location"].removesuffix("/confirm"), held["Location"].replace("confirm", "move")):
        check(client, path)


def test_for_shoppers_who_may_not_yet(shop: Any, client: Client, signed_in: Callable[..., Any]) -> None:
    shop.add_cars(1)
    signed_in(eligible=False)
    check(client, "/book/byd-seal")
    check(client, "/me")


def test_of_a_trial_from_booking_to_return(client: Client, stages: Callable[..., Iterator[Trial]]) -> None:
    for trial in stages(ending="returned"):
        check(client, f"/trials/{trial.pk}")
        check(client, "/trials")
        if trial.ended_at is None:
            for page in ("pass", "selfie", "cancel", "return"):
                check(client, f"/trials/{trial.pk}/{page}")


def test_of_a_purchase(client: Client, stages: Callable[..., Iterator[Trial]]) -> None:
    *_, trial = stages(ending="driving")
    check(client, f"/trials/{trial.pk}/buy")
    check(client, f"/trials/{trial.pk}/buy", method="post", status=422)
    client.post(f"/trials/{trial.pk}/buy", {"agree": "yes", "version": "sale-2026-01"})
    check(client, f"/trials/{trial.pk}/pay")
    client.post(f"/trials/{trial.pk}/pay", {"token": "tok_visa"})
    check(client, f"/trials/{trial.pk}/receipt")
    check(client, f"/trials/{trial.pk}")


def test_that_need_a_person_ask_who_it_is(shop: Any, client: Client) -> None:
    trial = shop.add_cars(1) and shop.book()
    for path in ("/me", "/trials", "/book/byd-seal", f"/trials/{trial.pk}", f"/trials/{trial.pk}/pass"):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/login?next=")


def test_of_somebody_else_are_not_found(shop: Any, client: Client, signed_in: Callable[..., Any]) -> None:
    shop.add_cars(1)
    trial = shop.book()
    signed_in()
    for page in ("", "/now", "/pass", "/selfie", "/cancel", "/return", "/buy", "/pay", "/receipt"):
        assert client.get(f"/trials/{trial.pk}{page}").status_code == 404
    for page in ("/cancel", "/pass/renew", "/selfie/begin", "/selfie/pass", "/selfie/withdraw", "/buy", "/pay"):
        assert client.post(f"/trials/{trial.pk}{page}").status_code == 404
    trial.refresh_from_db()
    assert trial.state == "booked"


def test_a_stale_form_is_explained(shop: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/login", {"email": "a@example.org", "password": "x"})
    assert response.status_code == 403
    assert "This page lay open for too long" in response.content.decode()


def test_a_crash_is_a_page_without_the_database(settings: Any) -> None:
    from django.test import RequestFactory
    from django.views.defaults import server_error

    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
    assert Page(response.content.decode()).problems == []


def test_only_the_payment_page_may_speak_to_the_provider(
    client: Client, stages: Callable[..., Iterator[Trial]], settings: Any
) -> None:
    *_, trial = stages(ending="driving")
    client.post(f"/trials/{trial.pk}/buy", {"agree": "yes", "version": "sale-2026-01"})
    with_provider = client.get(f"/trials/{trial.pk}/pay")["Content-Security-Policy"]
    without = client.get(f"/trials/{trial.pk}")["Content-Security-Policy"]
    assert settings.STRIPE_JS_URL in with_provider
    assert settings.STRIPE_API_BASE in with_provider
    assert "stripe" not in without
