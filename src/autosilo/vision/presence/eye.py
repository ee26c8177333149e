"""What a session before a camera needs from seeing, and nothing more of it."""

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
class Stance:
    """Where the face is and where it looks.

    Degrees as in ``vision.faces.Pose``; ``lift`` as in ``vision.faces.pose.lift``. ``x``, ``y``: the face's middle;
    ``size``: its height; all three as shares of the picture's height.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    lift: float = 0.0
    roll: float = 0.0
    x: float = 0.5
    y: float = 0.5
    size: float = 0.4


@dataclass(frozen=True, kw_only=True)
class Look:
    """One frame's answer. The rest is there exactly when one face is seen well enough to tell whose it is.

    ``hint`` is ``GOOD`` when it also looks into the camera, from the middle of the picture. ``liveness``: 0 for a
    print or screen, 1 for a person.
    """

    hint: Hint
    embedding: Embedding | None = None
    liveness: float = 0.0
    stance: Stance | None = None


class Eye(Protocol):
    """Synchronous and slow (tens of milliseconds a frame): called on the one vision thread.

    Whatever sees may stand behind it: a camera with ``autosilo.vision``, or one for infrared or depth with models of
    its own. Such a camera answers ``liveness`` from what it measures; nothing else here changes.
    """

    threshold: float
    """Similarity that the mean of the best frames must reach."""

    doubtful: float
    """Similarity that every step must reach; between the two, a second factor decides."""

    liveness: float
    """Liveness that the mean of each step's frames must reach."""

    def look(self, jpeg: bytes) -> Look:
        """Decode safely, find exactly one face of good quality, judge and embed it. Never raises for bad input."""

    def similarity(self, one: Embedding, other: Embedding) -> float: ...

    def mean(self, embeddings: list[Embedding]) -> Embedding:
        """What several embeddings of one person say together."""

    def read_template(self, content: bytes) -> Embedding:
        """The embedding inside an unsealed template. Raises ``ValueError``."""

    def write_template(self, embedding: Embedding) -> bytes:
        """What ``read_template`` reads."""
