"""Where a head looks, from its five points.

A mean face of five points in space is fitted to the picture under scaled orthography (Dementhon & Davis 1995, the first
step of POSIT): a least-squares problem with a closed solution. Errors are some degrees; enough to ask for a turn.
"""

import numpy as np

from autosilo.vision.faces.align import TEMPLATE
from autosilo.vision.faces.types import Pose

_EYES_APART_MM = 63.0  # mean distance of adult pupils (Dodgson 2004)
# How far each point lies before the plane of the eyes (mm): nose tip and mouth corners of a mean adult head.
_DEPTH_MM = np.array([0.0, 0.0, 30.0, 8.0, 8.0])


def _mean_face() -> np.ndarray:
    """(5, 3) in mm, centred: x to the picture's right, y down, z towards the viewer."""
    flat = TEMPLATE * _EYES_APART_MM / np.hypot(*(TEMPLATE[1] - TEMPLATE[0]))
    points = np.column_stack([flat, _DEPTH_MM])
    return np.asarray(points - points.mean(axis=0))


_FACE = _mean_face()
_FACE_INVERSE = np.linalg.pinv(_FACE)


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
