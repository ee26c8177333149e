from django.db import models

from autosilo.platform.journey.trial.models import Trial


class CarReturn(models.Model):
    """How the car came back, as the site reported it."""

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="car_return")
    asked_at = models.DateTimeField(null=True, blank=True)
    taken_in_at = models.DateTimeField(null=True, blank=True)
    bay = models.CharField(max_length=20, blank=True)
    odometer_km = models.FloatField(null=True, blank=True)
    charge = models.FloatField(null=True, blank=True)
    driven_km = models.FloatField(null=True, blank=True)
    refused_reason = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"return of {self.trial_id}"
