"""Reads about proofs of a licence."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from autosilo.platform.resources.licences.models import LicenceProof, LicenceReview, WalletAsk
from autosilo.platform.resources.licences.states import ReviewState
from autosilo.platform.resources.people.models import DrivingLicence, Person


def licence_with_proof(*, person: Person) -> DrivingLicence | None:
    """One query for both."""
    return DrivingLicence.objects.select_related("proof").filter(person=person).first()


def proof_of(licence: DrivingLicence | None) -> LicenceProof | None:
    """What proves the licence as it is stated now: a proof from before name, birth date or number changed does not."""
    proof: LicenceProof | None = getattr(licence, "proof", None)
    return proof if proof is not None and licence is not None and proof.at >= licence.stated_at else None


def proved_until(licence: DrivingLicence | None) -> date | None:
    proof = proof_of(licence)
    return proof.expires_on if proof else None


def latest_ask(*, person: Person) -> WalletAsk | None:
    return WalletAsk.objects.filter(person=person).order_by("-made_at").first()


def open_ask(ask_id: UUID, *, now: datetime) -> WalletAsk | None:
    """One that still waits for its answer."""
    return WalletAsk.objects.filter(pk=ask_id, state="open", ends_at__gt=now).select_related("person").first()


def latest_review(*, person: Person) -> LicenceReview | None:
    """Without the photo."""
    return LicenceReview.objects.filter(person=person).defer("sealed").order_by("-asked_at").first()


def open_reviews() -> QuerySet[LicenceReview]:
    """What waits for an operator, the longest waiting first; without the photos."""
    return _reviews().filter(state=ReviewState.OPEN).order_by("asked_at", "pk")


def closed_reviews() -> QuerySet[LicenceReview]:
    return _reviews().exclude(state=ReviewState.OPEN).order_by("-decided_at", "pk")


def review(review_id: UUID) -> LicenceReview | None:
    return _reviews().filter(pk=review_id).first()


def _reviews() -> QuerySet[LicenceReview]:
    return LicenceReview.objects.select_related("person__licence", "decided_by").defer("sealed")
