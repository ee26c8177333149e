"""Does a frame show a person, or a print or screen of one? MiniFASNet (Minivision, "Silent-Face-Anti-Spoofing", 2020).

Two networks look at the face with more or less of what is around it, where a frame of a telephone or an edge of paper
would be seen. This is a hint from one frame, not a certified detection of presentation attacks (ISO/IEC 30107-3).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from autosilo.vision.faces.cards import MINIFASNET, CannotUseModel, LivenessCard
from autosilo.vision.faces.prepared import tensor_of
from autosilo.vision.faces.types import Face
from autosilo.vision.images import Rgb

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class LivenessModel:
    """`sessions`: one network for each of the card's views."""

    def __init__(self, sessions: "Sequence[InferenceSession]", card: LivenessCard = MINIFASNET) -> None:
        self._views = list(zip(sessions, card.views, strict=True))
        self._card = card

    def liveness(self, image: Rgb, face: Face) -> float:
        """0 (an attack) to 1 (a person): the mean over the networks."""
        side = self._card.side
        return float(np.mean([self._genuine(run, _view(image, face, view.width, side)) for run, view in self._views]))

    def _genuine(self, session: "InferenceSession", crop: np.ndarray) -> float:
        (output, *_) = session.run(None, {self._card.input: tensor_of(crop, self._card)})
        scores = np.asarray(output, np.float64).reshape(-1)
        if len(scores) <= self._card.genuine:
            raise CannotUseModel(
                f"{self._card.name} answers {len(scores)} classes, its card means {self._card.genuine}"
            )
        if self._card.softmax:
            scores = np.exp(scores - scores.max())
            scores /= scores.sum()
        return float(scores[self._card.genuine])


def _view(image: Rgb, face: Face, scale: float, side: int) -> np.ndarray:
    """The face's surroundings as (side, side, 3): `scale` boxes wide or as the picture allows, moved to lie inside it.

    This follows the authors' rule, since the networks were taught with it.
    """
    height, width = image.shape[:2]
    scale = min(scale, (width - 1) / face.width, (height - 1) / face.height)
    size = np.array([face.width, face.height]) * scale
    low = np.array(face.centre) - size / 2
    low = np.clip(low, 0, np.maximum(np.array([width - 1, height - 1]) - size, 0))
    left, top = (int(edge) for edge in low)
    right, bottom = (int(edge) for edge in low + size)
    crop = Image.fromarray(image[top : bottom + 1, left : right + 1])
    return np.asarray(crop.resize((side, side), Image.Resampling.BILINEAR))
