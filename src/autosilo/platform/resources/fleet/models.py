from typing import ClassVar

from django.conf import settings
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


class TransferEnd(models.TextChoices):
    ARRIVED = "arrived", "arrived"
    TURNED_BACK = "turned_back", "turned back"


class Transfer(models.Model):
    """A car that goes from one site to another. It belongs to ``target`` from the moment that it leaves."""

    car = models.ForeignKey(Car, on_delete=models.PROTECT, related_name="transfers")
    source = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="arrivals", db_index=False)
    left_at = models.DateTimeField()
    expected_at = models.DateTimeField(help_text="at the target's gate; put off while the car does not come")
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=12, choices=TransferEnd, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-left_at"]
        indexes: ClassVar = [
            models.Index(fields=["target", "expected_at"], condition=models.Q(ended_at=None), name="transfer_open")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["car"], condition=models.Q(ended_at=None), name="one_transfer_of_a_car"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="transfer_goes_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.car_id} from {self.source_id} to {self.target_id}"
