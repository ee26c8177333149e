import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from autosilo.platform.kit.money import Money
from autosilo.platform.kit.states import Change
from autosilo.platform.resources.payments.states import PaymentState


class Payment(models.Model):
    """Money asked for. ``reference`` says what for; the row exists before the provider is asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    reference = models.CharField(max_length=80, unique=True)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    hold = models.BooleanField(default=False, help_text="authorised only; taken later, wholly or in part, or let go")
    taken_minor = models.PositiveBigIntegerField(default=0, help_text="what was taken: less than the amount of a hold")
    state = models.CharField(max_length=20, choices=PaymentState, default=PaymentState.ASKED)
    intent_id = models.CharField(max_length=80, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1, help_text="a declined intent is used up; this counts")
    client_secret = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True, help_text="when the provider was last asked how it stands")
    busy_until = models.DateTimeField(null=True, blank=True, help_text="somebody gives it back or takes it until then")
    authorised_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True, help_text="refunded, or the hold let go")
    receipt_number = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["receipt_number"], condition=~models.Q(receipt_number=""), name="receipt_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def taken(self) -> Money:
        return Money(self.taken_minor, self.currency)

    @property
    def is_secured(self) -> bool:
        """The money is here, or held on the card."""
        return self.state in (PaymentState.PAID, PaymentState.AUTHORISED)


class PaymentChange(Change):
    subject = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="changes")


class ReceiptCounter(models.Model):
    """The last receipt number of a year. Counted in the paying transaction, so that there is no gap."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
