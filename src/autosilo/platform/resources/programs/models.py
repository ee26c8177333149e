import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from autosilo.platform.resources.programs.states import DeliveryState


class Program(models.Model):
    """A client in the sense of OAuth 2.0 (RFC 6749): it signs in with its own secret and acts for linked shoppers."""

    id = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    secret_digest = models.CharField(max_length=64, help_text="hex SHA-256 of a secret of 256 random bits")
    scopes = models.JSONField(default=list)
    serial = models.PositiveIntegerField(default=1, help_text="raising it makes every token of before useless")
    is_active = models.BooleanField(default=True)
    per_minute = models.PositiveIntegerField(default=600, help_text="requests a minute, of each web process")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """A shopper who lets a program book for them; ``subject`` is the program's own name for that shopper."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="links")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="program_links")
    subject = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "subject"], name="subject_once_per_program"),
            models.UniqueConstraint(fields=["program", "person"], name="person_once_per_program"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.program_id}"


class Webhook(models.Model):
    """An address of a program that is told of its bookings."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=300)
    secret = models.CharField(max_length=64, help_text="what deliveries are signed with")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One message to one address: tried until it was taken, given up after a day, sent again when asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.UUIDField(help_text="the same for every address that is told of it")
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["webhook", "-made_at", "-id"], name="delivery_log"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["webhook", "event"], name="event_once_per_webhook")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.webhook_id}"


class Attempt(models.Model):
    """What became of one try: the log that a program can read."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="of the HTTP answer; none came when null")
    problem = models.CharField(max_length=60, blank=True, help_text="a code, never the other side's words")
    took_ms = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.status or self.problem}"
