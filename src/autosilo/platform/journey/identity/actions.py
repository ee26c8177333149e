"""Consent, template, pass: how the kiosk will know the shopper.

A face is used only with a separate consent and never as the only way in. Nothing of a capture is kept but a template
sealed for one site and one visit; neither pictures nor template are ever logged.
"""

import secrets
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.identity import consent_text, consents
from autosilo.platform.journey.identity.facts import FaceEnrolled, FaceWithdrawn, PassChanged
from autosilo.platform.journey.identity.models import FaceTemplate, VisitPass
from autosilo.platform.journey.identity.passes import pass_token
from autosilo.platform.journey.identity.queries import face_mode, face_of, modes_of
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import CONFIRMED
from autosilo.platform.kit.facts import tell
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit
from autosilo.wire import held
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import with_key
from autosilo.wire.sealed import Sealed, seal

log = structlog.get_logger(__name__)

SALT_BYTES = 16


class CannotEnrol(Refusal):
    messages = {
        "consent_outdated": _("The words of the consent have changed. Please read them again."),
        "trial_over": _("This trial needs no face any more."),
        "mode_not_offered": _("This way of being known is not offered in this market. Your pass and code work."),
        "portrait_missing": _("The licence's portrait is gone already. Please show it again, or go on without it."),
        "portrait_differs": _(
            "Your face and the portrait in the licence do not agree well enough. Please try again in even light, or "
            "use pass and code."
        ),
        "site_without_key": _("This site does not take faces at the moment. Your pass and code work."),
    }


class CannotWithdraw(Refusal):
    messages = {"nothing_kept": _("Nothing of your face is kept, and no consent to it holds.")}


def may_enrol(*, trial: Trial, consent_version: str) -> IdentityMode:
    """Which way of being known these words are for. Raises ``CannotEnrol`` where a face would not be taken."""
    mode = consent_text.MODE_OF.get(consent_version)
    if mode is None:
        raise CannotEnrol("consent_outdated")
    if trial.state not in CONFIRMED:
        raise CannotEnrol("trial_over")
    if mode not in modes_of(trial):
        raise CannotEnrol("mode_not_offered")
    if not trial.site.sealing_public_key:
        raise CannotEnrol("site_without_key")
    return mode


def enrol(*, trial: Trial, template: bytes, consent_version: str, language: str, now: datetime) -> str | None:
    """Record the consent to the words of ``consent_version`` in ``language``, and keep the template, sealed.

    For ``pass_face`` it is locked as well, and the pass that opens it is returned, to be shown once: its key is made
    here, is in no database, log or message, and is gone when the caller forgets the answer. A second capture takes the
    place of the first. Raises ``CannotEnrol``; then neither consent nor template was kept.
    """
    mode = may_enrol(trial=trial, consent_version=consent_version)
    if mode is IdentityMode.FACE_EXPECTED:
        _enrol(trial, mode, _sealed_for_site(template, trial), consent_version, language, now)
        return None
    key = held.new_key()
    sealed = _sealed_for_site(held.lock(template, key=key, trial=trial.pk), trial)
    _enrol(trial, mode, sealed, consent_version, language, now)
    return with_key(pass_token(issue_pass(trial=trial, now=now)), key)


@transaction.atomic
def withdraw_face(*, trial: Trial, now: datetime) -> None:
    """The shopper takes the consent back: the template is destroyed here and at the site; the pass goes on working.

    After the visit the template is gone already, and the withdrawal stands in the record alone. Raises
    ``CannotWithdraw``.
    """
    trial = trials.lock(trial)
    destroyed = destroy_face(trial=trial, now=now)
    if not consents.take_back(trial=trial, now=now) and not destroyed:
        raise CannotWithdraw("nothing_kept")
    trials.note(trial, kind="face_withdrawn", now=now)
    if destroyed:
        tell(FaceWithdrawn(trial=trial, now=now))


def destroy_face(*, trial: Trial, now: datetime) -> bool:
    """The purpose is met or gone: overwrite the sealed template, keep only when that was. False when none was kept."""
    touched = FaceTemplate.objects.filter(trial=trial, destroyed_at=None).update(sealed=None, destroyed_at=now)
    if touched:
        _accessed(trial, "face_destroyed", now)
    return touched == 1


def face_for_site(*, trial: Trial, now: datetime) -> tuple[IdentityMode, Sealed | None]:
    """The sealed template and what it is for, to be sent to its site; noted as an access. None is for pass and code."""
    face = face_of(trial)
    if face is None:
        return IdentityMode.PASS_CODE, None
    _accessed(trial, "face_sent", now)
    return IdentityMode(face.mode), Sealed.model_validate(face.sealed)


def issue_pass(*, trial: Trial, now: datetime) -> VisitPass:
    """The pass of a visit; the same one when asked again.

    The trial is locked before its pass is written, as by the job that settles a booking in: a page that wrote the pass
    first would wait for the job's trial while the job waits for the page's pass.
    """
    known = VisitPass.objects.filter(trial=trial).first()
    if known is not None:
        return known
    with transaction.atomic():
        trials.lock(trial)
        visit_pass, made = VisitPass.objects.get_or_create(
            trial=trial, defaults={"salt": secrets.token_hex(SALT_BYTES), "issued_at": now}
        )
        if made:
            trials.note(trial, kind="pass_issued", now=now)
    return visit_pass


@transaction.atomic
def renew_pass(*, trial: Trial, now: datetime) -> VisitPass:
    """A lost or seen pass: a new one, and the old one is useless as soon as the site hears of it.

    A template that only the old pass opened has lost its purpose and is destroyed.
    """
    trial = trials.lock(trial)
    if face_mode(trial) is IdentityMode.PASS_FACE:
        destroy_face(trial=trial, now=now)
    visit_pass = issue_pass(trial=trial, now=now)
    VisitPass.objects.filter(pk=visit_pass.pk).update(
        serial=F("serial") + 1, salt=secrets.token_hex(SALT_BYTES), issued_at=now
    )
    visit_pass.refresh_from_db()
    if trial.state in CONFIRMED:
        trials.note(trial, kind="pass_issued", now=now)
        tell(PassChanged(trial=trial, now=now))
    return visit_pass


def _accessed(trial: Trial, action: str, now: datetime) -> None:
    """Every access to biometric data stands in the audit trail."""
    audit.record(actor=None, action=action, target=audit.target_of(trial), detail={"site": trial.site.slug}, now=now)


@transaction.atomic
def _enrol(
    trial: Trial, mode: IdentityMode, sealed: Sealed, version: str, language: str, now: datetime
) -> FaceTemplate:
    trial = trials.lock(trial)
    if trial.state not in CONFIRMED:
        raise CannotEnrol("trial_over")
    consent = consents.give(trial=trial, version=version, language=language, now=now)
    template, _made = FaceTemplate.objects.update_or_create(
        trial=trial,
        defaults={
            "consent": consent,
            "mode": mode.value,
            "sealed": sealed.model_dump(),
            "made_at": now,
            "destroyed_at": None,
        },
    )
    _accessed(trial, "face_enrolled", now)
    trials.note(trial, kind="face_enrolled", now=now)
    tell(FaceEnrolled(trial=trial, now=now))
    log.info("face enrolled", trial=str(trial.pk), mode=mode.value)
    return template


def _sealed_for_site(content: bytes, trial: Trial) -> Sealed:
    return seal(content, public_key=bytes(trial.site.sealing_public_key or b""), trial=trial.pk)
