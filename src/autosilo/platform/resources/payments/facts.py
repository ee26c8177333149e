"""What payments tell the rest of the platform."""

from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.kit.facts import Fact
from autosilo.platform.resources.payments.models import Payment


@dataclass(frozen=True, kw_only=True)
class PaymentReceived(Fact):
    """The provider confirmed that the money was taken. Told exactly once for a payment."""

    payment: Payment
    now: datetime
