from typing import ClassVar

from django.conf import settings
from django.db import models

from autosilo.platform.resources.catalogue.models import CarModel


class CreditCheck(models.Model):
    """The bureau's answer to "is the score over the threshold?". The score itself is never known here."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="credit_checks")
    consent_text = models.CharField(max_length=30, help_text="version of the text that the shopper agreed to")
    threshold = models.PositiveSmallIntegerField()
    meets = models.BooleanField()
    asked_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-asked_at"]

    def __str__(self) -> str:
        return f"credit check of {self.person_id}: {'met' if self.meets else 'not met'}"


class EligibilityDecision(models.Model):
    """What was decided for whom, under which rules, with each rule's outcome."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="decisions")
    car_model = models.ForeignKey(CarModel, on_delete=models.CASCADE)
    policy = models.CharField(max_length=30)
    allowed = models.BooleanField()
    rules = models.JSONField(help_text="[{rule, met, detail}]; no score")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.policy} for {self.person_id}: {'yes' if self.allowed else 'no'}"
