"""Reference looks: what an operator's photos teach the scan. Numbers are kept; a picture only where asked for."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.scan import queries
from autosilo.platform.journey.scan.actions import read
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.catalogue.models import CarModel, LookPicture, ReferenceLook
from autosilo.vision.cars import CarLook, DoubtKind, check, keepsake
from autosilo.vision.images import read_image


class CannotLearn(Refusal):
    messages = {
        "no_car": _("There is no car in this picture, or it is too small or unclear."),
        "too_small": _("The car is too small in this picture. Come closer, or use a larger picture."),
        "known_already": _("This picture is in the gallery already."),
        "wrong_model": _("This looks like another model. Add it all the same if you are sure."),
    }


REFUSED = {
    DoubtKind.NO_CAR: "no_car",
    DoubtKind.TOO_SMALL: "too_small",
    DoubtKind.DUPLICATE: "known_already",
    DoubtKind.WRONG_MODEL: "wrong_model",
}


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What is kept of a look."""

    encoder: str
    vector: bytes
    fingerprint: str
    view: str
    width: int
    height: int


def learn(
    *, model: CarModel, photo: bytes, note: str, now: datetime, sure: bool = False, keep_picture: bool = False
) -> ReferenceLook:
    """Add the look of the main car of ``photo`` to ``model``.

    ``sure``: also where it looks like another model. ``keep_picture``: its covered crop is kept as well.
    Raises ``CannotRead``, ``CannotLearn`` (``detail``: ``other``, the model suspected or that has the picture).
    """
    seen = read(photo=photo, thoroughly=True)
    _judge(seen, model=model, sure=sure)
    jpeg = keepsake(read_image(photo), seen.box) if keep_picture and seen.box else None
    return add_look(model=model, numbers=numbers_of(seen), note=note, now=now, jpeg=jpeg)


def numbers_of(seen: CarLook) -> Numbers:
    """Raises ``CannotLearn`` where there is no car."""
    if not seen.found or seen.embedding is None or seen.box is None:
        raise CannotLearn("no_car")
    return Numbers(
        encoder=seen.encoder,
        vector=seen.embedding.astype("<f4").tobytes(),
        fingerprint="" if seen.fingerprint is None else f"{seen.fingerprint:016x}",
        view=seen.view.value if seen.view else "",
        width=round(seen.box.right - seen.box.left),
        height=round(seen.box.bottom - seen.box.top),
    )


def add_look(
    *,
    model: CarModel,
    numbers: Numbers,
    note: str,
    now: datetime,
    jpeg: bytes | None = None,
    origin: str = ReferenceLook.Origin.OPERATOR,
) -> ReferenceLook:
    """Write it down. Raises ``CannotLearn`` when somebody was quicker with the same picture."""
    try:
        with transaction.atomic():
            look = ReferenceLook.objects.create(
                model=model,
                added_at=now,
                note=note[:120],
                origin=origin,
                encoder=numbers.encoder,
                vector=numbers.vector,
                fingerprint=numbers.fingerprint,
                view=numbers.view,
                width=numbers.width,
                height=numbers.height,
            )
            if jpeg is not None:
                LookPicture.objects.create(look=look, jpeg=jpeg)
    except IntegrityError as twice:
        raise CannotLearn("known_already", other=model.pk) from twice
    return look


def forget(*, look: ReferenceLook) -> None:
    """Take a reference look out; galleries trained before go on knowing it until the next training."""
    look.delete()


def _judge(seen: CarLook, *, model: CarModel, sure: bool) -> None:
    gallery = queries.active_gallery(encoder=seen.encoder)
    for doubt in check(seen, model.slug, gallery, queries.fingerprints(encoder=seen.encoder)):
        if doubt.kind is DoubtKind.WRONG_MODEL and sure:
            continue
        raise CannotLearn(REFUSED[doubt.kind], other=_named(doubt.kind, doubt.other))


def _named(kind: DoubtKind, other: str | None) -> str:
    """Slug of the model that the doubt speaks of; a twin is named by the number of its look."""
    if kind is DoubtKind.DUPLICATE and other:
        return str(ReferenceLook.objects.filter(pk=other).values_list("model", flat=True).first() or "")
    return other or ""
