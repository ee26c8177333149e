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
    # found by the index of the exclusion constraint
    car = models.ForeignKey(Car, on_delete=models.PROTECT, related_name="reservations", db_index=False)
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
        verbose_name_plural = "requests that were served"
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
    channel = models.CharField(max_length=40, blank=True, default="", help_text="the program that asked, if any")

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "wait entries"
        indexes: ClassVar = [
            models.Index(fields=["channel", "-id"], condition=~models.Q(channel=""), name="wait_entry_by_channel"),
            models.Index(
                fields=["site", "car_model", "id"], condition=models.Q(state="waiting"), name="wait_entry_in_order"
            ),
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


class OfferState(models.TextChoices):
    OPEN = "open", "open"
    TAKEN = "taken", "taken by the shopper"
    LAPSED = "lapsed", "not answered in time"
    MOVED = "moved", "the shopper chose another time"
    DECLINED = "declined", "the booking was cancelled, or is over"
    WITHDRAWN = "withdrawn", "the booked car, or one like it, is there after all"
    RENEWED = "renewed", "another offer took its place"


NOT_READY = "car_not_ready"
"""Why of an offer about a car that is there, and charges or is on its way for longer than until the booked time."""


class Otherwise(models.TextChoices):
    """What becomes of the trial when nobody answers."""

    KEPT = "kept", "the car that is kept stays the shopper's"
    STANDS = "stands", "the booking stands, and a person calls"
    CALLED_OFF = "called_off", "the booking is cancelled, and a person calls"


class Offer(models.Model):
    """The booked car fails and none like it is free: what the shopper may have instead, and until when (ADR 27).

    What was booked stands here; the trial itself has by then the car that is kept for its shopper, if one is.
    """

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="offers")
    why = models.CharField(max_length=20, help_text="kind of the incident that it would be without an offer")
    car_model = models.ForeignKey(CarModel, on_delete=models.PROTECT, related_name="+", help_text="as booked")
    paint = models.ForeignKey(Paint, on_delete=models.PROTECT, related_name="+", help_text="as booked")
    car = models.ForeignKey(Car, on_delete=models.PROTECT, related_name="+", help_text="the one that failed")
    kept = models.BooleanField(help_text="the trial has another car by now, which stays when nobody answers")
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OPEN)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    taken = models.ForeignKey("Alternative", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["trial"], condition=models.Q(state=OfferState.OPEN), name="one_open_offer_per_trial"
            ),
            models.CheckConstraint(
                condition=models.Q(state=OfferState.OPEN, settled_at=None)
                | (~models.Q(state=OfferState.OPEN) & models.Q(settled_at__isnull=False)),
                name="an_offer_is_settled_once",
            ),
        ]

    def __str__(self) -> str:
        return f"offer in {self.trial_id} ({self.state})"

    @property
    def otherwise(self) -> Otherwise:
        """A car that will be ready later than foreseen is still a car."""
        if self.kept:
            return Otherwise.KEPT
        return Otherwise.STANDS if self.why == NOT_READY else Otherwise.CALLED_OFF


class Way(models.TextChoices):
    PAINT = "paint", "another paint at the same time"
    TIME = "time", "another time"
    MODEL = "model", "another model at the same time"


class Alternative(models.Model):
    """One of the things that an offer names, in the order in which they are shown."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="alternatives")
    way = models.CharField(max_length=10, choices=Way)
    car_model = models.ForeignKey(CarModel, on_delete=models.PROTECT, related_name="+")
    paint = models.ForeignKey(Paint, on_delete=models.PROTECT, related_name="+")
    slot_start = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True, help_text="when it was found to be somebody else's by now")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.car_model_id} at {self.slot_start:%F %T} ({self.way})"


class Sale(models.Model):
    """A model at a site that can be booked from a moment on; before it, people may take a place in the line."""

    car_model = models.ForeignKey(CarModel, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    opens_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["opens_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["car_model", "site"], name="one_sale_of_a_car_at_a_site")
        ]

    def __str__(self) -> str:
        return f"{self.car_model_id} at {self.site_id} from {self.opens_at:%F %T}"


class LinePlace(models.Model):
    """A place in the line for a model at a site, one for each person, kept while the person is seen to wait.

    ``rank`` is the order: drawn by lot for who came before a sale opened (being first by a millisecond is no merit, and
    machines are faster than people), the moment of arrival for who came after.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    line = models.CharField(max_length=90, help_text="model and site")
    rank = models.FloatField()
    seen_at = models.DateTimeField()
    served_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["line", "rank"]
        indexes: ClassVar = [
            models.Index(fields=["line", "rank"], condition=models.Q(served_at=None), name="line_in_order"),
            models.Index(fields=["seen_at"], name="line_by_age"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "line"], name="one_place_in_a_line")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.line}"
