from typing import ClassVar

from django.conf import settings
from django.db import models

from autosilo.platform.journey.dues.states import DueKind, Wanted, Why
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.money import Money
from autosilo.platform.resources.payments.models import Payment


class Due(models.Model):
    """The fee or the deposit of one trial: the payment that secures it, and what shall become of that."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="dues")
    kind = models.CharField(max_length=10, choices=DueKind)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="due")
    wanted = models.CharField(max_length=10, choices=Wanted, blank=True, default=Wanted.UNDECIDED)
    why = models.CharField(max_length=20, choices=Why, blank=True, default=Why.UNDECIDED)
    words = models.CharField(max_length=300, blank=True, help_text="the operator's reason, written for the shopper")
    kept_minor = models.PositiveBigIntegerField(default=0, help_text="what is to be kept of it")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wanted_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True, help_text="when the provider had done what was wanted")

    class Meta:
        ordering: ClassVar = ["trial", "kind"]  # the deposit, which takes no money, comes before the fee
        indexes: ClassVar = [
            models.Index(
                fields=["wanted_at"], condition=models.Q(done_at=None) & ~models.Q(wanted=""), name="due_to_carry_out"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "kind"], name="one_due_of_a_kind_per_trial"),
            models.CheckConstraint(
                condition=models.Q(wanted="", wanted_at=None, done_at=None, kept_minor=0)
                | models.Q(wanted="back", wanted_at__isnull=False, kept_minor=0)
                | models.Q(wanted="kept", wanted_at__isnull=False, kept_minor__gt=0),
                name="a_due_is_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.trial_id}"

    @property
    def kept(self) -> Money:
        return Money(self.kept_minor, self.payment.currency)
