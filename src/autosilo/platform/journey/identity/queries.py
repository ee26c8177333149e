"""Reads about a visit's identity."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from autosilo.platform.journey.identity.models import BiometricConsent, ConsentAct, FaceTemplate, VisitPass
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import policy_of
from autosilo.platform.kit.prepared import Given, Prepared
from autosilo.platform.resources.people.models import Person
from autosilo.wire.identity import IdentityMode

_MODE = Prepared(
    lambda: FaceTemplate.objects.only("mode").order_by().filter(trial=Given("trial"), destroyed_at__isnull=True)
)


def pass_of(trial: Trial) -> VisitPass | None:
    return VisitPass.objects.filter(trial=trial).first()


def modes_of(trial: Trial) -> tuple[IdentityMode, ...]:
    """The ways in which a kiosk may know this shopper, by the rules under which the trial was made."""
    return policy_of(trial).identity


def offers_face(trial: Trial) -> bool:
    """Is there any way with a face?"""
    return any(mode is not IdentityMode.PASS_CODE for mode in modes_of(trial))


def face_of(trial: Trial) -> FaceTemplate | None:
    """The template while it is kept, else None."""
    return FaceTemplate.objects.filter(trial=trial, destroyed_at=None).first()


def face_mode(trial: Trial) -> IdentityMode | None:
    """How the template that is kept may be used; None when none is kept."""
    kept = _MODE.one(trial=trial.pk)
    return IdentityMode(kept.mode) if kept else None


def has_face(trial: Trial) -> bool:
    return FaceTemplate.objects.filter(trial=trial, destroyed_at=None).exists()


def consent_of(trial: Trial) -> BiometricConsent | None:
    """The consent that holds, else None."""
    return BiometricConsent.objects.filter(trial=trial, withdrawn_at=None).first()


def has_consent_record(trial: Trial) -> bool:
    """Was anything ever said about the face of this visit?"""
    return ConsentAct.objects.filter(consent__trial=trial).exists()


@dataclass(frozen=True, kw_only=True)
class FaceOfVisit:
    """How it stands with somebody's face in one visit: what was said last, and what is kept."""

    trial: Trial
    given_at: datetime
    withdrawn_at: datetime | None
    kept: bool
    recorded: bool

    @property
    def withdrawable(self) -> bool:
        """Is there anything to take back: a consent that holds, or a template?"""
        return self.withdrawn_at is None or self.kept


def faces_of(person: Person) -> list[FaceOfVisit]:
    """Of each visit for which a consent was ever given, the newest first."""
    consents = BiometricConsent.objects.filter(person=person).select_related("trial__car_model", "trial__site")
    newest: dict[UUID, BiometricConsent] = {}
    for consent in consents.order_by("-given_at", "-pk"):
        newest.setdefault(consent.trial_id, consent)
    kept = set(FaceTemplate.objects.filter(trial__in=newest, destroyed_at=None).values_list("trial", flat=True))
    recorded = set(ConsentAct.objects.filter(consent__trial__in=newest).values_list("consent__trial", flat=True))
    return [
        FaceOfVisit(
            trial=one.trial,
            given_at=one.given_at,
            withdrawn_at=one.withdrawn_at,
            kept=trial in kept,
            recorded=trial in recorded,
        )
        for trial, one in newest.items()
    ]


def faces_held() -> int:
    """Of how many people a template is kept, at all sites together."""
    return FaceTemplate.objects.filter(destroyed_at=None).values("trial__person").distinct().count()
