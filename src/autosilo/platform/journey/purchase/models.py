from django.db import models

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.payments.models import Payment


class Purchase(models.Model):
    """A contract accepted by the shopper, and the payment that fulfils it."""

    trial = models.OneToOneField(Trial, on_delete=models.PROTECT, related_name="purchase")
    contract_version = models.CharField(max_length=30)
    contract_text = models.TextField(help_text="the very words that were accepted")
    contract_digest = models.CharField(max_length=64, help_text="hex SHA-256 of the text")
    accepted_at = models.DateTimeField()
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="purchase")
    completed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"purchase of {self.trial_id}"
