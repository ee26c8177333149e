"""Buying: the very words, one payment, one receipt, also when the browser dies or the car goes back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from autosilo.platform.journey.flow import sweeper, tasks
from autosilo.platform.journey.purchase import actions as purchase
from autosilo.platform.journey.purchase import contract, queries
from autosilo.platform.journey.purchase.actions import CannotBuy, CannotPay
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.payments import actions as payments
from autosilo.platform.resources.payments.models import Payment, ReceiptCounter
from autosilo.platform.resources.payments.states import PaymentState
from autosilo.platform.resources.payments.stripe_gateway import IntentStatus, PaymentFailure
from autosilo.wire import bus


@pytest.fixture
def driven(shop):
    shop.add_cars(1)
    return shop.drive_off(shop.book())


def accept(shop, trial, language="en"):
    return purchase.accept(trial=trial, contract_version=contract.VERSION, language=language, now=shop.now)


def pay(shop, bought, card="tok_visa"):
    return purchase.pay(purchase=bought, card_token=card, now=shop.now)


@pytest.mark.parametrize(("language", "words"), [("en", "CONTRACT OF SALE"), ("zh-hans", "车辆买卖合同")])
def test_the_contract_names_car_and_price_and_is_kept_as_it_was(shop, driven, language, words):
    bought = accept(shop, driven, language)
    assert words in bought.contract_text
    for fact in (driven.car.vin, driven.car.plate, "¥208,800", "2026-03-10"):
        assert fact in bought.contract_text
    assert bought.contract_digest == contract.digest(bought.contract_text)
    assert bought.payment.amount == driven.car_model.price


def test_accepting_twice_is_one_purchase_at_the_first_price(shop, driven):
    first = accept(shop, driven)
    driven.car_model.price_minor += 100
    driven.car_model.save()
    again = accept(shop, driven)
    assert again == first
    assert Payment.objects.get().amount_minor == 20_880_000


def test_only_while_the_car_is_with_the_shopper(shop):
    shop.add_cars(1)
    booked = shop.book()
    with pytest.raises(CannotBuy) as caught:
        accept(shop, booked)
    assert caught.value.reason == "not_with_you"
    shop.bring_back(shop.drive_off(booked))
    with pytest.raises(CannotBuy):
        accept(shop, booked)


def test_old_words_are_no_contract(shop, driven):
    with pytest.raises(CannotBuy) as caught:
        purchase.accept(trial=driven, contract_version="sale-1999", language="en", now=shop.now)
    assert caught.value.reason == "contract_outdated"


def test_an_overdue_car_can_still_be_bought(shop, driven):
    shop.now += timedelta(hours=73)
    sweeper.sweep(now=shop.now)
    pay(shop, accept(shop, driven))
    driven.refresh_from_db()
    assert driven.state == TrialState.PURCHASED
    assert not Incident.objects.filter(closed_at=None).exists()


def test_a_declined_card_then_a_good_one(shop, driven):
    bought = accept(shop, driven)
    with pytest.raises(CannotPay) as caught:
        pay(shop, bought, "tok_declined")
    assert caught.value.reason == "declined"
    driven.refresh_from_db()
    assert driven.state == TrialState.DRIVING
    done = pay(shop, bought)
    assert done.completed_at == shop.now
    assert done.payment.attempt == 2


def test_a_bank_that_wants_more_and_a_browser_that_dies(shop, driven, fakes):
    bought = accept(shop, driven)
    with pytest.raises(CannotPay) as caught:
        pay(shop, bought, "tok_action")
    assert caught.value.reason == "action_needed"
    assert caught.value.detail["client_secret"]
    fakes.gateway._become(bought.payment.intent_id, IntentStatus.SUCCEEDED)  # confirmed in the bank's app

    shop.now += timedelta(minutes=1)
    sweeper.sweep(now=shop.now)
    driven.refresh_from_db()
    assert driven.state == TrialState.PURCHASED


def test_a_provider_that_does_not_answer_loses_nothing(shop, driven, fakes, monkeypatch):
    def down(**_):
        raise PaymentFailure("unavailable", permanent=False)

    with monkeypatch.context() as patch:
        patch.setattr(fakes.gateway, "create_intent", down)
        with pytest.raises(CannotPay) as caught:
            accept(shop, driven)
    assert caught.value.reason == "unavailable"
    bought = queries.purchase_of(driven)
    assert bought.payment.intent_id == ""
    assert pay(shop, bought).completed_at


def test_paying_twice_takes_the_money_once(shop, driven, fakes):
    bought = accept(shop, driven)
    pay(shop, bought)
    pay(shop, bought)
    payments.settle(payment=bought.payment, now=shop.now)
    assert len(fakes.gateway.intents) == 1
    assert ReceiptCounter.objects.get().last == 1
    assert Notice.objects.filter(kind="purchased").count() == 1


def test_an_unpaid_contract_ends_with_the_return(shop, driven, fakes):
    bought = accept(shop, driven)
    shop.bring_back(driven)
    tasks.give_up_payment(payment=str(bought.payment_id))
    bought.payment.refresh_from_db()
    assert bought.payment.state == PaymentState.FAILED
    assert fakes.gateway.intents[bought.payment.intent_id].status is IntentStatus.CANCELED


def test_money_for_a_car_that_went_back_is_put_before_a_person(shop, driven, fakes):
    bought = accept(shop, driven)
    shop.bring_back(driven)
    fakes.gateway._become(bought.payment.intent_id, IntentStatus.SUCCEEDED)
    payments.settle(payment=bought.payment, now=shop.now)
    driven.refresh_from_db()
    assert driven.state == TrialState.RETURNED
    assert Incident.objects.get().kind == "paid_without_car"
    assert bought.payment.state == PaymentState.PAID


def test_paid_at_the_kiosks_door(shop, driven):
    bought = accept(shop, driven)
    shop.say(bus.VisitorIdentified, driven, method="pass", purpose="return")
    assert driven.state == TrialState.RETURNING
    with pytest.raises(CannotBuy):
        pay(shop, bought)
    payments.pay(payment=bought.payment, card_token="tok_visa", description="", now=shop.now)
    driven.refresh_from_db()
    assert driven.state == TrialState.PURCHASED


def test_the_receipt(shop, driven):
    assert queries.receipt_of(driven) is None
    pay(shop, accept(shop, driven))
    receipt = queries.receipt_of(driven)
    assert receipt.number == "R2026-000001"
    assert (receipt.vin, receipt.amount) == (driven.car.vin, driven.car_model.price)


@pytest.mark.slow
def test_receipts_have_no_gap_under_a_crowd(transactional_shop, fakes):
    shop = transactional_shop
    shop.add_cars(6)
    bought = [accept(shop, shop.drive_off(shop.book())) for _ in range(6)]

    def settle_twice(one):
        try:
            for _ in range(2):
                purchase.pay(purchase=one, card_token="tok_visa", now=shop.now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(settle_twice, bought + bought[:3]))
    numbers = sorted(Payment.objects.values_list("receipt_number", flat=True))
    assert numbers == [f"R2026-{number:06d}" for number in range(1, 7)]
