"""Somebody before a camera who does what is asked: a portrait, drawn from every side, with a sensor's grain."""

import io

import numpy as np
from PIL import Image

from autosilo.vision.faces import FaceEngine
from autosilo.vision.images import Rgb
from autosilo.vision.samples.clip import CannotMakeClip, frames
from autosilo.vision.samples.turned import View, seen_from

_GRAIN = 1.5  # standard deviation, of 255
_QUALITY = 85  # as the kiosk's page encodes


class Actor:
    """Draws one person. Raises ``CannotRead``, ``CannotMakeClip``, ``WeightsMissing``."""

    def __init__(self, photo: bytes, engine: FaceEngine, *, size: tuple[int, int] = (640, 480), seed: int = 0) -> None:
        self._still = np.asarray(next(frames(photo, 1, size=size, engine=engine)))
        faces = engine.detect(self._still)
        if not faces:
            raise CannotMakeClip("there is no face in the photo")
        self._face = faces[0]
        self._noise = np.random.default_rng(seed)

    def seen(self, view: View) -> Rgb:
        picture = seen_from(self._still, self._face, view)
        grain = self._noise.normal(0, _GRAIN, (*picture.shape[:2], 1)).astype(np.float32)
        return np.clip(picture + grain, 0, 255).astype(np.uint8)

    def jpeg(self, view: View) -> bytes:
        """As the kiosk's page sends it."""
        return jpeg_of(self.seen(view))


def jpeg_of(picture: Rgb) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
