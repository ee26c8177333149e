"""One portrait, seen from other sides: a head in space, guessed from five points, is turned and drawn again.

For tests and measurements only. A smooth head (an elliptic paraboloid with a nose, in the proportions of Farkas 1994)
is fitted to the face, turned about its middle and projected; what lies around it follows less and less. No cheek that
the photo does not show appears, so the picture is convincing up to about 30°.
"""

from dataclasses import dataclass, replace

import numpy as np

from autosilo.vision.faces.types import Face
from autosilo.vision.images import Rgb

_GRID = 8  # pixels between two points at which the displacement is computed; it is smooth
_ROUNDS = 4  # of the fixed-point iteration that inverts the displacement
_EYES_MM = 63.0  # between the pupils (Dodgson 2004)
_CHEEK_MM, _CHEEK_DEPTH_MM = 75.0, 50.0  # half a head's width, and how far it lies behind the bridge of the nose
_CHIN_MM, _CHIN_DEPTH_MM = 100.0, 30.0
_NOSE_MM, _NOSE_WIDTH_MM, _NOSE_HEIGHT_MM = 24.0, 16.0, 20.0
_NOSE_AT_MM, _MIDDLE_AT_MM = 38.0, 36.0  # below the pupils
_RIGID, _GONE = 1.0, 2.1  # in half heads: up to here all of it turns, from here on nothing does


@dataclass(frozen=True)
class View:
    """Degrees as in ``faces.Pose``; ``size`` as a multiple; ``right`` and ``down`` as shares of the picture."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    size: float = 1.0
    right: float = 0.0
    down: float = 0.0
    light: float = 1.0

    def moved(self, far: "View", share: float) -> "View":
        """After a share (0..1) of the movement that leads from a straight look to ``far``: turned, and come closer."""
        return replace(
            self,
            yaw=self.yaw + far.yaw * share,
            pitch=self.pitch + far.pitch * share,
            size=self.size * far.size**share,
        )


def seen_from(image: Rgb, face: Face, view: View) -> Rgb:
    """The picture of the same size in which ``face`` has turned by ``view``."""
    height, width = image.shape[:2]
    rows, columns = np.mgrid[0 : height + 2 * _GRID : _GRID, 0 : width + 2 * _GRID : _GRID].astype(np.float64)
    out = np.stack([columns, rows], axis=-1)
    middle = np.array(face.centre)  # nearer means larger about the face: people stay in the picture
    wanted = (out - middle - np.array([view.right * width, view.down * height])) / view.size + middle
    source = wanted.copy()
    for _ in range(_ROUNDS):
        source = wanted - _displacement(source, face, view)
    fine = _enlarged(source, width, height)
    drawn = _sampled(image, fine[..., 0], fine[..., 1])
    return np.clip(drawn * view.light, 0, 255).astype(np.uint8)


def _displacement(points: np.ndarray, face: Face, view: View) -> np.ndarray:
    """How far each point (…, 2) of the photo moves, in pixels."""
    eyes = face.landmarks[:2].astype(np.float64)
    scale = max(float(np.hypot(*(eyes[1] - eyes[0]))), 1.0) / _EYES_MM
    local = (points - eyes.mean(axis=0)) / scale
    x, y = local[..., 0], local[..., 1] - _MIDDLE_AT_MM
    nose = np.exp(-((x / _NOSE_WIDTH_MM) ** 2) - ((y + _MIDDLE_AT_MM - _NOSE_AT_MM) / _NOSE_HEIGHT_MM) ** 2)
    z = -_CHEEK_DEPTH_MM * (x / _CHEEK_MM) ** 2 - _CHIN_DEPTH_MM * (y / _CHIN_MM) ** 2 + _NOSE_MM * nose
    z = np.maximum(z, -_CHEEK_DEPTH_MM * 1.3)
    away = np.hypot(x / _CHEEK_MM, y / (_CHIN_MM * 1.15))
    share = 1 - np.clip((away - _RIGID) / (_GONE - _RIGID), 0, 1)
    share = share * share * (3 - 2 * share)
    yaw, pitch, roll = np.radians([view.yaw, view.pitch, view.roll])
    turned_x = x * np.cos(yaw) + z * np.sin(yaw)
    turned_z = z * np.cos(yaw) - x * np.sin(yaw)
    turned_y = y * np.cos(pitch) - turned_z * np.sin(pitch)
    rolled_x = turned_x * np.cos(roll) - turned_y * np.sin(roll)
    rolled_y = turned_x * np.sin(roll) + turned_y * np.cos(roll)
    return np.stack([rolled_x - x, rolled_y - y], axis=-1) * share[..., None] * scale


def _enlarged(coarse: np.ndarray, width: int, height: int) -> np.ndarray:
    """A grid of coordinates, known every `_GRID` pixels, at every pixel: linear in both directions."""
    down, across = np.arange(height) / _GRID, np.arange(width) / _GRID
    row, column = down.astype(int), across.astype(int)
    low, right = (down - row)[:, None, None], (across - column)[None, :, None]
    tall = coarse[row] * (1 - low) + coarse[row + 1] * low
    return np.asarray(tall[:, column] * (1 - right) + tall[:, column + 1] * right)


def _sampled(image: Rgb, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bilinear; what lies outside repeats the edge."""
    height, width = image.shape[:2]
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(np.int32), y.astype(np.int32)
    right_share, low_share = (x - left)[..., None], (y - top)[..., None]
    flat = image.reshape(-1, 3).astype(np.float32)
    at = top * width + left
    upper = flat[at] * (1 - right_share) + flat[at + 1] * right_share
    lower = flat[at + width] * (1 - right_share) + flat[at + width + 1] * right_share
    return np.asarray(upper * (1 - low_share) + lower * low_share)
