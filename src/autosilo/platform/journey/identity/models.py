import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from autosilo.platform.journey.trial.models import Trial
from autosilo.wire.identity import IdentityMode


class BiometricConsent(models.Model):
    """A separate, informed consent: what for, kept how long, which words were shown."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="consents")
    text_version = models.CharField(max_length=30)
    text_digest = models.CharField(max_length=64, help_text="hex SHA-256 of the words shown")
    language = models.CharField(max_length=10)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-given_at"]

    def __str__(self) -> str:
        return f"consent of {self.person_id}"


class Act(models.TextChoices):
    GIVEN = "given", "given"
    WITHDRAWN = "withdrawn", "withdrawn"


class ConsentAct(models.Model):
    """One signed statement about a consent. The database refuses to change or delete it."""

    consent = models.ForeignKey(BiometricConsent, on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=10, choices=Act)
    at = models.DateTimeField()
    statement = models.TextField(help_text="JSON, exactly as it was signed")
    signature = models.CharField(max_length=88)
    public_key = models.CharField(max_length=44)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consent", "act"], name="a_consent_is_given_and_withdrawn_once")
        ]

    def __str__(self) -> str:
        return f"consent {self.act} at {self.at:%F %T}"


class FaceTemplate(models.Model):
    """Sealed for one site and one visit; the platform itself cannot open it. ``sealed`` is emptied at the end.

    With ``pass_face`` the site cannot either, until the pass is shown.
    """

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="face")
    consent = models.ForeignKey(BiometricConsent, on_delete=models.PROTECT)
    mode = models.CharField(max_length=20, default=IdentityMode.FACE_EXPECTED.value)
    sealed = models.JSONField(null=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sealed__isnull=False, destroyed_at=None)
                | models.Q(sealed__isnull=True, destroyed_at__isnull=False),
                name="template_is_kept_or_destroyed",
            ),
            models.CheckConstraint(
                condition=models.Q(mode__in=[IdentityMode.FACE_EXPECTED.value, IdentityMode.PASS_FACE.value]),
                name="a_template_is_for_a_way_with_a_face",
            ),
        ]

    def __str__(self) -> str:
        return f"face for {self.trial_id}"


class PortraitState(models.TextChoices):
    OPEN = "open", "open"
    SHOWN = "shown", "shown"
    REFUSED = "refused", "refused"
    COMPARED = "compared", "compared"


class PortraitAsk(models.Model):
    """One question to a wallet for a licence with its portrait; see ``portraits``. Gone after ten minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="portrait_ask")
    nonce = models.CharField(max_length=64)
    public_key = models.BinaryField(help_text="X25519; the private half is in the shopper's page alone")
    state = models.CharField(max_length=10, choices=PortraitState, default=PortraitState.OPEN)
    reason = models.CharField(max_length=30, blank=True)
    sealed = models.JSONField(null=True, help_text="template of the portrait, until it was compared")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state=PortraitState.SHOWN) ^ models.Q(sealed__isnull=True),
                name="portrait_only_until_compared",
            )
        ]

    def __str__(self) -> str:
        return f"portrait ask {self.pk} ({self.state})"


class VisitPass(models.Model):
    """What the pass and code are derived from; neither is stored. Raising ``serial`` makes the old ones useless."""

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="visit_pass")
    serial = models.PositiveIntegerField(default=1)
    salt = models.CharField(max_length=32)
    issued_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "visit passes"

    def __str__(self) -> str:
        return f"pass for {self.trial_id}"
