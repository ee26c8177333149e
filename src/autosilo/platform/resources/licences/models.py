import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from autosilo.platform.kit.states import Change
from autosilo.platform.resources.licences.states import AskState, ReviewState, Way


class LicenceProof(models.Model):
    """All that is kept of a proof. It is about the licence as stated by then; see ``queries.proved_until``."""

    licence = models.OneToOneField("people.DrivingLicence", on_delete=models.CASCADE, related_name="proof")
    way = models.CharField(max_length=10, choices=Way)
    categories = models.JSONField(default=list, help_text="codes of the vehicle categories, no more")
    expires_on = models.DateField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"proof of licence {self.licence_id}"


class WalletAsk(models.Model):
    """One question to a wallet, good for one answer. ``nonce`` makes an answer to any other question worthless."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wallet_asks")
    nonce = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=AskState, default=AskState.OPEN)
    reason = models.CharField(max_length=30, blank=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(state=AskState.OPEN), name="one_open_wallet_ask"),
            models.CheckConstraint(
                condition=Q(state=AskState.OPEN) ^ Q(answered_at__isnull=False), name="wallet_ask_answered_when_over"
            ),
        ]

    def __str__(self) -> str:
        return f"wallet ask {self.pk} ({self.state})"


class LicenceReview(models.Model):
    """A photo of a licence that an operator is to look at. It is sealed, and there only while it waits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="licence_reviews")
    state = models.CharField(max_length=20, choices=ReviewState, default=ReviewState.OPEN)
    consent = models.CharField(max_length=40, help_text="version of the words that were agreed to")
    sealed = models.BinaryField(null=True, help_text="the photo, see ``sealing``")
    asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=1000, blank=True, help_text="the operator's, written for the shopper")

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state=ReviewState.OPEN), name="one_open_licence_review"
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewState.OPEN) ^ Q(sealed__isnull=True), name="licence_photo_only_while_it_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"licence review {self.pk} ({self.state})"


class LicenceReviewChange(Change):
    subject = models.ForeignKey(LicenceReview, on_delete=models.CASCADE, related_name="changes")
