"""Keep the car: accept the contract, pay, own it."""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.booking.actions import release
from autosilo.platform.journey.purchase import contract, queries
from autosilo.platform.journey.purchase.facts import CarPurchased
from autosilo.platform.journey.purchase.models import Purchase
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit.facts import tell
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.fleet.actions import mark_sold
from autosilo.platform.resources.incidents.actions import open_incident
from autosilo.platform.resources.payments import actions as payments
from autosilo.platform.resources.payments.actions import CannotPay
from autosilo.platform.resources.payments.models import Payment

log = structlog.get_logger(__name__)


class CannotBuy(Refusal):
    messages = {
        "not_with_you": _("A car can be bought only while it is with you."),
        "contract_outdated": _("The contract has changed. Please read it again."),
    }


def accept(*, trial: Trial, contract_version: str, language: str, now: datetime) -> Purchase:
    """Keep the very words that were accepted, and the payment that will fulfil them; then ask the provider for it.

    Accepting again changes nothing: the price and the words of the first time hold. Raises ``CannotBuy``, and
    ``CannotPay(unavailable)`` when the provider does not answer: then the acceptance is kept, and paying asks again.
    """
    if contract_version != contract.VERSION:
        raise CannotBuy("contract_outdated")
    with transaction.atomic():
        trial = trials.lock(trial)
        if not queries.can_buy(trial):
            raise CannotBuy("not_with_you")
        purchase = queries.purchase_of(trial) or _draw_up(trial, language, now)
    payments.ask_provider(payment=purchase.payment, description=describe(trial))
    return purchase


def pay(*, purchase: Purchase, card_token: str, now: datetime) -> Purchase:
    """Pay with the card behind ``card_token`` (made by the provider's script in the browser); the car is the shopper's
    when this returns with ``completed_at``. Raises ``CannotBuy`` and ``CannotPay``."""
    trial = Trial.objects.select_related("car_model", "car").get(pk=purchase.trial_id)
    if purchase.payment.paid_at is None and not queries.can_buy(trial):
        raise CannotBuy("not_with_you")
    payments.pay(payment=purchase.payment, card_token=card_token, description=describe(trial), now=now)
    purchase.refresh_from_db()
    return purchase


def check(*, purchase: Purchase, now: datetime) -> Purchase:
    """Ask the provider how the payment stands (the browser came back, or nobody did). Raises ``CannotPay``."""
    payments.settle(payment=purchase.payment, now=now)
    purchase.refresh_from_db()
    return purchase


def complete(*, payment: Payment, now: datetime) -> None:
    """The payment was received, in its transaction: the trial ends as purchased and the car is sold.

    Money for a car that went back in the meantime is a case for a person, never lost and never a crash.
    """
    purchase = queries.of_payment(payment)
    if purchase is None:
        return
    trial = trials.lock(purchase.trial)
    trials.note(trial, kind="payment_received", now=now, receipt=payment.receipt_number)
    if trial.state not in (*queries.BUYABLE, TrialState.RETURNING):
        open_incident(
            key=f"paid-without-car:{payment.pk}",
            kind="paid_without_car",
            site=trial.site,
            trial=trial.pk,
            detail={"payment": str(payment.pk), "state": trial.state},
            now=now,
        )
        return
    _stop_returning(trial, now)
    trials.change(trial, to=TrialState.PURCHASED, now=now, by="payment", ended_at=now)
    trials.settle_deadlines(trial, now=now)
    mark_sold(vin=trial.car_id, now=now)
    release(trial=trial, free_from=now)
    Purchase.objects.filter(pk=purchase.pk).update(completed_at=now)
    purchase.refresh_from_db()
    purchase.trial = trial
    tell(CarPurchased(purchase=purchase, now=now))
    log.info("car purchased", trial=str(trial.pk))


def look_after(*, payment: Payment, now: datetime) -> None:
    """Settle an open payment; when its car went back unbought, stop asking for the price. Raises ``CannotPay``."""
    purchase = queries.of_payment(payment)
    if purchase is not None and purchase.trial.ended_at is not None:
        payments.give_up(payment=payment, now=now)
    else:
        payments.settle(payment=payment, now=now)


def describe(trial: Trial) -> str:
    """What the provider shows for the payment."""
    return f"{trial.car_model} {trial.car_id}"


def _stop_returning(trial: Trial, now: datetime) -> None:
    """Paid while standing at the kiosk: the money counts, the return does not."""
    if trial.state == TrialState.RETURNING:
        trials.change(trial, to=TrialState.DRIVING, now=now, by="payment", detail={"why": "bought instead"})


def _draw_up(trial: Trial, language: str, now: datetime) -> Purchase:
    words = contract.render(trial=trial, language=language, now=now)
    payment = payments.draw_up(
        person=trial.person, reference=f"purchase:{trial.pk}", amount=trial.car_model.price, now=now
    )
    trials.note(trial, kind="contract_accepted", now=now, version=contract.VERSION)
    return Purchase.objects.create(
        trial=trial,
        contract_version=contract.VERSION,
        contract_text=words,
        contract_digest=contract.digest(words),
        accepted_at=now,
        payment=payment,
    )


__all__ = ["CannotBuy", "CannotPay", "accept", "check", "complete", "describe", "look_after", "pay"]
