"""What the shop holds about a person, table by table, and what happens to it when the person wants to be forgotten.

Every table that refers to a person or to a trial stands here; a test fails when a new one does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db.models import BinaryField, Field, Model, QuerySet

from autosilo.platform.journey.eligibility.models import Review
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import AuditEntry, Person


class Fate(StrEnum):
    """When a person is forgotten."""

    DELETED = "deleted"
    KEPT = "kept"
    """Without a name: what the books, the law or the proof of a consent need."""
    STAFF = "staff"
    """What somebody did for the shop, not what is held about a shopper."""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One table. ``path`` leads from a row to the person."""

    model: str
    path: str
    fate: Fate

    @property
    def table(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows(self, person: Person) -> QuerySet[Any]:
        return self.table._default_manager.filter(**{self.path: person}).order_by("pk")


def _of_person(fate: Fate, *models: str) -> tuple[Holding, ...]:
    return tuple(Holding(model=model, path="person", fate=fate) for model in models)


def _of_trial(*models: str) -> tuple[Holding, ...]:
    return tuple(Holding(model=model, path="trial__person", fate=Fate.KEPT) for model in models)


def _of_staff(path: str, *models: str) -> tuple[Holding, ...]:
    return tuple(Holding(model=model, path=path, fate=Fate.STAFF) for model in models)


HOLDINGS: tuple[Holding, ...] = (
    # in this order: a change to its review, a review to its decision
    Holding(model="eligibility.ReviewChange", path="subject__person", fate=Fate.DELETED),
    *_of_person(Fate.DELETED, "eligibility.Review", "eligibility.EligibilityDecision", "eligibility.CreditCheck"),
    *_of_person(Fate.DELETED, "eligibility.CreditConsent", "booking.WaitEntry", "booking.LinePlace", "programs.Link"),
    Holding(model="licences.LicenceProof", path="licence__person", fate=Fate.DELETED),  # before its licence
    *_of_person(Fate.DELETED, "notices.Notice", "people.DrivingLicence", "people.Membership", "people.Mark"),
    Holding(model="licences.LicenceReviewChange", path="subject__person", fate=Fate.DELETED),
    *_of_person(Fate.DELETED, "licences.WalletAsk", "licences.LicenceReview"),
    *_of_person(Fate.DELETED, "signin.Identity", "signin.PhoneLogin", "signin.PhoneCode"),
    *(
        Holding(model=model, path=path, fate=Fate.DELETED)
        for model, path in (
            ("mfa.Authenticator", "user"),
            ("account.EmailConfirmation", "email_address__user"),  # django-allauth's, and never written here
            ("account.EmailAddress", "user"),
        )
    ),
    *_of_person(Fate.KEPT, "trial.Trial", "payments.Payment", "identity.BiometricConsent"),
    Holding(model="identity.ConsentAct", path="consent__person", fate=Fate.KEPT),
    Holding(model="trial.TrialChange", path="subject__person", fate=Fate.KEPT),
    *_of_trial("trial.Deadline", "trial.TrialEvent", "identity.FaceTemplate", "identity.VisitPass"),
    *_of_trial("identity.PortraitAsk"),  # gone after ten minutes by itself
    *_of_trial("booking.Offer"),
    Holding(model="booking.Alternative", path="offer__trial__person", fate=Fate.KEPT),
    *_of_trial("booking.Reservation", "booking.IdempotencyKey", "handover.Handover", "returns.CarReturn"),
    *_of_trial("purchase.Purchase", "dues.Due"),
    *_of_staff("added_by", "eligibility.ScheduledPolicy"),
    *_of_staff("decided_by", "eligibility.Review", "licences.LicenceReview", "scan.Correction", "dues.Due"),
    *_of_staff("asked_by", "scan.GalleryVersion"),
    *_of_staff("closed_by", "incidents.Incident", "people.Flag"),
    *_of_staff("by", "towers.StaffOrder", "towers.WalkPhoto", "fleet.Transfer"),
    *_of_staff("actor", "people.AuditEntry"),
)

SECRETS = frozenset({"password", "salt", "sealed", "digest", "client_secret", "request_hash", "key", "nonce"})
"""What would let somebody else in, or was made so that it cannot be read: said to be there, not shown."""


def held_about(person: Person) -> dict[str, Any]:
    """All of it, in the words of the tables: for the person alone."""
    return {
        "v": 1,
        "account": _fields(person),
        "held": {one.model: [_fields(row) for row in one.rows(person)] for one in _about_people()},
        "done_with_it": _done_with(person),
        "incidents": _incidents(person),
        "when_you_are_forgotten": {one.model: one.fate.value for one in _about_people()},
    }


def _done_with(person: Person) -> list[dict[str, Any]]:
    """What the audit trail says about the person and their visits; which of the staff it was stays with the shop."""
    trials = Trial.objects.filter(person=person)
    reviews = Review.objects.filter(person=person)
    targets = [audit.target_of(one) for one in (person, *trials, *reviews)]
    return [
        {
            "at": str(one.at),
            "action": one.action,
            "target": one.target,
            "detail": one.detail,
            "by_staff": bool(one.actor_id),
        }
        for one in AuditEntry.objects.filter(target__in=targets).order_by("pk")
    ]


def _incidents(person: Person) -> list[dict[str, Any]]:
    """What went wrong in a visit and when it was settled; what an operator noted of it is the shop's."""
    trials = Trial.objects.filter(person=person).values("pk")
    return [
        {
            "trial": str(one.trial),
            "kind": one.kind,
            "opened_at": str(one.opened_at),
            "closed_at": one.closed_at and str(one.closed_at),
        }
        for one in Incident.objects.filter(trial__in=trials).order_by("pk")
    ]


def _about_people() -> Iterator[Holding]:
    return (one for one in HOLDINGS if one.fate is not Fate.STAFF)


def _fields(row: Model) -> dict[str, Any]:
    return {field.name: _shown(row, field) for field in row._meta.concrete_fields}


def _shown(row: Model, field: "Field[Any, Any]") -> Any:
    value = getattr(row, field.attname)
    if value is None:
        return None
    if field.name in SECRETS or isinstance(field, BinaryField):
        return "(not shown)"
    return value if isinstance(value, bool | int | float | dict | list) else str(value)
