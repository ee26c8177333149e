"""The shopper pays the fee and leaves the deposit; the trial's page says how they stand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import claim
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.people.models import Person

DECEMBER = datetime(2026, 12, 8, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def trial(shop: Any, signed_in: Callable[..., Person]) -> Trial:
    shop.now = DECEMBER
    shop.site.market = "cn-fee"
    shop.site.save()
    shop.add_cars(1)
    wish = claim.Wish(car_model=shop.model, paints=(shop.paint,), site=shop.site, slot_start=shop.now + 24 * HOUR)
    held = booking.hold(person=signed_in(eligible=False), wish=wish, now=shop.now)
    return Trial.objects.get(pk=held.trial)


def agree(client: Client, trial: Trial) -> str:
    return str(client.post(f"/trials/{trial.pk}/confirm", {"agree": "yes"})["Location"])


def pay(client: Client, trial: Trial, **form: str) -> Any:
    return client.post(f"/trials/{trial.pk}/dues", form).json()


def test_all_about_the_money_is_said_before_one_agrees(page: Callable[..., str], trial: Trial) -> None:
    text = page(f"/trials/{trial.pk}/confirm")
    for words in (
        "The fee of ¥148 is charged to my card now.",
        "The deposit of ¥3,000 is held on my card and not taken.",
        "if the shop fails me, all of it goes back",
        "If I do not come for the car, the fee is kept",
        "a person may keep ¥50 of the deposit for each hour begun",
        "Agree and go to the payment",
    ):
        assert words in text
    chinese = page(f"/trials/{trial.pk}/confirm", **{"accept-language": "zh-hans"})
    assert "押金 ¥3,000 仅在我的银行卡上冻结" in chinese


def test_agree_pay_and_it_is_booked(client: Client, page: Callable[..., str], trial: Trial) -> None:
    assert agree(client, trial) == f"/trials/{trial.pk}/dues"
    trial.refresh_from_db()
    assert trial.state == "held", "agreeing alone books nothing"
    text = page(f"/trials/{trial.pk}/dues")
    for words in ("¥148", "¥3,000", "Pay ¥148 and book", "Not paid yet."):
        assert words in text
    assert pay(client, trial, token="tok_visa") == {"status": "succeeded"}
    text = page(f"/trials/{trial.pk}")
    for words in ("Your car is booked.", "Paid, receipt R2026-000001.", "Held on your card, not taken.", "Fee paid"):
        assert words in text
    assert client.get(f"/trials/{trial.pk}/dues")["Location"] == f"/trials/{trial.pk}"


def test_nobody_reaches_the_payment_without_agreeing(client: Client, trial: Trial) -> None:
    assert client.get(f"/trials/{trial.pk}/dues")["Location"] == f"/trials/{trial.pk}/confirm"
    assert pay(client, trial, token="tok_visa")["status"] == "not_agreed"


def test_nobody_pays_for_somebody_else(
    client: Client, shop: Any, trial: Trial, signed_in: Callable[..., Person]
) -> None:
    agree(client, trial)
    signed_in()
    assert client.get(f"/trials/{trial.pk}/dues").status_code == 404
    assert client.post(f"/trials/{trial.pk}/dues", {"token": "tok_visa"}).status_code == 404


def test_a_declined_card_is_said_and_another_one_pays(client: Client, trial: Trial) -> None:
    agree(client, trial)
    refused = pay(client, trial, token="tok_declined")
    assert refused["status"] == "declined"
    assert "Nothing was charged" in refused["message"]
    assert pay(client, trial, token="tok_visa")["status"] == "succeeded"


def test_a_bank_that_wants_to_be_asked(client: Client, trial: Trial, fakes: Any) -> None:
    agree(client, trial)
    answer = pay(client, trial, token="tok_action")
    assert answer["status"] == "requires_action"
    assert pay(client, trial, look="1")["status"] == "processing"
    fakes.gateway.agree(answer["client_secret"].partition("_secret")[0])
    assert pay(client, trial, look="1")["status"] == "succeeded"


def test_too_late_is_said_and_nothing_is_taken(client: Client, shop: Any, trial: Trial, fakes: Any) -> None:
    agree(client, trial)
    shop.now += claim.HOLD
    answer = pay(client, trial, token="tok_visa")
    assert answer["status"] == "expired"
    assert "free for others again" in answer["message"]
    assert not fakes.gateway.intents
    sweeper.sweep(now=shop.now)
    assert "Nothing was charged." in client.get(f"/trials/{trial.pk}").content.decode()


def test_cancelled_the_page_says_that_all_went_back(client: Client, shop: Any, trial: Trial) -> None:
    agree(client, trial)
    pay(client, trial, token="tok_visa")
    assert "Fee and deposit go back to your card." in client.get(f"/trials/{trial.pk}/cancel").content.decode()
    client.post(f"/trials/{trial.pk}/cancel")
    text = client.get(f"/trials/{trial.pk}").content.decode()
    assert "Goes back to your card." in text
    assert "Is being let go." in text
    sweeper.sweep(now=shop.now)
    text = client.get(f"/trials/{trial.pk}").content.decode()
    assert "Refunded on 8 December 2026." in text
    assert "Let go on 8 December 2026." in text


def test_what_a_person_kept_is_said_with_the_reason(client: Client, shop: Any, trial: Trial) -> None:
    agree(client, trial)
    pay(client, trial, token="tok_visa")
    booking.settle_in(trial=trial.pk, now=shop.now)
    shop.now += 24 * HOUR
    trial.refresh_from_db()
    shop.bring_back(shop.drive_off(trial))
    staff = shop.add_person(is_staff=True)
    dues.decide_deposit(trial=trial, keep_minor=12_345, words="The mirror <is> broken.", by=staff, now=shop.now)
    sweeper.sweep(now=shop.now)
    text = client.get(f"/trials/{trial.pk}").content.decode()
    assert "¥123.45 of it was kept, receipt R2026-000002. The rest was let go." in text
    assert "The reason: The mirror &lt;is&gt; broken." in text


def test_the_payment_page_alone_speaks_to_the_provider(client: Client, trial: Trial, settings: Any) -> None:
    agree(client, trial)
    settings.STRIPE_JS_URL = "https://bank.example/v3/"
    assert "bank.example" in client.get(f"/trials/{trial.pk}/dues")["Content-Security-Policy"]
    assert "bank.example" not in client.get(f"/trials/{trial.pk}/confirm")["Content-Security-Policy"]
