from datetime import datetime, timedelta

from django.db.models import F

from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.payments.states import PaymentState

PATIENCE = 8
"""A payment that has been open for eight minutes is looked at once a minute, one of a day every three hours."""
SOONEST = timedelta(seconds=20)
"""The shopper's browser has so long to bring the news itself."""


def unsettled(*, now: datetime, limit: int = 20) -> list[Payment]:
    """Payments whose outcome is not known and that it is time to ask about again, the longest unasked first."""
    open_ones = Payment.objects.filter(state=PaymentState.ASKED).exclude(intent_id="")
    oldest = open_ones.order_by(F("checked_at").asc(nulls_first=True))[: 10 * limit]
    return [payment for payment in oldest if _is_time(payment, now)][:limit]


def _is_time(payment: Payment, now: datetime) -> bool:
    last = payment.checked_at or payment.created_at
    return now - last >= max(SOONEST, (last - payment.created_at) / PATIENCE)
