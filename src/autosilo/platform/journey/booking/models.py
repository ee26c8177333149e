from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.fleet.models import Car


class Reservation(models.Model):
    """A car is kept for a trial over a period. The database itself refuses two at once."""

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="reservation")
    car = models.ForeignKey(Car, on_delete=models.PROTECT, related_name="reservations")
    period = DateTimeRangeField(help_text="half-open, with turn-round")
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="car_booked_once_at_a_time",
                expressions=[("car", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=models.Q(active=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.car_id} {self.period}"
