"""The portrait in a mobile licence, held once against a face that is being captured.

The wallet answers to one web process, and the face is captured in another, minutes apart. Between them lies a template
of the portrait, sealed for a key whose private half only the shopper's page has: the platform cannot open it with all
that it keeps, nor can who copies its database. It is destroyed when it was compared, after ten minutes at the latest.
"""

import base64
import binascii
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.db import transaction

from autosilo.platform.journey.identity.faces import eye
from autosilo.platform.journey.identity.models import PortraitAsk, PortraitState
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.licences import actions as licences
from autosilo.platform.resources.licences.actions import CannotProve
from autosilo.platform.resources.licences.shown import NotProven
from autosilo.platform.resources.licences.transcript import WITH_PORTRAIT, Question
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.queries import licence_of, missing_details
from autosilo.vision.presence.eye import Embedding
from autosilo.wire.sealed import CannotUnseal, Sealed, seal, unseal

ANSWER_WITHIN = timedelta(minutes=10)
NONCE_BYTES = 32


class NoPortrait(Exception):
    """None is there to compare with: never shown, compared already, too old, or for another page."""


@transaction.atomic
def ask(*, trial: Trial, now: datetime) -> tuple[PortraitAsk, str]:
    """A fresh question to the shopper's wallet, and the key that opens its answer: for their page, kept nowhere here.

    What was asked for the same visit before is gone. Raises ``CannotProve``.
    """
    if not licences.reader().ready():
        raise CannotProve("no_issuer")
    if missing_details(person=trial.person):
        raise CannotProve("details_missing")
    PortraitAsk.objects.filter(trial=trial).delete()
    key = X25519PrivateKey.generate()
    made = PortraitAsk.objects.create(
        trial=trial,
        nonce=secrets.token_urlsafe(NONCE_BYTES),
        public_key=key.public_key().public_bytes_raw(),
        made_at=now,
        ends_at=now + ANSWER_WITHIN,
    )
    return made, base64.b64encode(key.private_bytes_raw()).decode()


def question_of(ask: PortraitAsk) -> Question:
    uri = f"{settings.WEB_URL.rstrip('/')}/wallet/portrait/{ask.pk}"
    return Question(nonce=ask.nonce, response_uri=uri, elements=WITH_PORTRAIT)


def answer(*, ask_id: UUID, response: bytes, now: datetime) -> None:
    """What a wallet sent. Good or bad, the question is over with it. Raises ``CannotProve``."""
    found = PortraitAsk.objects.filter(pk=ask_id, state=PortraitState.OPEN, ends_at__gt=now)
    asked = found.select_related("trial__person", "trial__site").first()
    if asked is None:
        raise CannotProve("over")
    try:
        template = _template(asked, response, now)
    except NotProven as error:
        _end(asked, PortraitState.REFUSED, reason=error.reason)
        raise CannotProve(error.reason) from error
    _end(asked, PortraitState.SHOWN, sealed=seal(template, public_key=bytes(asked.public_key), trial=asked.trial_id))


def agrees(*, ask_id: UUID, trial: Trial, key: str, face: Embedding, now: datetime) -> bool:
    """Is it the same person? The portrait is destroyed with the answer. Raises ``NoPortrait``."""
    with transaction.atomic():
        found = PortraitAsk.objects.select_for_update().filter(pk=ask_id, trial=trial, ends_at__gt=now)
        asked = found.filter(state=PortraitState.SHOWN).first()
        if asked is None:
            raise NoPortrait
        try:
            private_key = base64.b64decode(key, validate=True)
            content = unseal(Sealed.model_validate(asked.sealed), private_key=private_key, trial=trial.pk)
        except (CannotUnseal, binascii.Error) as error:
            raise NoPortrait from error
        sees = eye()
        agreed = sees.similarity(face, sees.read_template(content)) >= sees.doubtful
        PortraitAsk.objects.filter(pk=asked.pk).update(state=PortraitState.COMPARED, sealed=None)
        detail = {"site": trial.site.slug, "agreed": agreed}
        audit.record(actor=None, action="portrait_compared", target=audit.target_of(trial), detail=detail, now=now)
    return agreed


def state_of(*, trial: Trial, ask_id: UUID, now: datetime) -> tuple[PortraitState, str]:
    """How a question stands, and why it was refused; one that is gone or over was refused as ``over``."""
    asked = PortraitAsk.objects.filter(pk=ask_id, trial=trial, ends_at__gt=now).defer("sealed").first()
    return (PortraitState(asked.state), asked.reason) if asked else (PortraitState.REFUSED, "over")


def forget_old(*, now: datetime) -> int:
    """Delete what is over; returns how many."""
    gone, _each = PortraitAsk.objects.filter(ends_at__lte=now).delete()
    return gone


def _template(asked: PortraitAsk, response: bytes, now: datetime) -> bytes:
    """Of the portrait in a licence that is real and the shopper's own. Raises ``NotProven``."""
    shown = licences.reader().read(response, question=question_of(asked), now=now)
    person = asked.trial.person
    if reason := licences.doubt(shown, person, licence_of(person=person), today=now.date()):
        raise NotProven(reason)
    sees = eye()
    face = sees.look(shown.portrait or b"").embedding
    if face is None:
        raise NotProven("portrait")
    return sees.write_template(face)


def _end(asked: PortraitAsk, state: PortraitState, *, reason: str = "", sealed: Sealed | None = None) -> None:
    """Compare and set: of two answers at once, one is heard. Raises ``CannotProve("over")``."""
    kept = sealed.model_dump() if sealed else None
    ended = PortraitAsk.objects.filter(pk=asked.pk, state=PortraitState.OPEN).update(
        state=state, reason=reason, sealed=kept
    )
    if ended != 1:
        raise CannotProve("over")
