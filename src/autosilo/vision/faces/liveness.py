"""Does a frame show a person, or a print or screen of one? MiniFASNet (Minivision, "Silent-Face-Anti-Spoofing", 2020).

Two networks look at the face with more or less of what is around it, where a frame of a telephone or an edge of paper
would be seen. This is a hint from one frame, not a certified detection of presentation attacks (ISO/IEC 30107-3).
"""

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from autosilo.vision.faces.types import Face
from autosilo.vision.images import Rgb

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_SIDE = 80
_GENUINE = 1  # the class of three; 0 and 2 are attacks


class LivenessModel:
    """`views`: the networks, each with the width of its view as a multiple of the face's box."""

    def __init__(self, views: "list[tuple[InferenceSession, float]]") -> None:
        self._views = views

    def liveness(self, image: Rgb, face: Face) -> float:
        """0 (an attack) to 1 (a person): the mean over the networks."""
        return float(np.mean([self._genuine(session, _view(image, face, scale)) for session, scale in self._views]))

    @staticmethod
    def _genuine(session: "InferenceSession", crop: np.ndarray) -> float:
        tensor = crop[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)  # BGR, 0..255
        (scores,) = session.run(None, {"image": tensor})
        return float(scores[0, _GENUINE])


def _view(image: Rgb, face: Face, scale: float) -> np.ndarray:
    """The face's surroundings as (80, 80, 3): `scale` boxes wide or as the picture allows, moved to lie inside it.

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
    return np.asarray(crop.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR))
