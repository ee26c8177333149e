"""Reference looks: what an operator's photos teach the scan. Numbers are kept, photos are not."""

from datetime import datetime

import numpy as np
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.scan import queries
from autosilo.platform.journey.scan.actions import CannotRead
from autosilo.platform.journey.scan.seeing import ENCODER, reader
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.catalogue.models import CarModel, ReferenceLook
from autosilo.vision import images

SAME_PICTURE = 0.999
"""Cosine of two embeddings from which on they are of one picture; re-encoding a JPEG stays above it."""


class CannotLearn(Refusal):
    messages = {
        "no_car": _("There is no car in this picture, or it is too small or unclear."),
        "known_already": _("This picture is in the gallery already."),
    }


def learn(*, model: CarModel, photo: bytes, note: str, now: datetime) -> ReferenceLook:
    """Add the look of the main car of ``photo`` to ``model``. Raises ``CannotRead``, ``CannotLearn``."""
    try:
        seen = reader().look(photo)
    except images.CannotRead as error:
        raise CannotRead(error.reason.value) from error
    if not seen.found or seen.embedding is None:
        raise CannotLearn("no_car")
    known = queries.references().get(model.slug)
    if known is not None and float(np.max(known @ seen.embedding)) > SAME_PICTURE:
        raise CannotLearn("known_already")
    vector = seen.embedding.astype("<f4").tobytes()
    return ReferenceLook.objects.create(model=model, encoder=ENCODER, vector=vector, added_at=now, note=note[:120])
