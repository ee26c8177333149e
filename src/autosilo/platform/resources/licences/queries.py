"""Reads about proofs of a licence."""

from datetime import date, datetime
from uuid import UUID

from autosilo.platform.resources.licences.models import LicenceProof, WalletAsk
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
