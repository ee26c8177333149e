"""Is a picture of a face good enough to tell who it is?"""

import numpy as np

from autosilo.vision import thresholds as limit
from autosilo.vision.faces.align import aligned
from autosilo.vision.faces.pose import pose
from autosilo.vision.faces.types import Face, Problem, Quality
from autosilo.vision.images import Rgb

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
_MIDDLE = slice(28, 84)  # of the 112-pixel aligned face: skin, no hair, no background


def judge(image: Rgb, faces: list[Face], crop: Rgb | None = None, *, is_covered: bool = False) -> Quality:
    """Judge the picture by the largest of its faces (`faces` as the detector sorts them; `crop`: that one aligned).

    `is_covered`: what the length of its embedding says.
    """
    if not faces:
        return Quality((Problem.NO_FACE,))
    found = _of_face(image, faces[0], aligned(image, faces[0].landmarks) if crop is None else crop)
    if _is_crowd(faces):
        found.add(Problem.SEVERAL_FACES)
    if is_covered or faces[0].score < limit.MIN_CLEARNESS:
        found.add(Problem.COVERED)
    return Quality(tuple(problem for problem in Problem if problem in found))


def brightness(luma: np.ndarray) -> float:
    """Mean of the middle of an aligned face's luma, 0..255."""
    return float(luma[_MIDDLE, _MIDDLE].mean())


def sharpness(luma: np.ndarray) -> float:
    """Variance of the Laplacian of an aligned face, its contrast brought to a standard deviation of 50 first.

    Without that, a dim but sharp face would count as blurred.
    """
    contrast = max(float(luma.std()), 1.0)
    even = luma * (50.0 / contrast)
    middle = even[1:-1, 1:-1]
    laplacian = even[:-2, 1:-1] + even[2:, 1:-1] + even[1:-1, :-2] + even[1:-1, 2:] - 4 * middle
    return float(laplacian.var())


def luma_of(crop: Rgb) -> np.ndarray:
    """float32 (112, 112), 0..255, of an aligned face."""
    return np.asarray(crop @ _LUMA)


def _is_crowd(faces: list[Face]) -> bool:
    areas = [face.width * face.height for face in faces[:2]]
    return len(areas) > 1 and areas[1] >= limit.SECOND_FACE * areas[0]


def _of_face(image: Rgb, face: Face, crop: Rgb) -> set[Problem]:
    luma = luma_of(crop)
    light = brightness(luma)
    angles = pose(face.landmarks)
    turned = abs(angles.yaw) > limit.MAX_YAW or abs(angles.pitch) > limit.MAX_PITCH or abs(angles.roll) > limit.MAX_ROLL
    found = {
        Problem.TOO_DARK: light < limit.TOO_DARK,
        Problem.TOO_BRIGHT: light > limit.TOO_BRIGHT,
        Problem.TOO_SMALL: face.eye_distance < limit.MIN_EYE_DISTANCE,
        Problem.BLURRED: sharpness(luma) < limit.MIN_SHARPNESS,
        Problem.TURNED_AWAY: turned,
        Problem.OFF_CENTRE: _is_off_centre(image, face),
    }
    return {problem for problem, is_so in found.items() if is_so}


def _is_off_centre(image: Rgb, face: Face) -> bool:
    height, width = image.shape[:2]
    x, y = face.centre
    return max(abs(x / width - 0.5), abs(y / height - 0.5)) > limit.MAX_OFF_CENTRE
