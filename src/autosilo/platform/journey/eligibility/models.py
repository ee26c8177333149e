import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from autosilo.platform.journey.eligibility.states import ReviewState
from autosilo.platform.kit.states import Change
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.sites.models import Site


class CreditConsent(models.Model):
    """A shopper agreed that the bureau is asked. Withdrawn, it stays as a record that it was once given."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="credit_consents")
    text = models.CharField(max_length=30, help_text="version of the words that were shown")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-given_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "text"],
                condition=models.Q(withdrawn_at=None),
                name="one_standing_credit_consent_per_text",
            )
        ]

    def __str__(self) -> str:
        return f"{self.text} by {self.person_id}"


class CreditCheck(models.Model):
    """The bureau's answer to "is the score over the threshold?". The score itself is never known here."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="credit_checks")
    consent_text = models.CharField(max_length=30, help_text="version of the text that the shopper agreed to")
    threshold = models.PositiveSmallIntegerField()
    meets = models.BooleanField()
    asked_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-asked_at"]

    def __str__(self) -> str:
        return f"credit check of {self.person_id}: {'met' if self.meets else 'not met'}"


class EligibilityDecision(models.Model):
    """What was decided for whom, under which rules, with each rule's outcome."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="decisions")
    car_model = models.ForeignKey(CarModel, on_delete=models.CASCADE, db_index=False)
    policy = models.CharField(max_length=30)
    allowed = models.BooleanField()
    rules = models.JSONField(help_text="[{rule, met, detail}]; no score")
    terms = models.JSONField(null=True, help_text="fee, deposit, currency; null before there were terms")
    facts = models.JSONField(null=True, help_text="what was judged, to judge it again; null after a while")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=models.Q(facts__isnull=False), name="decision_with_facts")
        ]

    def __str__(self) -> str:
        return f"{self.policy} for {self.person_id}: {'yes' if self.allowed else 'no'}"


class ScheduledPolicy(models.Model):
    """A market's rules that an operator wrote, as the file that was given. Never changed; withdrawn before it holds."""

    market = models.CharField(max_length=20)
    name = models.CharField(max_length=30)
    version = models.CharField(max_length=30)
    valid_from = models.DateTimeField()
    text = models.TextField(help_text="the file")
    reason = models.CharField(max_length=300)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-valid_from", "-id"]
        verbose_name_plural = "scheduled policies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["market", "valid_from"],
                condition=models.Q(withdrawn_at=None),
                name="one_policy_begins_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Review(models.Model):
    """A refusal that a person is to look at (PIPL, article 24; GDPR, article 22), and what that person said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    car_model = models.ForeignKey(CarModel, on_delete=models.CASCADE)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    decision = models.ForeignKey(EligibilityDecision, on_delete=models.RESTRICT, related_name="reviews")
    by_policy = models.BooleanField(default=False, help_text="the market lets a person look at every refusal")
    words = models.CharField(max_length=1000, blank=True, help_text="the shopper's own")
    state = models.CharField(max_length=20, choices=ReviewState, default=ReviewState.OPEN)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=1000, blank=True, help_text="the operator's, written for the shopper")
    book_until = models.DateTimeField(null=True, blank=True, help_text="of an overturned one: what was let pass, holds")

    class Meta:
        ordering: ClassVar = ["due_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "car_model"],
                condition=models.Q(state=ReviewState.OPEN),
                name="one_open_review_per_person_and_model",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ReviewState.OPEN, decided_at=None)
                | (~models.Q(state=ReviewState.OPEN) & models.Q(decided_at__isnull=False) & ~models.Q(reason="")),
                name="a_decided_review_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk} ({self.state})"


class ReviewChange(Change):
    subject = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="changes")
