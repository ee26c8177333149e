from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models

from autosilo.platform.journey.scan.states import UNDER_WAY, CorrectionState, VersionState
from autosilo.platform.kit.states import Change
from autosilo.platform.resources.catalogue.models import CarModel, ReferenceLook


class GalleryVersion(models.Model):
    """What all reference photos of one moment have taught; its number is its key. Scans use the active one."""

    class Kind(models.TextChoices):
        PLAIN = "plain", "from the photos"
        TUNED = "tuned", "with a tuned head"

    state = models.CharField(max_length=20, choices=VersionState, default=VersionState.ORDERED)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PLAIN)
    activate = models.BooleanField(default=True, help_text="make it the active one as soon as it is ready")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0, help_text="steps of the training that are over")
    whole = models.PositiveIntegerField(default=0, help_text="steps that it has")
    reason = models.CharField(max_length=200, blank=True, help_text="why it failed")
    encoder = models.CharField(max_length=80, blank=True)
    model_count = models.PositiveIntegerField(default=0)
    photo_count = models.PositiveIntegerField(default=0)
    top1 = models.FloatField(null=True, blank=True, help_text="share 0..1 named rightly, cross-validated")
    top5 = models.FloatField(null=True, blank=True, help_text="share 0..1 among the five offered, cross-validated")
    assessment = models.JSONField(null=True, blank=True)
    data = models.BinaryField(null=True, help_text="the gallery as vision writes it")
    taken_back = models.BooleanField(default=False, help_text="a photo that had a share in it was taken back since")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state=VersionState.ACTIVE), name="one_active"),
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(state__in=UNDER_WAY), name="one_training_at_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=(VersionState.READY, VersionState.ACTIVE))
                | models.Q(data__isnull=False, finished_at__isnull=False),
                name="a_ready_version_can_be_used",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.pk}"

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


class GalleryChange(Change):
    subject = models.ForeignKey(GalleryVersion, on_delete=models.CASCADE, related_name="changes")


class Correction(models.Model):
    """ "It is this one", said by a shopper who agreed to its being kept: numbers and a small covered crop, no person.

    Both are emptied once it is decided, withdrawn or has lapsed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    state = models.CharField(max_length=20, choices=CorrectionState, default=CorrectionState.WAITING)
    model = models.ForeignKey(CarModel, on_delete=models.CASCADE, related_name="corrections")
    taken_for = models.SlugField(max_length=60, blank=True, help_text="the model that the scan offered first")
    sent_at = models.DateTimeField()
    keep_until = models.DateTimeField()
    text_version = models.CharField(max_length=30, help_text="of the consent")
    text_digest = models.CharField(max_length=64, help_text="hex SHA-256 of the words agreed to")
    language = models.CharField(max_length=10)
    encoder = models.CharField(max_length=80)
    vector = models.BinaryField(null=True)
    fingerprint = models.CharField(max_length=16, blank=True)
    view = models.CharField(max_length=10, blank=True)
    jpeg = models.BinaryField(null=True, help_text="at most 320 pixels wide; plate and windows covered")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    decided_at = models.DateTimeField(null=True, blank=True)
    look = models.OneToOneField(
        ReferenceLook, null=True, blank=True, on_delete=models.SET_NULL, related_name="correction"
    )

    class Meta:
        ordering: ClassVar = ["sent_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state=CorrectionState.WAITING, jpeg__isnull=False, vector__isnull=False)
                | (~models.Q(state=CorrectionState.WAITING) & models.Q(jpeg=None, vector=None)),
                name="correction_is_kept_only_while_it_waits",
            )
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class CorrectionChange(Change):
    subject = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="changes")


class Demand(models.Model):
    """How often a car that we do not sell was scanned on a day. A count, with nothing of who asked."""

    class Source(models.TextChoices):
        SCAN = "scan", "guessed by the scan"
        TOLD = "told", "told by the shopper"

    day = models.DateField(help_text="UTC")
    body = models.CharField(max_length=20)
    make = models.CharField(max_length=40, blank=True, help_text="empty: not known")
    source = models.CharField(max_length=10, choices=Source)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-day", "body", "make"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "body", "make", "source"], name="one_count_a_day")
        ]
        verbose_name_plural = "demand"

    def __str__(self) -> str:
        return f"{self.day} {self.body} {self.make or '?'}: {self.count}"
