"""Holding money on a card, taking a part of it, giving it back: once, whatever dies in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from autosilo.platform.kit.money import Money
from autosilo.platform.resources.payments import actions as payments
from autosilo.platform.resources.payments.actions import CannotPay
from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.payments.states import PaymentState
from autosilo.platform.resources.payments.stripe_gateway import IntentStatus, PaymentFailure


@pytest.fixture
def held(shop: Any) -> Payment:
    payment = payments.draw_up(
        person=shop.add_person(), reference="deposit", amount=Money(300_000, "CNY"), hold=True, now=shop.now
    )
    return payments.pay(payment=payment, card_token="tok_visa", description="", now=shop.now)


@pytest.fixture
def paid(shop: Any) -> Payment:
    payment = payments.draw_up(person=shop.add_person(), reference="fee", amount=Money(9_900, "CNY"), now=shop.now)
    return payments.pay(payment=payment, card_token="tok_visa", description="", now=shop.now)


def die_after(fakes: Any, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """The provider does it, and we never hear of it, once."""
    real = getattr(fakes.gateway, method)

    def do_and_die(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(fakes.gateway, method, real)
        real(*args, **kwargs)
        raise PaymentFailure("unavailable", permanent=False)

    monkeypatch.setattr(fakes.gateway, method, do_and_die)


def test_a_hold_is_authorised_and_takes_nothing(held: Payment) -> None:
    assert (held.state, held.taken_minor, held.receipt_number) == (PaymentState.AUTHORISED, 0, "")
    assert held.is_secured


def test_a_hold_is_let_go_once(shop: Any, held: Payment, fakes: Any) -> None:
    for _time in range(2):
        payments.give_back(payment=held, now=shop.now)
    assert held.state == PaymentState.RELEASED
    assert fakes.gateway.retrieve(held.intent_id).status is IntentStatus.CANCELED
    assert list(held.changes.values_list("target", flat=True)) == ["authorised", "released"]


def test_what_was_paid_is_refunded_once(shop: Any, paid: Payment, fakes: Any) -> None:
    for _time in range(2):
        payments.give_back(payment=paid, now=shop.now)
    assert paid.state == PaymentState.REFUNDED
    assert list(fakes.gateway.refunds) == [paid.intent_id]


def test_a_part_is_kept_with_a_receipt(shop: Any, held: Payment, fakes: Any) -> None:
    for _time in range(2):
        payments.keep(payment=held, amount_minor=120_000, now=shop.now)
    assert (held.state, held.taken_minor, held.receipt_number) == (PaymentState.PAID, 120_000, "R2026-000001")
    assert fakes.gateway.retrieve(held.intent_id).taken_minor == 120_000


def test_a_hold_that_the_bank_let_lapse_cannot_be_kept(shop: Any, held: Payment, fakes: Any) -> None:
    fakes.gateway.cancel(held.intent_id)
    payments.keep(payment=held, amount_minor=120_000, now=shop.now)
    assert (held.state, held.taken_minor) == (PaymentState.RELEASED, 0)


@pytest.mark.parametrize(("method", "state"), [("cancel", "released"), ("capture", "paid")])
def test_a_lost_reply_about_a_hold_is_asked_for_again(
    shop: Any, held: Payment, fakes: Any, monkeypatch: pytest.MonkeyPatch, method: str, state: str
) -> None:
    def act() -> None:
        if method == "cancel":
            payments.give_back(payment=held, now=shop.now)
        else:
            payments.keep(payment=held, amount_minor=120_000, now=shop.now)

    die_after(fakes, monkeypatch, method)
    with pytest.raises(CannotPay):
        act()
    act()
    assert held.state == PaymentState.AUTHORISED, "somebody else may be at it"
    shop.now += payments.TURN
    act()
    assert held.state == state


def test_a_lost_reply_to_a_refund_refunds_no_second_time(
    shop: Any, paid: Payment, fakes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_after(fakes, monkeypatch, "refund")
    with pytest.raises(CannotPay):
        payments.give_back(payment=paid, now=shop.now)
    shop.now += payments.TURN
    payments.give_back(payment=paid, now=shop.now)
    assert paid.state == PaymentState.REFUNDED
    assert len(fakes.gateway.refunds) == 1


def test_a_holder_who_says_no_uses_the_intent_up(shop: Any, fakes: Any) -> None:
    payment = payments.draw_up(
        person=shop.add_person(), reference="deposit", amount=Money(300_000, "CNY"), hold=True, now=shop.now
    )
    with pytest.raises(CannotPay):
        payments.pay(payment=payment, card_token="tok_action", description="", now=shop.now)
    fakes.gateway.refuse(payment.intent_id)
    payments.settle(payment=payment, now=shop.now)
    assert (payment.state, payment.intent_id, payment.attempt) == (PaymentState.ASKED, "", 2)


def test_given_up_before_anybody_paid(shop: Any, fakes: Any) -> None:
    payment = payments.ask(
        person=shop.add_person(), reference="fee", amount=Money(9_900, "CNY"), description="", now=shop.now
    )
    payments.give_up(payment=payment, now=shop.now)
    payments.give_back(payment=payment, now=shop.now)
    assert payment.state == PaymentState.FAILED


def test_two_workers_refund_once(transactional_shop: Any, fakes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, asked = transactional_shop, []
    payment = payments.draw_up(person=shop.add_person(), reference="fee", amount=Money(9_900, "CNY"), now=shop.now)
    payments.pay(payment=payment, card_token="tok_visa", description="", now=shop.now)
    real = fakes.gateway.refund
    monkeypatch.setattr(fakes.gateway, "refund", lambda intent: (asked.append(intent), real(intent))[1])

    def work(_n: int) -> None:
        payments.give_back(payment=Payment.objects.get(pk=payment.pk), now=shop.now + timedelta(seconds=1))
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert asked == [payment.intent_id]
