"""A shopper's "it is this one": kept with consent, as a covered crop and numbers, until somebody has looked at it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.scan import consent_text, galleries, learning
from autosilo.platform.journey.scan.actions import read
from autosilo.platform.journey.scan.models import Correction, CorrectionChange
from autosilo.platform.journey.scan.states import CORRECTIONS, CorrectionState
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.kit.states import CannotMove, move
from autosilo.platform.resources.catalogue.models import CarModel, ReferenceLook
from autosilo.platform.resources.people.models import Person
from autosilo.vision.cars import keepsake
from autosilo.vision.images import read_image

MOST_WAITING = 500
"""Corrections that wait at a time: beyond it nobody will come to look at them, and none more are kept."""


class CannotCorrect(Refusal):
    messages = {
        "no_consent": _("Nothing was sent: tick the consent if your photo may help."),
        "no_such_model": _("This model is not in the catalogue."),
        "no_car": _("There is no car in this picture any more. Please take it again."),
        "enough": _("There are enough pictures to look through at the moment. Thank you all the same."),
    }


class CannotDecide(Refusal):
    messages = {"decided": _("Somebody has decided this already, or it was withdrawn.")}


def suggest(
    *,
    photo: bytes,
    at: tuple[float, float] | None,
    slug: str,
    taken_for: str,
    consent: str,
    language: str,
    now: datetime,
) -> Correction:
    """Keep what the shopper has agreed to. ``consent``: version of the words that were ticked.

    Raises ``CannotCorrect``, ``CannotRead``.
    """
    if consent != consent_text.VERSION:
        raise CannotCorrect("no_consent")
    model = CarModel.objects.filter(pk=slug, on_sale=True).first()
    if model is None:
        raise CannotCorrect("no_such_model")
    if Correction.objects.filter(state=CorrectionState.WAITING).count() >= MOST_WAITING:
        raise CannotCorrect("enough")
    seen = read(photo=photo, at=at, thoroughly=True)
    if not seen.found or seen.box is None:
        raise CannotCorrect("no_car")
    numbers = learning.numbers_of(seen)
    return Correction.objects.create(
        model=model,
        taken_for=taken_for[:60],
        sent_at=now,
        keep_until=now + timedelta(days=consent_text.KEPT_DAYS),
        text_version=consent,
        text_digest=consent_text.digest(language, consent),
        language=language,
        jpeg=keepsake(read_image(photo), seen.box),
        encoder=numbers.encoder,
        vector=numbers.vector,
        fingerprint=numbers.fingerprint,
        view=numbers.view,
        width=numbers.width,
        height=numbers.height,
    )


@transaction.atomic
def accept(*, correction: Correction, by: Person, now: datetime) -> ReferenceLook:
    """It becomes a reference look of its model; the picture goes. Raises ``CannotDecide``, ``CannotLearn``."""
    row = Correction.objects.select_for_update().get(pk=correction.pk)
    if row.state != CorrectionState.WAITING or row.vector is None:
        raise CannotDecide("decided")
    numbers = learning.Numbers(
        encoder=row.encoder,
        vector=bytes(row.vector),
        fingerprint=row.fingerprint,
        view=row.view,
        width=row.width,
        height=row.height,
    )
    look = learning.add_look(model=row.model, numbers=numbers, note="", now=now, origin=ReferenceLook.Origin.SHOPPER)
    _end(row, to=CorrectionState.ACCEPTED, now=now, by=f"operator {by.pk}", decided_by=by, look=look)
    return look


@transaction.atomic
def decline(*, correction: Correction, by: Person, now: datetime) -> None:
    """Picture and numbers go. Raises ``CannotDecide``."""
    try:
        _end(correction, to=CorrectionState.DECLINED, now=now, by=f"operator {by.pk}", decided_by=by)
    except CannotMove as late:
        raise CannotDecide("decided") from late


@transaction.atomic
def withdraw(*, correction: UUID, now: datetime) -> None:
    """The shopper takes it back: everything of it goes, also what became of it. A second time nothing happens."""
    row = Correction.objects.select_for_update().filter(pk=correction).first()
    if row is None or row.state not in CORRECTIONS.sources(CorrectionState.WITHDRAWN):
        return
    if row.look is not None:
        row.look.delete()
        galleries.without(since=row.decided_at or now, now=now)
    _end(row, to=CorrectionState.WITHDRAWN, now=now, by="shopper", look=None)


def let_lapse(*, now: datetime) -> int:
    """Delete what has waited for as long as was agreed; returns how many."""
    late = list(Correction.objects.filter(state=CorrectionState.WAITING, keep_until__lte=now).defer("jpeg", "vector"))
    for row in late:
        _end(row, to=CorrectionState.LAPSED, now=now, by="clock")
    return len(late)


def _end(row: Correction, *, to: CorrectionState, now: datetime, by: str, **fields: Any) -> None:
    gone = {"jpeg": None, "vector": None, "fingerprint": "", "decided_at": now}
    move(row, to=to, table=CORRECTIONS, history=CorrectionChange, now=now, by=by, **(gone | fields))
