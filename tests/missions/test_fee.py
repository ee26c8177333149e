"""A visit that costs something: the operator's rules ask a fee and a deposit, and the deposit goes back by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from missions.conftest import Street
from missions.people import SLOW_MS, Operator, Shopper

pytestmark = [pytest.mark.mission, pytest.mark.browser, pytest.mark.slow]

MODEL = "volkswagen-id3"
RULES = """\
market = "cn"
name = "mission"
version = "{version}"
valid_from = {begins}
valid_until = {ends}
currency = "CNY"
trial_hours = 72
review = "on_request"

[[rule]]
kind = "trial_count"
most = 5

[[rule]]
kind = "one_at_a_time"

[[rule]]
kind = "model_once"

[[rule]]
kind = "licence"

[[rule]]
kind = "age"
least_years = 18

[terms]
deposit_minor = 300_000

[[terms.fee]]
fee_minor = 9_900
"""
LOOKS, LOOK_MS = 30, 1_000
ALL_HAVE_READ_MS = 25_000
"""Every process reads scheduled policies again within 20 s."""


@pytest.fixture
def rules(operator: Operator) -> Iterator[None]:
    """Rules with a fee hold for a few hours; then the shop's own hold again."""
    operator.go("/console/clock")
    shown = operator.see("shop-time").locator("time").get_attribute("datetime")
    now = datetime.fromisoformat(shown or "")
    begins, ends = now + timedelta(minutes=30), now + timedelta(hours=3)
    operator.go("/console/policies/write")
    text = RULES.format(version=uuid4().hex[:6], begins=begins.isoformat(), ends=ends.isoformat())
    operator.see("policy-text").fill(text)
    operator.page.locator("#reason").fill("A mission with a fee")
    operator.tap("policy-schedule")
    operator.page.wait_for_url("**/console/policies")
    operator.move_clock("hour")
    operator.page.wait_for_timeout(ALL_HAVE_READ_MS)
    yield
    operator.move_clock("day")


def agree(shopper: Shopper, model: str) -> None:
    shopper.go(f"/book/{model}?site=nanjing")
    expect(shopper.see("terms")).to_contain_text("¥3,000")
    shopper.page.locator('[data-testid="slot"]:not([disabled])').first.check(force=True)
    shopper.tap("to-confirm")
    shopper.see("agree-terms").check()
    shopper.tap("book-submit")
    expect(shopper.see("pay-form")).to_be_visible()


def pay(shopper: Shopper, card: str) -> None:
    shopper.enter_card(card)
    shopper.tap("pay-submit")


def wait_until_released(shopper: Shopper) -> None:
    """The page of a trial that is over does not follow by itself."""
    for _look in range(LOOKS):
        shopper.go(shopper.trial_path)
        if shopper.see("due-deposit").get_attribute("data-state") == "released":
            return
        shopper.page.wait_for_timeout(LOOK_MS)
    expect(shopper.see("due-deposit")).to_have_attribute("data-state", "released")


def test_pay_a_fee_leave_a_deposit_and_get_it_back(street: Street, operator: Operator, rules: None) -> None:
    wei = street.shopper(None)
    wei.join(f"payer-{uuid4().hex[:8]}@example.org")
    licence = "310101199001017777"
    wei.give_details(licence=licence)
    wei.prove_licence(licence)
    agree(wei, MODEL)
    pay(wei, "4000000000000002")
    expect(wei.see("pay-said")).to_contain_text("declined", timeout=SLOW_MS)
    pay(wei, "4242424242424242")
    expect(wei.see("trial")).to_have_attribute("data-state", "booked", timeout=SLOW_MS)
    wei.trial = wei.see("trial").get_attribute("data-trial") or ""
    wei.trial_path = f"/trials/{wei.trial}"
    expect(wei.see("due-fee")).to_have_attribute("data-state", "paid")
    expect(wei.see("due-deposit")).to_have_attribute("data-state", "authorised")

    token, code = wei.pass_and_code()
    operator.reach_next_pick_up()
    at_kiosk = street.visitor(None)
    at_kiosk.arrive("nanjing")
    at_kiosk.show_pass(token, code)
    at_kiosk.drive_off()
    wei.wait_for_state("driving")
    operator.go(f"/console/trials/{wei.trial}")
    expect(operator.see("due-deposit")).to_have_attribute("data-state", "authorised")

    back = street.visitor(None)
    back.arrive("nanjing")
    back.show_pass(token, code)
    back.bring_back()
    wei.wait_for_state("returned")
    wait_until_released(wei)
    expect(wei.see("due-fee")).to_contain_text("receipt")
    assert street.server_errors == []
