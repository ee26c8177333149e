from django.db import models

from autosilo.platform.kit.states import Transitions


class PaymentState(models.TextChoices):
    ASKED = "asked", "asked"
    PAID = "paid", "paid"
    FAILED = "failed", "failed"
    REFUNDED = "refunded", "refunded"


TRANSITIONS = Transitions(
    {
        PaymentState.ASKED: frozenset({PaymentState.PAID, PaymentState.FAILED}),
        PaymentState.FAILED: frozenset({PaymentState.PAID}),
        PaymentState.PAID: frozenset({PaymentState.REFUNDED}),
    }
)
