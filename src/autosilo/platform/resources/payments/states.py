from django.db import models

from autosilo.platform.kit.states import Transitions


class PaymentState(models.TextChoices):
    ASKED = "asked", "asked"
    AUTHORISED = "authorised", "authorised"
    PAID = "paid", "paid"
    FAILED = "failed", "failed"
    REFUNDED = "refunded", "refunded"
    RELEASED = "released", "released"


TRANSITIONS = Transitions(
    {
        PaymentState.ASKED: frozenset({PaymentState.PAID, PaymentState.AUTHORISED, PaymentState.FAILED}),
        PaymentState.FAILED: frozenset({PaymentState.PAID}),
        # A hold is captured, wholly or in part, or let go; the card's bank may let it go by itself.
        PaymentState.AUTHORISED: frozenset({PaymentState.PAID, PaymentState.RELEASED}),
        PaymentState.PAID: frozenset({PaymentState.REFUNDED}),
    }
)
