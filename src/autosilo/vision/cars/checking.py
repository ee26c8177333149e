"""Whether a photo may become a reference photo, and what speaks against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from autosilo.vision.cars.fingerprint import near
from autosilo.vision.cars.gallery import Gallery
from autosilo.vision.cars.types import CarLook
from autosilo.vision.thresholds import SUSPECT

SMALLEST: Final = 120
"""Pixels of the car's shorter side below which a photo teaches little: it would be enlarged to the networks' 224."""


class DoubtKind(StrEnum):
    """What speaks against a photo."""

    NO_CAR = "no_car"
    TOO_SMALL = "too_small"
    DUPLICATE = "duplicate"
    WRONG_MODEL = "wrong_model"


@dataclass(frozen=True)
class Doubt:
    """`other`: the key of the photo that this one repeats, or the model that it looks like."""

    kind: DoubtKind
    other: str | None = None


def check(look: CarLook, slug: str, gallery: Gallery | None, known: Mapping[str, int]) -> list[Doubt]:
    """Doubts about `look` as a reference photo of `slug`; empty when there are none.

    `known`: key -> fingerprint of the photos that are there already.
    """
    if not look.found or look.box is None or look.embedding is None:
        return [Doubt(DoubtKind.NO_CAR)]
    doubts = []
    if min(look.box.right - look.box.left, look.box.bottom - look.box.top) < SMALLEST:
        doubts.append(Doubt(DoubtKind.TOO_SMALL))
    if look.fingerprint is not None:
        twins = (key for key, other in known.items() if near(look.fingerprint, other))
        doubts += [Doubt(DoubtKind.DUPLICATE, key) for key in list(twins)[:1]]
    suspected = _suspected(look, slug, gallery)
    return [*doubts, Doubt(DoubtKind.WRONG_MODEL, suspected)] if suspected else doubts


def _suspected(look: CarLook, slug: str, gallery: Gallery | None) -> str | None:
    """The model that the photo surely looks like instead, where `slug` itself has photos to be compared with."""
    if gallery is None or look.embedding is None or gallery.encoder != look.encoder or slug not in gallery.counts:
        return None
    similarity = gallery.similarity(look.embedding)
    if not similarity or not gallery.is_calibrated:
        return None
    shares = gallery.probabilities(similarity)
    first = max(shares, key=lambda other: shares[other])
    return first if first != slug and shares[first] >= SUSPECT else None
