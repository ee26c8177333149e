"""From the decision to a booked car."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking.models import WaitEntry
from autosilo.platform.journey.eligibility.consent_text import VERSION
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.people.models import DrivingLicence, Membership, Person

TOMORROW = "2026-03-11T04:00Z"  # noon at the site
HOLD = "/book/byd-seal/hold"


@pytest.fixture
def wish(shop: Any) -> dict[str, str]:
    shop.add_cars(1)
    return {"paint": "white", "site": "shanghai", "slot": TOMORROW, "agree": "yes"}


def test_without_details_it_asks_for_them(shop: Any, client: Client, signed_in: Callable[..., Person]) -> None:
    shop.add_cars(1)
    signed_in(eligible=False)
    DrivingLicence.objects.all().delete()
    text = client.get("/book/byd-seal?paint=red").content.decode()
    assert 'data-testid="undecided-details"' in text
    assert "/me?next=/book/byd-seal%3Fpaint%3Dred" in text


def test_consent_premium_and_then_the_picker(shop: Any, client: Client, signed_in: Callable[..., Person]) -> None:
    shop.add_cars(1)
    signed_in(eligible=False)
    assert 'data-testid="undecided-consent"' in client.get("/book/byd-seal").content.decode()
    client.post("/me/credit", {"consent": VERSION})
    text = client.get("/book/byd-seal").content.decode()
    assert 'data-testid="rule-membership" data-met="no"' in text
    assert 'data-testid="rule-credit" data-met="yes"' in text
    assert 'data-testid="picker"' not in text
    client.post("/me/premium")
    text = client.get("/book/byd-seal").content.decode()
    assert 'data-testid="decision-yes"' in text
    assert 'data-testid="picker"' in text


def test_an_expired_licence_is_a_rule_with_a_remedy(
    shop: Any, client: Client, signed_in: Callable[..., Person]
) -> None:
    shop.add_cars(1)
    signed_in()
    DrivingLicence.objects.update(expires_on=date(2026, 3, 11))
    text = client.get("/book/byd-seal").content.decode()
    assert "Valid until 11 March 2026, but the trial would end on 13 March 2026." in text
    assert 'data-testid="rule-details"' in text


def test_slots_are_shown_by_day_in_the_sites_time(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    signed_in()
    text = client.get("/book/byd-seal/times?paint=white&site=shanghai&day=2026-03-11").content.decode()
    assert 'value="2026-03-11T00:00Z"' in text  # 08:00 in Shanghai
    assert "<b>08:00</b>" in text
    assert "<html" not in text
    assert text.count('data-testid="slot"') == 28


def test_a_slot_without_a_car_is_shown_as_taken(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    shop.book()
    signed_in()
    text = client.get("/book/byd-seal/times?paint=white&site=shanghai&day=2026-03-11").content.decode()
    assert 'data-free="0" disabled' in text
    assert "Nothing is free on this day." in text


def test_books_what_was_confirmed(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    person = signed_in()
    held = client.post(HOLD, wish)
    trial = Trial.objects.get()
    assert held["Location"] == f"/trials/{trial.pk}/confirm"
    assert trial.state == TrialState.HELD
    summary = client.get(held["Location"]).content.decode()
    assert "Wednesday 11 March, 12:00–12:30" in summary
    assert "Nobody else can take it before." in summary
    response = client.post(held["Location"], {"agree": "yes"})
    trial.refresh_from_db()
    assert response["Location"] == f"/trials/{trial.pk}"
    assert trial.state == TrialState.BOOKED
    assert (trial.person, trial.paint.code) == (person, "white")
    assert trial.slot_start == datetime(2026, 3, 11, 4, tzinfo=UTC)


def test_without_agreement_nothing_is_booked(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    signed_in()
    held = client.post(HOLD, wish)["Location"]
    response = client.post(held, {"agree": ""})
    assert response.status_code == 422
    assert "Please tick that you agree." in response.content.decode()
    assert Trial.objects.get().state == TrialState.HELD


def test_what_is_held_waits_for_its_shopper_and_can_be_let_go(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    signed_in()
    held = client.post(HOLD, wish)["Location"]
    assert client.get("/book/byd-seal")["Location"] == held
    gone = client.post(held.replace("confirm", "let-go"))
    assert gone["Location"] == "/book/byd-seal?paint=white&site=shanghai"
    assert Trial.objects.get().state == TrialState.CANCELLED
    assert client.get("/book/byd-seal").status_code == 200


def test_the_time_of_a_booking_can_be_changed(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    trial = shop.book(signed_in(), start=datetime(2026, 3, 11, 4, tzinfo=UTC))
    page = client.get(f"/trials/{trial.pk}/move").content.decode()
    assert re.search(f'value="{TOMORROW}"[^>]* checked>', page)
    refused = client.post(f"/trials/{trial.pk}/move", {"slot": "2026-03-11T04:07Z"})
    assert (refused.status_code, "Not changed" in refused.content.decode()) == (409, True)
    moved = client.post(f"/trials/{trial.pk}/move", {"slot": "2026-03-12T04:00Z"})
    assert moved["Location"] == f"/trials/{trial.pk}"
    trial.refresh_from_db()
    assert trial.slot_start == datetime(2026, 3, 12, 4, tzinfo=UTC)


def test_who_finds_nothing_waits_and_leaves_again(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    for hours in (0, 76, 152):  # the one car, for all that can be booked
        shop.book(start=shop.now + timedelta(hours=hours))
    signed_in()
    assert client.post("/book/byd-seal/wait", wish)["Location"] == "/trials"
    page = client.get("/trials").content.decode()
    assert "0 people came before you." in page
    entry = WaitEntry.objects.get()
    again = client.post("/book/byd-seal/wait", wish)
    assert (again.status_code, "You are on this wait-list already." in again.content.decode()) == (409, True)
    client.post(f"/waits/{entry.pk}/leave")
    assert 'data-testid="wait-entry"' not in client.get("/trials").content.decode()


@pytest.mark.parametrize(
    ("slot", "status", "words"),
    [
        ("", 422, "Please choose a time."),
        ("tomorrow at noon", 422, "Please choose a time."),
        ("2026-03-11T04:00", 422, "Please choose a time."),  # whose noon?
        ("2026-03-09T04:00Z", 409, "This pick-up time is over."),
        ("2026-03-10T18:00Z", 409, "The site is closed at this time."),
        ("2026-03-11T04:07Z", 409, "The site is closed at this time."),
        ("2026-04-20T04:00Z", 409, "This pick-up time is too far ahead."),
    ],
)
def test_a_slot_that_cannot_be_had_is_refused_and_the_choices_stay(
    shop: Any,
    client: Client,
    signed_in: Callable[..., Person],
    wish: dict[str, str],
    slot: str,
    status: int,
    words: str,
) -> None:
    shop.add_cars(1, code="red")
    signed_in()
    response = client.post(HOLD, wish | {"slot": slot, "paint": "red"})
    text = response.content.decode()
    assert response.status_code == status
    assert words in text
    assert 'value="red" data-refetch data-testid="paint-red" checked' in text
    assert not Trial.objects.exists()


def test_a_taken_car_is_said_and_another_time_offered(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    shop.book(start=datetime(2026, 3, 11, 4, tzinfo=UTC))
    signed_in()
    response = client.post(HOLD, wish)
    text = response.content.decode()
    assert response.status_code == 409
    assert "Somebody was faster" in text
    assert 'data-testid="picker"' in text


def test_every_reason_has_words_on_the_page(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in()
    for reason, words in booking.CannotBook.messages.items():

        def refuse(reason: str = reason, **_wish: Any) -> Trial:
            raise booking.CannotBook(reason)

        monkeypatch.setattr(booking, "hold", refuse)
        response = client.post(HOLD, wish)
        assert response.status_code == 409
        assert str(words) in response.content.decode()


def test_one_at_a_time(shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]) -> None:
    person = signed_in()
    shop.book(person)
    tang = shop.add_model("tang")
    shop.add_cars(1, model=tang)
    response = client.post("/book/tang/hold", wish)
    text = response.content.decode()
    assert response.status_code == 409
    assert "You have a trial that is not finished yet. One at a time." in text
    assert 'data-testid="rule-trials"' in text


def test_a_closed_site_offers_no_times(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    shop.site.open_for_booking = False
    shop.site.save()
    signed_in()
    assert 'data-testid="no-slots"' in client.get("/book/byd-seal").content.decode()


def test_a_membership_that_has_run_out_counts_as_none(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    signed_in()
    Membership.objects.update(until=shop.now - timedelta(days=1))
    assert 'data-testid="rule-membership" data-met="no"' in client.get("/book/byd-seal").content.decode()


def test_a_model_that_nobody_offers_is_not_found(shop: Any, client: Client, signed_in: Callable[..., Person]) -> None:
    signed_in()
    assert client.get("/book/unheard-of").status_code == 404
    assert client.get("/book/byd-seal").status_code == 404  # no car anywhere


@pytest.mark.parametrize("slot", ["0001-01-01T00:00+14:00", "9999-12-31T23:59Z", "2026-03-11T04:00", "soon"])
def test_a_time_that_no_calendar_has_is_no_time(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str], slot: str
) -> None:
    signed_in()
    assert client.get("/book/byd-seal", {"slot": slot}).status_code == 200
    assert client.post(HOLD, wish | {"slot": slot}).status_code == 422


def test_a_slot_may_be_given_in_any_zone(
    shop: Any, client: Client, signed_in: Callable[..., Person], wish: dict[str, str]
) -> None:
    signed_in()
    client.post(HOLD, wish | {"slot": "2026-03-11T12:00+08:00"})
    assert Trial.objects.get().slot_start == datetime(2026, 3, 11, 4, tzinfo=UTC)


def statements(seen: CaptureQueriesContext) -> list[str]:
    """Without the savepoints that are there because a test is a transaction."""
    return [query["sql"] for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]


def test_the_page_to_choose_reads_nothing_twice(shop: Any, signed_in: Callable[..., Person], client: Client) -> None:
    shop.add_cars(3)
    signed_in()
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/book/byd-seal").status_code == 200
    read = statements(seen)
    for table in ("booking_reservation", "people_drivinglicence", "people_membership", "eligibility_creditcheck"):
        assert sum(table in sql for sql in read) == 1, table
    with CaptureQueriesContext(connection) as again:
        assert client.get("/book/byd-seal").status_code == 200
    assert (len(read), len(statements(again))) == (11, 6)  # the model's card is known, and the decision stands
