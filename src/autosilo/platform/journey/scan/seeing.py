"""What scan asks of vision."""

from hashlib import sha256
from typing import Protocol

import numpy as np

from autosilo.platform.kit.providers import Socket
from autosilo.vision.cars import Body, Box, CarLook, Colour, Detection, Frame, Hint, Point, View
from autosilo.vision.images import CannotRead, Unreadable


class CarReader(Protocol):
    @property
    def encoder(self) -> str:
        """Which network makes the embeddings: those of another one are not comparable."""

    def look(self, photo: bytes, at: Point | Frame | None = None) -> CarLook:
        """Describe the main car of a photo, or the one at a place. Raises ``vision.images.CannotRead``."""

    def study(self, photo: bytes, at: Point | Frame | None = None) -> CarLook:
        """The same for a photo to learn from: slower, more thorough."""


reader: Socket[CarReader] = Socket("the car engine")

INSTANT_LENGTH = 64
OWN_SHARE = 0.3
INSTANT_SIZE = (400, 300)
_ONE = Box(50, 60, 350, 270)
_LEFT, _RIGHT = Box(10, 100, 190, 220), Box(210, 100, 390, 220)


class InstantCarReader:
    """For unit tests: ``b"red suv"`` is a red SUV, ``b"two red suv"`` a pair of them, ``b"nothing"`` no car, ``b""`` no
    picture. Photos whose words differ in numbers alone (``b"red suv 1"``, ``b"red suv 2"``) look alike."""

    encoder = "instant/1"

    def look(self, photo: bytes, at: Point | Frame | None = None) -> CarLook:
        if not photo:
            raise CannotRead(Unreadable.NOT_AN_IMAGE)
        words = photo.decode(errors="replace").split()
        bodies = [body for body in Body if body.value in words]
        if not bodies:
            return CarLook(found=False, score=0.0, hint=Hint.NO_CAR)
        colour = next((colour for colour in Colour if colour.value in words), Colour.GREY)
        boxes = [_LEFT, _RIGHT] if "two" in words else [_ONE]
        box = boxes[-1] if isinstance(at, Point) and at.x > 0.5 else boxes[0]
        return CarLook(
            found=True,
            score=0.9,
            box=box,
            cars=tuple(Detection(one, 0.9) for one in boxes),
            size=INSTANT_SIZE,
            view=View.FRONT,
            encoder=self.encoder,
            fingerprint=int.from_bytes(sha256(photo).digest()[:8]),
            body={bodies[0]: 1.0},
            colour=colour,
            embedding=_vector(" ".join(word for word in words if not word.isdigit()), photo),
        )

    def study(self, photo: bytes, at: Point | Frame | None = None) -> CarLook:
        return self.look(photo, at)


def _vector(alike: str, photo: bytes) -> np.ndarray:
    """Length 1; ``photo`` turns it a little away from where ``alike`` points."""
    common, own = (np.random.default_rng(list(seed)).normal(size=INSTANT_LENGTH) for seed in (alike.encode(), photo))
    vector = (common + OWN_SHARE * own).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector))
