from django.db import models

from autosilo.platform.journey.trial.models import Trial


class Handover(models.Model):
    """What happened at the gate, as the site reported it."""

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="handover")
    identified_at = models.DateTimeField(null=True, blank=True)
    method = models.CharField(max_length=10, blank=True)
    at_gate_at = models.DateTimeField(null=True, blank=True)
    station = models.CharField(max_length=20, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    odometer_km = models.FloatField(null=True, blank=True)
    charge = models.FloatField(null=True, blank=True)

    def __str__(self) -> str:
        return f"hand-over of {self.trial_id}"
