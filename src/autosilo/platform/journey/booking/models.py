from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.sites.models import Site


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


class IdempotencyKey(models.Model):
    """A request that was served: the same again gets the same answer, whatever happened meanwhile."""

    scope = models.CharField(max_length=60, help_text="whose key it is: a program's or a person's")
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64, help_text="hex SHA-256 of what was asked")
    answer = models.JSONField()
    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_key_by_age")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.scope}"


class WaitState(models.TextChoices):
    WAITING = "waiting", "waiting"
    OFFERED = "offered", "offered"
    LEFT = "left", "left"
    PASSED = "passed", "passed"


class WaitEntry(models.Model):
    """A place on the wait-list for a model at a site. The id is the order: who came first is offered first."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="waits")
    car_model = models.ForeignKey(CarModel, on_delete=models.PROTECT, related_name="+")
    paint = models.ForeignKey(Paint, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    not_before = models.DateTimeField(help_text="the earliest pick-up that would do")
    not_after = models.DateTimeField(help_text="the latest")
    state = models.CharField(max_length=10, choices=WaitState, default=WaitState.WAITING)
    made_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    trial = models.ForeignKey(Trial, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "wait entries"
        indexes: ClassVar = [
            models.Index(
                fields=["site", "car_model", "id"], condition=models.Q(state="waiting"), name="wait_entry_in_order"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "car_model", "site"], condition=models.Q(state="waiting"), name="waits_once_for_a_car"
            ),
            models.CheckConstraint(
                condition=models.Q(not_after__gte=models.F("not_before")), name="wait_window_has_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} waits for {self.car_model_id} ({self.state})"
