"""What a gate session needs from seeing, and nothing more of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Embedding = NDArray[np.float32]


class Hint(StrEnum):
    """What the person before the camera is told to do next; ``GOOD`` asks for nothing."""

    NOBODY = "nobody"
    ONE_PERSON = "one_person"
    CLOSER = "closer"
    CENTRE = "centre"
    LIGHT = "light"
    GLARE = "glare"
    HOLD_STILL = "hold_still"
    FACE_CAMERA = "face_camera"
    UNCOVER = "uncover"
    NOT_LIVE = "not_live"
    BAD_FRAME = "bad_frame"
    GOOD = "good"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One frame's answer. ``embedding`` and ``liveness`` (0 print or screen, 1 person) only with ``GOOD``."""

    hint: Hint
    embedding: Embedding | None = None
    liveness: float = 0.0


class Eye(Protocol):
    """Synchronous and slow (tens of milliseconds a frame): called on the one vision thread."""

    threshold: float
    """Similarity that the mean of the agreeing frames must reach."""

    liveness: float
    """Liveness that the mean of the same frames must reach."""

    def look(self, jpeg: bytes) -> Look:
        """Decode safely, find exactly one face of good quality, judge and embed it. Never raises for bad input."""

    def similarity(self, one: Embedding, other: Embedding) -> float: ...

    def read_template(self, content: bytes) -> Embedding:
        """The embedding inside an unsealed template. Raises ``ValueError``."""
