from datetime import datetime

from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.payments.states import PaymentState


def unsettled(*, before: datetime, limit: int = 100) -> list[Payment]:
    """Payments asked of the provider before ``before`` whose outcome is not known yet, oldest first."""
    open_ones = Payment.objects.filter(state=PaymentState.ASKED, created_at__lte=before).exclude(intent_id="")
    return list(open_ones.order_by("created_at")[:limit])
