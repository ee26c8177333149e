import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from autosilo.platform.journey.trial.states import ACTIVE, COUNTED, NEED_NOT_BE_PAID, TrialState
from autosilo.platform.kit.money import Money
from autosilo.platform.kit.states import Change
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.sites.models import Site


class Trial(models.Model):
    """One test drive, from booking to its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="trials")
    # Every booking writes into every index of this table: it has only those by which somebody looks.
    car_model = models.ForeignKey(CarModel, on_delete=models.PROTECT, db_index=False)
    paint = models.ForeignKey(Paint, on_delete=models.PROTECT, db_index=False)
    car = models.ForeignKey(Car, on_delete=models.PROTECT, related_name="trials", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="trials", db_index=False)
    state = models.CharField(max_length=20, choices=TrialState, default=TrialState.BOOKED)
    policy = models.CharField(max_length=30, help_text="name and version of the market rules it was made under")
    slot_start = models.DateTimeField()
    slot_end = models.DateTimeField()
    collect_from = models.DateTimeField(help_text="the kiosk serves the shopper from then")
    collect_until = models.DateTimeField(help_text="after this the booking lapses")
    hold_until = models.DateTimeField(null=True, blank=True, help_text="a hold that is not confirmed by then is void")
    fee_minor = models.PositiveBigIntegerField(default=0, db_default=0, help_text="by the decision; charged, or 0")
    deposit_minor = models.PositiveBigIntegerField(default=0, db_default=0, help_text="held on the card, or 0")
    cost_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="when fee and deposit were secured")
    channel = models.CharField(max_length=40, blank=True, default="", help_text="the program that booked it, if any")
    handed_over_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="when the car must be back; set at hand-over")
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    site_revision = models.PositiveIntegerField(default=0, help_text="of what the site was told last")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["state", "site"], name="trial_by_state"),
            models.Index(fields=["car"], name="trial_by_car"),
            models.Index(fields=["site"], name="trial_by_site"),
            models.Index(
                fields=["channel", "-created_at", "-id"], condition=~models.Q(channel=""), name="trial_by_channel"
            ),
            models.Index(fields=["hold_until"], condition=models.Q(state="held"), name="trial_held"),
            models.Index(fields=["car"], condition=models.Q(state="overdue"), name="trial_overdue_car"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(state__in=sorted(ACTIVE)), name="one_active_trial_per_person"
            ),
            models.UniqueConstraint(
                fields=["person", "car_model"],
                condition=models.Q(state__in=sorted(COUNTED)),
                name="each_model_once_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(NEED_NOT_BE_PAID))
                | models.Q(fee_minor=0, deposit_minor=0)
                | models.Q(settled_at__isnull=False),
                name="nothing_confirmed_unpaid",
            ),
            models.CheckConstraint(condition=models.Q(slot_end__gt=models.F("slot_start")), name="slot_has_length"),
        ]

    def __str__(self) -> str:
        return f"{self.car_model_id} for {self.person_id} ({self.state})"

    @property
    def costs(self) -> bool:
        """Is there a fee or a deposit?"""
        return bool(self.fee_minor or self.deposit_minor)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.cost_currency)

    @property
    def deposit(self) -> Money:
        return Money(self.deposit_minor, self.cost_currency)


class TrialChange(Change):
    subject = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="changes")


class Deadline(models.Model):
    """Something that happens to a trial at a time unless it was settled before. A job does it, a sweeper repeats."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=30)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "kind"], name="deadline_once_per_kind")]
        indexes: ClassVar = [models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="deadline_pending")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.trial_id}"


class TrialEvent(models.Model):
    """Something that happened in a trial without changing its state: for the timeline that people read."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} in {self.trial_id}"
