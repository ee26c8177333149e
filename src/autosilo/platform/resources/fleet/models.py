from typing import ClassVar

from django.db import models

from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.sites.models import Site


class CarState(models.TextChoices):
    IN_SERVICE = "in_service", "in service"
    OUT_OF_SERVICE = "out_of_service", "out of service"
    SOLD = "sold", "sold"


class Car(models.Model):
    """One vehicle. Where it stands is the site's knowledge; see ``Site.inventory``."""

    vin = models.CharField(primary_key=True, max_length=17)
    plate = models.CharField(max_length=12, unique=True)
    model = models.ForeignKey(CarModel, on_delete=models.PROTECT, related_name="cars")
    paint = models.ForeignKey(Paint, on_delete=models.PROTECT, related_name="cars")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cars")
    state = models.CharField(max_length=20, choices=CarState, default=CarState.IN_SERVICE)
    odometer_km = models.FloatField(default=0)
    charge = models.FloatField(default=1, help_text="state of charge, fraction")
    ready_from = models.DateTimeField(
        null=True, blank=True, help_text="charges, or is on its way to its site, until then: no trial begins before"
    )

    class Meta:
        ordering: ClassVar = ["vin"]
        indexes: ClassVar = [models.Index(fields=["model", "paint", "site", "state"], name="car_by_wish")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(charge__gte=0, charge__lte=1), name="charge_is_a_fraction")
        ]

    def __str__(self) -> str:
        return f"{self.plate} ({self.vin})"
