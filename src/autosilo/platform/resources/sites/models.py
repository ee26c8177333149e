from typing import ClassVar

from django.db import models
from django.db.models.fields.json import KT


class Site(models.Model):
    """A tower and its address. Configuration is read from the site's file; the rest is what was last seen of it."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    address_en = models.CharField(max_length=200, blank=True)
    address_zh = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    time_zone = models.CharField(max_length=40)
    market = models.CharField(max_length=20)
    opening = models.JSONField(default=dict, help_text='{"mon": ["08:00", "22:00"], …}, local time')
    geometry = models.JSONField(default=dict, help_text="for drawing the tower")
    charger_kw = models.FloatField(null=True, blank=True, help_text="of one charger; unknown without")
    sealing_public_key = models.BinaryField(null=True, blank=True, help_text="X25519, 32 bytes")
    kiosk_url = models.CharField(max_length=200, blank=True)
    open_for_booking = models.BooleanField(default=True)
    inventory = models.JSONField(default=dict, help_text="place -> VIN, as last reported")
    free_bays = models.PositiveIntegerField(default=0)
    held_reason = models.CharField(max_length=300, blank=True)
    inventory_at = models.DateTimeField(null=True, blank=True, help_text="when the site made that report")
    last_heard_at = models.DateTimeField(null=True, blank=True, help_text="when its last message arrived")
    heard_until = models.DateTimeField(null=True, blank=True, help_text="its own time in the latest of its facts")

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.name_en


class OutgoingOrder(models.Model):
    """A message for a site, written in the transaction that caused it; a job publishes it, a sweeper repeats.

    ``id`` counts: a site's orders are published in this order. Orders about one trial are written while its row is
    locked, so a later one has a higher number.
    """

    message_id = models.UUIDField(unique=True, help_text="the id in the message, for de-duplication")
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["site", "id"], condition=models.Q(sent_at=None), name="order_not_yet_sent"),
            models.Index(KT("payload__trial"), name="order_by_trial"),
        ]

    def __str__(self) -> str:
        return f"{self.payload.get('kind')} for {self.site_id}"


class SeenFact(models.Model):
    """A fact that was received and acted on: receiving it twice is harmless."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.kind} from {self.site_id}"
