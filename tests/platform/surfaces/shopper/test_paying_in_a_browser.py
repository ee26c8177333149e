"""A shopper pays fee and deposit on the real page, at the bank's twin, and gets the deposit back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import claim
from autosilo.platform.journey.dues.queries import dues_of
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.payments.actions import gateway
from autosilo.platform.resources.payments.stripe_gateway import StripeGateway
from twin.bank.process import Bank

from .test_browser import CHROMIUM, browser, story, tab  # noqa: F401  fixtures

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM}"),
]
DECEMBER = datetime(2026, 12, 8, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = "sk_test_12345"
GOOD, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"
FEE, DEPOSIT = 14_800, 300_000


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    running = Bank(tmp_path_factory.mktemp("bank"))
    running.start()
    yield running
    running.kill()


@pytest.fixture
def trial(story: Any, tab: Any, client: Any, live_server: Any, bank: Bank, settings: Any) -> Iterator[Trial]:  # noqa: F811
    """A car is held for somebody who is signed in, in a market where a trial costs something."""
    settings.STRIPE_API_BASE, settings.STRIPE_JS_URL = bank.url, f"{bank.url}/js.stripe.com/v3/"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_12345"
    story.now = DECEMBER
    story.site.market = "cn-fee"
    story.site.save()
    story.add_cars(1)
    person = story.add_person(eligible=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["sessionid"].value
    tab.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    wish = claim.Wish(car_model=story.model, paints=(story.paint,), site=story.site, slot_start=story.now + 24 * HOUR)
    held = booking.hold(person=person, wish=wish, now=story.now)
    with gateway.replaced(StripeGateway(KEY, api_base=bank.url)):
        yield Trial.objects.get(pk=held.trial)


def agree(tab: Any, trial: Trial) -> None:  # noqa: F811
    tab.goto(f"/trials/{trial.pk}/confirm")
    tab.get_by_test_id("agree-terms").check()
    tab.get_by_test_id("book-submit").click()
    expect(tab.get_by_test_id("pay-form")).to_be_visible()


def pay(tab: Any, number: str) -> None:  # noqa: F811
    card = tab.get_by_test_id("card")
    fields = {"number": number, "exp_month": "12", "exp_year": "30", "cvc": "123", "postal_code": "20000"}
    for placeholder, value in fields.items():
        card.get_by_placeholder(placeholder).fill(value)
    tab.get_by_test_id("pay-submit").click()


def charges(bank: Bank, trial: Trial) -> dict[int, tuple[bool, int]]:
    """Of this trial at the bank: amount -> whether it was taken, and how much of it went back."""
    headers = {"Authorization": f"Bearer {KEY}"}
    every = httpx.get(f"{bank.url}/v1/charges?limit=1000", headers=headers).json()["data"]
    intents = {due.payment.intent_id for due in dues_of(trial)}
    mine = [one for one in every if one["payment_intent"] in intents]
    assert len(mine) == len({one["amount"] for one in mine}), "nothing was charged twice"
    return {one["amount"]: (one["captured"], one["amount_refunded"]) for one in mine}


def test_pay_drive_bring_back_and_the_deposit_is_free(story: Any, tab: Any, trial: Trial, bank: Bank) -> None:  # noqa: F811
    agree(tab, trial)
    pay(tab, DECLINED)
    expect(tab.get_by_test_id("pay-said")).to_contain_text("declined")
    pay(tab, GOOD)
    expect(tab.get_by_test_id("trial")).to_have_attribute("data-state", "booked")
    expect(tab.get_by_test_id("due-fee")).to_contain_text("receipt R2026-000001")
    expect(tab.get_by_test_id("due-deposit")).to_contain_text("Held on your card, not taken.")
    assert charges(bank, trial) == {DEPOSIT: (False, 0), FEE: (True, 0)}

    booking.settle_in(trial=trial.pk, now=story.now)
    trial.refresh_from_db()
    story.now = trial.slot_start
    story.drive_off(trial)
    story.now += 48 * HOUR
    story.bring_back(trial)
    story.now += 2 * HOUR
    for _time in range(2):
        sweeper.sweep(now=story.now)
    tab.goto(f"/trials/{trial.pk}")
    expect(tab.get_by_test_id("due-deposit")).to_have_attribute("data-state", "released")
    expect(tab.get_by_test_id("timeline")).to_contain_text("Deposit released")
    assert charges(bank, trial) == {DEPOSIT: (False, 0), FEE: (True, 0)}


def test_a_bank_that_asks_twice_and_then_all_goes_back(story: Any, tab: Any, trial: Trial, bank: Bank) -> None:  # noqa: F811
    """The card's holder is asked for the deposit and again for the fee; one card entry is enough."""
    agree(tab, trial)
    pay(tab, ASKS)
    for _question in ("deposit", "fee"):
        tab.get_by_text("Complete authentication").click()
        tab.wait_for_timeout(300)
    expect(tab.get_by_test_id("trial")).to_have_attribute("data-state", "booked")
    tab.goto(f"/trials/{trial.pk}/cancel")
    tab.get_by_test_id("cancel-confirm").click()
    expect(tab.get_by_test_id("trial")).to_have_attribute("data-state", "cancelled")
    sweeper.sweep(now=story.now)
    tab.reload()
    expect(tab.get_by_test_id("due-fee")).to_have_attribute("data-state", "refunded")
    expect(tab.get_by_test_id("due-deposit")).to_have_attribute("data-state", "released")
    assert charges(bank, trial) == {DEPOSIT: (False, 0), FEE: (True, FEE)}
