"""What the face part says about a picture."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


@dataclass(frozen=True)
class Face:
    """One face. Pixels of the picture it was found in, origin at the upper left corner.

    `landmarks`: float32 (5, 2): right eye, left eye (the person's own), nose tip, right and left corner of the mouth.
    """

    left: float
    top: float
    width: float
    height: float
    score: float
    landmarks: np.ndarray

    @property
    def eye_distance(self) -> float:
        """Pixels between the centres of the eyes."""
        return float(np.hypot(*(self.landmarks[1] - self.landmarks[0])))

    @property
    def centre(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


@dataclass(frozen=True)
class Pose:
    """Degrees. `yaw` > 0: the person turns to their own left; `pitch` > 0: looks up; `roll` > 0: clockwise as seen."""

    yaw: float
    pitch: float
    roll: float


class Problem(StrEnum):
    """What keeps a picture from being used. The order is the order of importance to the person."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    COVERED = "covered"
    TURNED_AWAY = "turned_away"
    OFF_CENTRE = "off_centre"


@dataclass(frozen=True)
class Quality:
    """`ok` exactly when there is no problem."""

    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Match:
    """The key of the nearest template (None when there was none) and its cosine, -1..1."""

    best: str | None
    score: float


@dataclass(frozen=True)
class Look:
    """All that one frame tells at a gate. `embedding` and `liveness` are of the main face, None without one.

    `liveness` 0..1: how much the frame looks like a person and not like a print or a screen.
    """

    faces: tuple[Face, ...]
    quality: Quality
    pose: Pose | None
    liveness: float | None
    embedding: np.ndarray | None
