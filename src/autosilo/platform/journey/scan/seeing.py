"""What scan asks of vision."""

from typing import Protocol

import numpy as np

from autosilo.platform.kit.providers import Socket
from autosilo.vision.cars.types import Body, CarLook, Colour, Hint
from autosilo.vision.images import CannotRead, Unreadable

EMBEDDING = 1280
ENCODER = "efficientnet-lite3/1"
"""Which network made a reference look, and its version here: looks of another one are not comparable."""


class CarReader(Protocol):
    def look(self, photo: bytes) -> CarLook:
        """Describe the main car of a photo. Raises ``vision.images.CannotRead``."""


reader: Socket[CarReader] = Socket("the car engine")


class InstantCarReader:
    """For unit tests: ``b"red suv"`` is a red SUV, ``b"nothing"`` no car, ``b""`` no picture."""

    def look(self, photo: bytes) -> CarLook:
        if not photo:
            raise CannotRead(Unreadable.NOT_AN_IMAGE)
        words = photo.decode(errors="replace").split()
        bodies = [body for body in Body if body.value in words]
        if not bodies:
            return CarLook(found=False, score=0.0, hint=Hint.NO_CAR)
        colour = next((colour for colour in Colour if colour.value in words), Colour.GREY)
        vector = np.random.default_rng(list(photo[:16])).normal(size=EMBEDDING).astype(np.float32)
        return CarLook(
            found=True, score=0.9, body={bodies[0]: 1.0}, colour=colour, embedding=vector / np.linalg.norm(vector)
        )
