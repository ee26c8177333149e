"""Reads about purchases."""

from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.journey.purchase.models import Purchase
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit.money import Money
from autosilo.platform.resources.payments.models import Payment

BUYABLE = frozenset({TrialState.DRIVING, TrialState.OVERDUE})


@dataclass(frozen=True, kw_only=True)
class Receipt:
    number: str
    paid_at: datetime
    amount: Money
    buyer: str
    email: str
    car: str
    plate: str
    vin: str
    contract_version: str
    contract_digest: str


def purchase_of(trial: Trial) -> Purchase | None:
    return Purchase.objects.select_related("payment", "trial").filter(trial=trial).first()


def of_payment(payment: Payment) -> Purchase | None:
    return Purchase.objects.select_related("payment", "trial").filter(payment=payment).first()


def can_buy(trial: Trial) -> bool:
    """Only while the car is with the shopper."""
    return trial.state in BUYABLE


def receipt_of(trial: Trial) -> Receipt | None:
    """The receipt, once the payment was received."""
    purchase = purchase_of(trial)
    if purchase is None or purchase.payment.paid_at is None:
        return None
    return Receipt(
        number=purchase.payment.receipt_number,
        paid_at=purchase.payment.paid_at,
        amount=purchase.payment.amount,
        buyer=trial.person.get_full_name(),
        email=trial.person.email,
        car=str(trial.car_model),
        plate=trial.car.plate,
        vin=trial.car.vin,
        contract_version=purchase.contract_version,
        contract_digest=purchase.contract_digest,
    )
