"""What stands before the cameras: real photos, in the sizes and the form in which a browser sends them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image, ImageOps

from autosilo.vision import samples
from autosilo.vision.faces import FaceEngine
from autosilo.vision.samples.actor import Actor
from autosilo.vision.samples.mover import Mover

STREET, AT_HOME, AT_THE_GATE = "street_hatchback.png", "obama.jpg", "obama3.jpg"
"""A car; one person on two different days."""
SCAN_SIDE = 1600
"""Pixels: what the page's script reduces a picture to."""
FRAMES_EACH = 3
"""Of each movement; they differ as people sway."""
PAGE_QUALITY = 90
SETTLED_S = 2.0
"""After so long every movement has been made."""
PROMPTS = ("look", "left", "right", "up", "closer")


@dataclass(frozen=True)
class Pictures:
    """JPEG bytes."""

    street: bytes
    at_home: Actor
    at_the_gate: Actor


Performance = Mapping[str, Sequence[bytes]]
"""Frames of one visitor in one visit, by what the kiosk asks for."""


def take(folder: Path, weights: Path) -> Pictures:
    """Fetch the samples if they are not there, and prepare them.

    Raises:
        CannotFetch, CannotPlace: the samples could not be fetched.
        WeightsMissing: the model that finds the face in the photo is not there.
    """
    samples.set_up(folder, say=lambda _line: None)
    engine = FaceEngine(weights)
    return Pictures(
        street=_reduced(folder / STREET, SCAN_SIDE),
        at_home=Actor((folder / AT_HOME).read_bytes(), engine),
        at_the_gate=Actor((folder / AT_THE_GATE).read_bytes(), engine),
    )


def perform(actor: Actor, random: Random) -> Performance:
    """Draw what a visitor will show: each stands somewhere else and moves differently."""
    mover, now, shown = Mover(random), 0.0, {}
    for prompt in PROMPTS:
        mover.told(prompt, at_s=now)
        now += SETTLED_S
        shown[prompt] = [actor.jpeg(mover.view(now + index * 0.2)) for index in range(FRAMES_EACH)]
        mover.told("look", at_s=now)
        now += SETTLED_S
    return shown


def _reduced(photo: Path, side: int) -> bytes:
    with Image.open(photo) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((side, side))
    return _jpeg(upright, PAGE_QUALITY)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
