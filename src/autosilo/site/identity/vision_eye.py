"""The eye of ``autosilo.vision``."""

from pathlib import Path

from autosilo.site.identity.eye import Embedding, Hint, Look
from autosilo.vision import thresholds
from autosilo.vision.faces.engine import FaceEngine
from autosilo.vision.faces.templates import CannotUseTemplate, from_bytes
from autosilo.vision.faces.types import Problem
from autosilo.vision.images import CannotRead, read_image

MAX_SIDE = 960
"""Pixels. A face that fills a quarter of the picture's width still has its eyes far enough apart."""

HINT_OF_PROBLEM: dict[Problem, Hint] = {
    Problem.NO_FACE: Hint.NOBODY,
    Problem.SEVERAL_FACES: Hint.ONE_PERSON,
    Problem.TOO_DARK: Hint.LIGHT,
    Problem.TOO_BRIGHT: Hint.GLARE,
    Problem.TOO_SMALL: Hint.CLOSER,
    Problem.BLURRED: Hint.HOLD_STILL,
    Problem.TURNED_AWAY: Hint.FACE_CAMERA,
    Problem.OFF_CENTRE: Hint.CENTRE,
}


class VisionEye:
    """Implements ``Eye``. Raises ``WeightsMissing`` when made without model weights at hand."""

    threshold = thresholds.MATCH_GATE
    liveness = thresholds.LIVENESS

    def __init__(self, weights_dir: Path | None = None) -> None:
        self._engine = FaceEngine(weights_dir)
        self._engine.warm()

    def look(self, jpeg: bytes) -> Look:
        try:
            seen = self._engine.look(read_image(jpeg, max_side=MAX_SIDE))
        except CannotRead:
            return Look(hint=Hint.BAD_FRAME)
        if seen.quality.problems:
            return Look(hint=HINT_OF_PROBLEM[seen.quality.problems[0]])
        if seen.embedding is None or seen.liveness is None:
            return Look(hint=Hint.NOBODY)
        return Look(hint=Hint.GOOD, embedding=seen.embedding, liveness=seen.liveness)

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """Cosine; both have length 1."""
        return float(one @ other)

    def read_template(self, content: bytes) -> Embedding:
        try:
            return from_bytes(content)
        except CannotUseTemplate as error:
            raise ValueError(str(error)) from error
