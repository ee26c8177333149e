"""The eye of ``autosilo.vision``."""

from pathlib import Path

from autosilo.vision.faces import Look as Seen
from autosilo.vision.faces import mean_of
from autosilo.vision.faces.engine import FaceEngine
from autosilo.vision.faces.pose import lift
from autosilo.vision.faces.templates import CannotUseTemplate, from_bytes, template_bytes
from autosilo.vision.faces.types import Problem
from autosilo.vision.images import CannotRead, Rgb, read_image
from autosilo.vision.presence.eye import Embedding, Hint, Look, Stance

MAX_SIDE = 960
"""Pixels. A face that fills a quarter of the picture's width still has its eyes far enough apart."""

HINT_OF_PROBLEM: dict[Problem, Hint] = {
    Problem.NO_FACE: Hint.NOBODY,
    Problem.SEVERAL_FACES: Hint.ONE_PERSON,
    Problem.TOO_DARK: Hint.LIGHT,
    Problem.TOO_BRIGHT: Hint.GLARE,
    Problem.TOO_SMALL: Hint.CLOSER,
    Problem.BLURRED: Hint.HOLD_STILL,
    Problem.COVERED: Hint.UNCOVER,
    Problem.TURNED_AWAY: Hint.FACE_CAMERA,
    Problem.OFF_CENTRE: Hint.CENTRE,
}
STILL_TELLS = frozenset({Problem.TURNED_AWAY, Problem.OFF_CENTRE, Problem.COVERED})
"""With these, a face can still be followed through a movement that was asked for."""


class VisionEye:
    """Implements ``Eye``. Raises ``WeightsMissing`` or ``CannotUseModel`` when its models are not at hand."""

    def __init__(self, weights_dir: Path | None = None, *, models: Path | None = None) -> None:
        self._engine = FaceEngine(weights_dir, models=models)
        self._engine.warm()
        card = self._engine.embedding_card
        self._mark = card.mark
        self.threshold, self.doubtful = card.match_gate, card.match_single
        self.liveness = self._engine.liveness_card.liveness

    def look(self, jpeg: bytes) -> Look:
        try:
            image = read_image(jpeg, max_side=MAX_SIDE)
        except CannotRead:
            return Look(hint=Hint.BAD_FRAME)
        return self.judged(self._engine.look(image), image)

    @staticmethod
    def judged(seen: Seen, image: Rgb) -> Look:
        """What vision says of a picture, as a gate session takes it."""
        problems = seen.quality.problems
        if any(problem not in STILL_TELLS for problem in problems):
            return Look(hint=HINT_OF_PROBLEM[problems[0]])
        if seen.embedding is None or seen.liveness is None or seen.pose is None:
            return Look(hint=Hint.NOBODY)
        height = image.shape[0]
        face, pose = seen.faces[0], seen.pose
        x, y = face.centre
        return Look(
            hint=HINT_OF_PROBLEM[problems[0]] if problems else Hint.GOOD,
            embedding=seen.embedding,
            liveness=seen.liveness,
            stance=Stance(
                yaw=pose.yaw,
                pitch=pose.pitch,
                lift=lift(face.landmarks),
                roll=pose.roll,
                x=x / height,
                y=y / height,
                size=face.height / height,
            ),
        )

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """Cosine; both have length 1."""
        return float(one @ other)

    def mean(self, embeddings: list[Embedding]) -> Embedding:
        return mean_of(embeddings)

    def read_template(self, content: bytes) -> Embedding:
        try:
            return from_bytes(content, self._mark)
        except CannotUseTemplate as error:
            raise ValueError(str(error)) from error

    def write_template(self, embedding: Embedding) -> bytes:
        return template_bytes(embedding, self._mark)
