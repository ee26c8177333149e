from typing import ClassVar

from django.db import models

from autosilo.platform.resources.fleet.models import Car


class CarReading(models.Model):
    """The latest word of a car; older ones are not kept."""

    car = models.OneToOneField(Car, on_delete=models.CASCADE, related_name="reading", primary_key=True)
    at = models.DateTimeField()
    charge = models.FloatField(help_text="state of charge, fraction")
    range_km = models.FloatField()
    odometer_km = models.FloatField()
    speed_kmh = models.FloatField()
    trip_km = models.FloatField()
    locked = models.BooleanField()
    plugged = models.BooleanField()
    where = models.CharField(max_length=10)

    class Meta:
        ordering: ClassVar = ["car"]

    def __str__(self) -> str:
        return f"{self.car_id} {self.charge:.0%}"
