"""What payments tell the rest of the platform."""

from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.kit.facts import Fact
from autosilo.platform.resources.payments.models import Payment


@dataclass(frozen=True, kw_only=True)
class PaymentReceived(Fact):
    """The provider confirmed that the money was taken at once. Told exactly once for a payment."""

    payment: Payment
    now: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentAuthorised(Fact):
    """The money is held on the card and not taken. Told exactly once for a payment."""

    payment: Payment
    now: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentKept(Fact):
    """Of what was held ``payment.taken`` was taken; the rest was let go. Told exactly once for a payment."""

    payment: Payment
    now: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentReturned(Fact):
    """Refunded, or the hold let go. Told exactly once for a payment."""

    payment: Payment
    now: datetime
