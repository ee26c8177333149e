"""What identity asks of vision."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from autosilo.platform.kit.providers import Socket
from autosilo.vision.faces.types import Enrolment, Problem, Quality
from autosilo.vision.images import CannotRead, Unreadable


class FaceReader(Protocol):
    def enrol(self, data: bytes) -> Enrolment:
        """From a photo to an embedding, if the picture is good enough. Raises ``vision.images.CannotRead``."""


reader: Socket[FaceReader] = Socket("the face engine")


class InstantFaceReader:
    """For unit tests: every photo is good, except those that name a problem (``b"too_dark"``) or are empty."""

    def enrol(self, data: bytes) -> Enrolment:
        if not data:
            raise CannotRead(Unreadable.NOT_AN_IMAGE)
        problems: Sequence[Problem] = [problem for problem in Problem if problem.value.encode() in data]
        if problems:
            return Enrolment(None, Quality(tuple(problems)))
        vector = np.random.default_rng(list(data[:32])).normal(size=128).astype(np.float32)
        return Enrolment(vector / np.linalg.norm(vector), Quality(()))
