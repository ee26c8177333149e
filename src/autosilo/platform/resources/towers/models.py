from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models

from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers.states import OrderState


class TowerBook(models.Model):
    """The latest ``wire.books.TowerBooks`` of a site: modes, services, blocked bays, open walks."""

    site = models.OneToOneField(Site, primary_key=True, on_delete=models.CASCADE, related_name="book")
    said_at = models.DateTimeField(help_text="when the site said so, never later than it arrived")
    body = models.JSONField()

    def __str__(self) -> str:
        return f"books of {self.site_id}"


class TowerWaits(models.Model):
    """The latest ``wire.wait.WaitsReported`` of a site: what shoppers are told, and how true that was."""

    site = models.OneToOneField(Site, primary_key=True, on_delete=models.CASCADE, related_name="waits")
    said_at = models.DateTimeField(help_text="when the site said so, never later than it arrived")
    body = models.JSONField()

    class Meta:
        verbose_name_plural = "tower waits"

    def __str__(self) -> str:
        return f"waits at {self.site_id}"


class StaffOrder(models.Model):
    """An order that a person gave to a tower, and what became of it. ``id`` is the order's own on the bus."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=20, blank=True, help_text="place or lift")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    given_at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=OrderState, default=OrderState.GIVEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    refused_because = models.CharField(max_length=40, blank=True, help_text="wire.books.OrderRefusal")
    look_at = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=300, blank=True, help_text="what the site said besides, in English")

    class Meta:
        ordering: ClassVar = ["-given_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["site", "-given_at"], name="staff_order_lately"),
            models.Index(fields=["site"], condition=models.Q(state="given"), name="staff_order_unanswered"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about} at {self.site_id}"


class Walk(models.Model):
    """A reconciliation: somebody walks from place to place and says what stands there, while the lift waits.

    ``before`` is what the books said when the walk was first heard of (place -> VIN or null), ``rows`` its rows as last
    heard. It ends when the site no longer tells of it.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    lift = models.CharField(max_length=10)
    since = models.DateTimeField(help_text="by the site's clock; names the walk")
    why = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    heard_at = models.DateTimeField(help_text="when it was first heard of")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "lift", "since"], name="walk_once"),
            models.UniqueConstraint(
                fields=["site", "lift"], condition=models.Q(ended_at=None), name="one_open_walk_per_lift"
            ),
        ]

    def __str__(self) -> str:
        return f"walk of {self.lift} at {self.site_id}"


class WalkPhoto(models.Model):
    """A photo of the paper bay list: evidence of a walk. Encoded anew, so it carries nothing but its pixels."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    walk = models.ForeignKey(Walk, on_delete=models.PROTECT, related_name="photos")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    jpeg = models.BinaryField()
    sha256 = models.CharField(max_length=64, help_text="hex, of the JPEG as kept")
    width = models.PositiveIntegerField(help_text="pixels")
    height = models.PositiveIntegerField(help_text="pixels")

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"photo {self.id}"
