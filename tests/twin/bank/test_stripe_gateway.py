"""The official SDK against localstripe."""

from collections.abc import Callable
from pathlib import Path
from unittest import mock
from uuid import uuid4

import httpx
import pytest
import stripe

from autosilo.platform.resources.payments.stripe_gateway import (
    InstantGateway,
    Intent,
    IntentStatus,
    PaymentFailure,
    PaymentGateway,
    StripeGateway,
)
from twin.bank.process import Bank

GOOD = "4242424242424242"
DECLINED_AT_ONCE = "4000000000000002"
DECLINED_ON_CHARGE = "4000000000000341"
ASKS_THE_HOLDER = "4000002500003155"


@pytest.fixture
def gateway(bank: Bank) -> StripeGateway:
    return StripeGateway("sk_test_12345", api_base=bank.url)


def an_intent(gateway: PaymentGateway, **changes: object) -> Intent:
    wanted: dict = {
        "amount_minor": 23_980_000,
        "currency": "CNY",
        "reference": str(uuid4()),
        "idempotency_key": str(uuid4()),
        "description": "A car",
    }
    return gateway.create_intent(**(wanted | changes))


def test_an_intent_is_what_was_asked_and_takes_no_money(gateway: StripeGateway) -> None:
    intent = an_intent(gateway)
    assert intent.status is IntentStatus.REQUIRES_PAYMENT_METHOD
    assert (intent.amount_minor, intent.currency) == (23_980_000, "CNY")
    assert intent.client_secret.startswith(intent.id + "_secret_")
    assert gateway.retrieve(intent.id) == intent


def test_a_good_card_pays_once(gateway: StripeGateway, token_of: Callable, bank: Bank) -> None:
    intent = an_intent(gateway)
    token = token_of(GOOD)
    paid = gateway.pay(intent.id, card_token=token)
    assert paid.status is IntentStatus.SUCCEEDED
    assert paid.card
    assert gateway.pay(intent.id, card_token=token) == paid
    charges = httpx.get(f"{bank.url}/v1/charges?limit=1000", headers={"Authorization": "Bearer sk_test_12345"}).json()
    assert sum(charge["payment_intent"] == intent.id for charge in charges["data"]) == 1


@pytest.mark.parametrize("number", [DECLINED_AT_ONCE, DECLINED_ON_CHARGE])
def test_a_declined_card_takes_nothing_and_another_intent_can_be_paid(
    gateway: StripeGateway, token_of: Callable, number: str
) -> None:
    intent = an_intent(gateway)
    with pytest.raises(PaymentFailure) as failure:
        gateway.pay(intent.id, card_token=token_of(number))
    assert (failure.value.kind, failure.value.code) == ("declined", "card_declined")
    assert gateway.cancel(intent.id).status is IntentStatus.CANCELED
    assert gateway.cancel(intent.id).status is IntentStatus.CANCELED
    assert gateway.pay(an_intent(gateway).id, card_token=token_of(GOOD)).status is IntentStatus.SUCCEEDED


@pytest.mark.parametrize(("agrees", "status"), [("true", "succeeded"), ("false", "requires_payment_method")])
def test_some_cards_ask_their_holder(
    gateway: StripeGateway, token_of: Callable, bank: Bank, agrees: str, status: str
) -> None:
    intent = gateway.pay(an_intent(gateway).id, card_token=token_of(ASKS_THE_HOLDER))
    assert intent.status is IntentStatus.REQUIRES_ACTION
    httpx.post(
        f"{bank.url}/v1/payment_intents/{intent.id}/_authenticate?success={agrees}",
        json={"key": "pk_test_12345", "client_secret": intent.client_secret},
    ).raise_for_status()
    assert gateway.retrieve(intent.id).status == status


def test_a_refund_is_given_once(gateway: StripeGateway, token_of: Callable) -> None:
    intent = gateway.pay(an_intent(gateway).id, card_token=token_of(GOOD))
    given = gateway.refund(intent.id)
    assert given.amount_minor == intent.amount_minor
    assert gateway.refund(intent.id) == given


def test_what_was_not_paid_is_not_refunded(gateway: StripeGateway) -> None:
    with pytest.raises(PaymentFailure) as failure:
        gateway.refund(an_intent(gateway).id)
    assert failure.value.kind == "refused"


def test_a_lost_reply_is_not_taken_for_a_failure(gateway: StripeGateway, token_of: Callable) -> None:
    intent = an_intent(gateway)
    service = gateway._stripe.payment_intents
    confirm = service.confirm

    def confirm_and_lose_the_reply(*args: object, **kwargs: object) -> None:
        confirm(*args, **kwargs)
        raise stripe.APIConnectionError("lost")

    with mock.patch.object(service, "confirm", confirm_and_lose_the_reply):
        paid = gateway.pay(intent.id, card_token=token_of(GOOD))
    assert paid.status is IntentStatus.SUCCEEDED


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_cannot_be_paid(gateway: StripeGateway, amount: int) -> None:
    with pytest.raises(PaymentFailure) as failure:
        an_intent(gateway, amount_minor=amount)
    assert (failure.value.kind, failure.value.permanent) == ("refused", True)


def test_an_unknown_intent_is_not_found(gateway: StripeGateway) -> None:
    with pytest.raises(PaymentFailure) as failure:
        gateway.retrieve("pi_nobody")
    assert failure.value.kind == "not_found"


def test_a_wrong_key_is_ours_to_mend(bank: Bank) -> None:
    with pytest.raises(PaymentFailure) as failure:
        StripeGateway("nonsense", api_base=bank.url).retrieve("pi_x")
    assert (failure.value.kind, failure.value.permanent) == ("refused", True)


def test_a_bank_that_is_away_is_unavailable() -> None:
    with pytest.raises(PaymentFailure) as failure:
        StripeGateway("sk_test_12345", api_base="http://127.0.0.1:9").retrieve("pi_x")
    assert (failure.value.kind, failure.value.permanent) == ("unavailable", False)


def test_what_was_paid_survives_a_kill(tmp_path: Path) -> None:
    bank = Bank(tmp_path)
    bank.start()
    intent = an_intent(StripeGateway("sk_test_12345", api_base=bank.url))
    bank.kill()
    bank.start()
    assert StripeGateway("sk_test_12345", api_base=bank.url).retrieve(intent.id) == intent
    bank.kill()
    store = tmp_path / "twins" / "bank" / "store.pickle"
    assert store.stat().st_mode & 0o077 == 0


def test_the_instant_gateway_keeps_to_the_interface() -> None:
    gateway = InstantGateway()
    intent = an_intent(gateway, idempotency_key="k")
    assert an_intent(gateway, idempotency_key="k") == intent
    with pytest.raises(PaymentFailure):
        gateway.pay(intent.id, card_token="tok_declined")
    assert gateway.pay(intent.id, card_token="tok_1").status is IntentStatus.SUCCEEDED
    assert gateway.refund(intent.id) == gateway.refund(intent.id)


@pytest.fixture(params=["the SDK over HTTP", "the instant fake"])
def either(request: pytest.FixtureRequest, bank: Bank) -> PaymentGateway:
    """Both keep to one contract where holds are concerned."""
    if request.param == "the instant fake":
        return InstantGateway()
    return StripeGateway("sk_test_12345", api_base=bank.url)


def charged(bank: Bank, intent: Intent) -> list[dict]:
    reply = httpx.get(f"{bank.url}/v1/charges?limit=1000", headers={"Authorization": "Bearer sk_test_12345"})
    return [charge for charge in reply.json()["data"] if charge["payment_intent"] == intent.id]


def test_a_hold_takes_nothing_until_it_is_captured(either: PaymentGateway, token_of: Callable) -> None:
    intent = an_intent(either, amount_minor=300_000, hold=True)
    held = either.pay(intent.id, card_token=token_of(GOOD))
    assert (held.status, held.taken_minor) == (IntentStatus.REQUIRES_CAPTURE, 0)
    assert either.pay(intent.id, card_token=token_of(GOOD)).status is IntentStatus.REQUIRES_CAPTURE
    taken = either.capture(intent.id, amount_minor=120_000)
    assert (taken.status, taken.taken_minor) == (IntentStatus.SUCCEEDED, 120_000)
    assert either.capture(intent.id, amount_minor=300_000).status is IntentStatus.SUCCEEDED


def test_a_hold_is_let_go_once_and_for_all(either: PaymentGateway, token_of: Callable) -> None:
    intent = an_intent(either, hold=True)
    either.pay(intent.id, card_token=token_of(GOOD))
    assert either.cancel(intent.id).status is IntentStatus.CANCELED
    assert either.cancel(intent.id).status is IntentStatus.CANCELED
    with pytest.raises(PaymentFailure) as failure:
        either.capture(intent.id, amount_minor=1)
    assert (failure.value.kind, failure.value.code) == ("refused", "not_held")


def test_what_was_captured_is_not_let_go(either: PaymentGateway, token_of: Callable) -> None:
    intent = an_intent(either, hold=True)
    either.pay(intent.id, card_token=token_of(GOOD))
    either.capture(intent.id, amount_minor=1_000)
    with pytest.raises(PaymentFailure) as failure:
        either.cancel(intent.id)
    assert failure.value.kind == "refused"


def test_one_card_pays_two_intents(either: PaymentGateway, token_of: Callable) -> None:
    deposit, fee = an_intent(either, hold=True), an_intent(either)
    either.pay(deposit.id, card_token=token_of(GOOD))
    assert either.pay_like(fee.id, other=deposit.id).status is IntentStatus.SUCCEEDED
    assert either.pay_like(fee.id, other=deposit.id).status is IntentStatus.SUCCEEDED


def test_an_intent_that_nobody_paid_lends_no_card(either: PaymentGateway) -> None:
    with pytest.raises(PaymentFailure) as failure:
        either.pay_like(an_intent(either).id, other=an_intent(either).id)
    assert failure.value.code == "no_card"


def test_a_part_that_was_kept_is_all_that_was_taken(gateway: StripeGateway, token_of: Callable, bank: Bank) -> None:
    intent = an_intent(gateway, amount_minor=300_000, hold=True)
    gateway.pay(intent.id, card_token=token_of(GOOD))
    gateway.capture(intent.id, amount_minor=120_000)
    (charge,) = charged(bank, intent)
    assert charge["amount"] - charge["amount_refunded"] == 120_000


def test_a_lost_reply_to_a_capture_takes_no_second_time(gateway: StripeGateway, token_of: Callable, bank: Bank) -> None:
    intent = an_intent(gateway, amount_minor=300_000, hold=True)
    gateway.pay(intent.id, card_token=token_of(GOOD))
    service = gateway._stripe.payment_intents
    capture = service.capture

    def capture_and_lose_the_reply(*args: object, **kwargs: object) -> None:
        capture(*args, **kwargs)
        raise stripe.APIConnectionError("lost")

    with mock.patch.object(service, "capture", capture_and_lose_the_reply), pytest.raises(PaymentFailure):
        gateway.capture(intent.id, amount_minor=120_000)
    assert gateway.capture(intent.id, amount_minor=120_000).status is IntentStatus.SUCCEEDED
    (charge,) = charged(bank, intent)
    assert charge["amount"] - charge["amount_refunded"] == 120_000


def test_a_hold_that_asks_its_holder(gateway: StripeGateway, token_of: Callable, bank: Bank) -> None:
    intent = gateway.pay(an_intent(gateway, hold=True).id, card_token=token_of(ASKS_THE_HOLDER))
    assert intent.status is IntentStatus.REQUIRES_ACTION
    httpx.post(
        f"{bank.url}/v1/payment_intents/{intent.id}/_authenticate?success=true",
        json={"key": "pk_test_12345", "client_secret": intent.client_secret},
    ).raise_for_status()
    assert gateway.retrieve(intent.id).status is IntentStatus.REQUIRES_CAPTURE
