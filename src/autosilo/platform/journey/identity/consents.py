"""What a shopper said of their face, and when: signed statements that are only ever added to.

A consent holds while its last statement is "given". The statement has the very words that were shown, so it can be read
without the shop; `autosilo consent verify` checks a downloaded record.
"""

import json
from datetime import datetime

from autosilo.platform.journey.identity import consent_text
from autosilo.platform.journey.identity.models import Act, BiometricConsent, ConsentAct
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.signing import Signed, holds, public_key, public_pem, sign

KIND = "biometric consent v1"


def give(*, trial: Trial, version: str, language: str, now: datetime) -> BiometricConsent:
    """The consent to these words; the one that holds where they are the same. Call inside the trial's lock."""
    digest = consent_text.digest(language, version)
    standing = BiometricConsent.objects.filter(trial=trial, withdrawn_at=None, text_digest=digest).first()
    if standing is not None:
        return standing
    take_back(trial=trial, now=now)
    consent = BiometricConsent.objects.create(
        person=trial.person,
        trial=trial,
        text_version=version,
        text_digest=digest,
        language=language,
        given_at=now,
    )
    _act(consent, Act.GIVEN, now)
    return consent


def take_back(*, trial: Trial, now: datetime) -> bool:
    """Withdraw what holds; False when nothing did. Call inside the trial's lock."""
    standing = list(BiometricConsent.objects.filter(trial=trial, withdrawn_at=None))
    for consent in standing:
        BiometricConsent.objects.filter(pk=consent.pk).update(withdrawn_at=now)
        _act(consent, Act.WITHDRAWN, now)
    return bool(standing)


def record(trial: Trial) -> dict[str, object]:
    """What the shopper may download: every statement about this visit, in order, and how to check it."""
    acts = ConsentAct.objects.filter(consent__trial=trial).order_by("pk")
    return {
        "v": 1,
        "algorithm": "Ed25519 over the UTF-8 bytes of statement",
        "present_public_key": public_key(KIND),
        "acts": [Signed.model_validate(act).model_dump() for act in acts],
    }


def published_key() -> dict[str, object]:
    """Under what these statements are signed at present, for whoever checks one without our help."""
    return {
        "v": 1,
        "what": KIND,
        "algorithm": "Ed25519 over the UTF-8 bytes of statement",
        "public_key": public_key(KIND),
        "pem": public_pem(KIND),
    }


def signed(act: ConsentAct) -> bool:
    """Is the statement the one that was signed?"""
    return holds(Signed.model_validate(act))


def _act(consent: BiometricConsent, act: Act, now: datetime) -> None:
    said = {
        "v": 1,
        "act": act.value,
        "at": now.isoformat(),
        "person": consent.person_id,
        "trial": str(consent.trial_id),
        "site": consent.trial.site.slug,
        "text_version": consent.text_version,
        "language": consent.language,
        "text": consent_text.text(consent.language, consent.text_version),
    }
    one = sign(json.dumps(said, ensure_ascii=False, sort_keys=True), kind=KIND)
    ConsentAct.objects.create(consent=consent, act=act, at=now, **one.model_dump())
