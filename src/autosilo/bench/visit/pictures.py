"""What stands before the cameras: real photos, in the sizes and the form in which a browser sends them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from autosilo.vision import samples
from autosilo.vision.faces import FaceEngine
from autosilo.vision.samples.clip import frames

STREET, SELFIE, AT_THE_GATE = "street_hatchback.png", "obama.jpg", "obama3.jpg"
"""A car; one person on two different days."""
SCAN_SIDE, SELFIE_SIDE = 1600, 1280
"""Pixels: what the pages' scripts reduce a picture to."""
CLIP_FRAMES = 24
PAGE_QUALITY, KIOSK_QUALITY = 90, 85


@dataclass(frozen=True)
class Pictures:
    """JPEG bytes."""

    street: bytes
    selfie: bytes
    at_the_gate: Sequence[bytes]


def take(folder: Path, weights: Path) -> Pictures:
    """Fetch the samples if they are not there, and prepare them.

    Raises:
        CannotFetch, CannotPlace: the samples could not be fetched.
        WeightsMissing: the model that finds the face in the photo is not there.
    """
    samples.set_up(folder, say=lambda _line: None)
    clip = frames((folder / AT_THE_GATE).read_bytes(), CLIP_FRAMES, engine=FaceEngine(weights))
    return Pictures(
        street=_reduced(folder / STREET, SCAN_SIDE),
        selfie=_reduced(folder / SELFIE, SELFIE_SIDE),
        at_the_gate=[_jpeg(still, KIOSK_QUALITY) for still in clip],
    )


def _reduced(photo: Path, side: int) -> bytes:
    with Image.open(photo) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((side, side))
    return _jpeg(upright, PAGE_QUALITY)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
