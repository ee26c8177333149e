"""Reads about a visit's identity."""

from autosilo.platform.journey.identity.models import BiometricConsent, ConsentAct, FaceTemplate, VisitPass
from autosilo.platform.journey.trial.models import Trial


def pass_of(trial: Trial) -> VisitPass | None:
    return VisitPass.objects.filter(trial=trial).first()


def face_of(trial: Trial) -> FaceTemplate | None:
    """The template while it is kept, else None."""
    return FaceTemplate.objects.filter(trial=trial, destroyed_at=None).first()


def has_face(trial: Trial) -> bool:
    return FaceTemplate.objects.filter(trial=trial, destroyed_at=None).exists()


def consent_of(trial: Trial) -> BiometricConsent | None:
    """The consent that holds, else None."""
    return BiometricConsent.objects.filter(trial=trial, withdrawn_at=None).first()


def has_consent_record(trial: Trial) -> bool:
    """Was anything ever said about the face of this visit?"""
    return ConsentAct.objects.filter(consent__trial=trial).exists()


def faces_held() -> int:
    """Of how many people a template is kept, at all sites together."""
    return FaceTemplate.objects.filter(destroyed_at=None).values("trial__person").distinct().count()
