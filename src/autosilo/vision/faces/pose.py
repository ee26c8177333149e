"""Where a head looks, from its five points.

A mean face of five points in space is fitted to the picture under scaled orthography (Dementhon & Davis 1995, the first
step of POSIT): a least-squares problem with a closed solution. Errors are some degrees; enough to ask for a turn.
"""

import numpy as np

from autosilo.vision.faces.types import Pose

# Mean adult face (Farkas 1994, "Anthropometry of the Head and Face"; Dodgson 2004 for the pupils), in mm: x to the
# picture's right, y down from the pupils, z towards the viewer. Right eye, left eye, nose tip, corners of the mouth.
_MEAN_FACE = np.array(
    [[-31.5, 0.0, 0.0], [31.5, 0.0, 0.0], [0.0, 41.0, 30.0], [-26.0, 72.0, 8.0], [26.0, 72.0, 8.0]], np.float64
)
_NO_NOSE = 0.05
"""Of the distance between the eyes: a nose as high as that is no nose, but a wrong point."""
_FACE_INVERSE = np.linalg.pinv(_MEAN_FACE - _MEAN_FACE.mean(axis=0))


def pose(landmarks: np.ndarray) -> Pose:
    """Angles of the head from (5, 2) landmarks in pixels; all zero for a face that looks into the camera."""
    centred = landmarks.astype(np.float64) - landmarks.mean(axis=0)
    rows = (_FACE_INVERSE @ centred).T  # (2, 3): the first two rows of the rotation, times the scale
    u, _, v = np.linalg.svd(rows, full_matrices=False)
    x_axis, y_axis = u @ v  # the nearest pair of perpendicular unit vectors
    z_axis = np.cross(x_axis, y_axis)
    yaw = np.degrees(np.arctan2(x_axis[2], z_axis[2]))
    pitch = np.degrees(np.arcsin(np.clip(-y_axis[2], -1, 1)))
    roll = np.degrees(np.arctan2(y_axis[0], y_axis[1]))
    return Pose(yaw=float(yaw), pitch=float(pitch), roll=float(roll))


def lift(landmarks: np.ndarray) -> float:
    """How far the nose has come up: minus the logarithm, in per cent, of its distance below the eyes over that between
    the eyes. It tells of a look up what the fitted face does not, where a mouth or a chin misleads it; only differences
    of one person mean something."""
    right, left, nose, *mouth = landmarks.astype(np.float64)
    eyes = (right + left) / 2
    down = np.mean(mouth, axis=0) - eyes
    below = float((nose - eyes) @ down) / max(float(np.hypot(*down)), 1e-6)
    apart = max(float(np.hypot(*(left - right))), 1e-6)
    return -100 * float(np.log(max(below / apart, _NO_NOSE)))
