"""Turn and scale a face so that its five points lie where the recognition model was taught to expect them.

The 112-pixel template is ArcFace's (Deng et al. 2019), which SFace shares; the transform is Umeyama's (1991).
"""

import numpy as np
from PIL import Image

from autosilo.vision.images import Rgb

SIDE = 112
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float64
)


def aligned(image: Rgb, landmarks: np.ndarray, *, side: int = SIDE) -> Rgb:
    """The face as uint8 (side, side, 3) RGB; what lies outside the picture is black."""
    matrix = similarity(TEMPLATE * (side / SIDE), landmarks)
    shrink = int(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))  # source pixels to one of the result, rounded down
    picture = Image.fromarray(image)
    if shrink >= 2:  # average first: sampling a large face point by point would alias
        picture, matrix = _reduced(picture, matrix, landmarks, shrink)
    # Pillow puts pixel centres at +0.5, the landmarks' convention has them on whole numbers.
    offset = matrix[:, 2] + 0.5 - matrix[:, :2] @ np.array([0.5, 0.5])
    coefficients = (*matrix[0, :2], offset[0], *matrix[1, :2], offset[1])
    return np.asarray(picture.transform((side, side), Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR))


def _reduced(
    picture: Image.Image, matrix: np.ndarray, landmarks: np.ndarray, shrink: int
) -> tuple[Image.Image, np.ndarray]:
    """Cut out the neighbourhood of the face and average `shrink` x `shrink` pixels; the matrix is told."""
    reach = np.ptp(landmarks, axis=0).max() * 2.5
    centre = landmarks.mean(axis=0)
    low = np.clip(np.floor(centre - reach), 0, np.array(picture.size) - 1).astype(int)
    high = np.clip(np.ceil(centre + reach), low + 1, picture.size).astype(int)
    small = picture.reduce(shrink, box=(*low, *high))
    moved = matrix.copy()
    moved[:, 2] -= low
    moved /= shrink
    moved[:, 2] += 0.5 / shrink - 0.5  # centre of the first averaged block
    return small, moved


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The 2x3 matrix of rotation, scale and shift that maps points (n, 2) `source` nearest to `target`."""
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred, wanted = source - source_mean, target.astype(np.float64) - target_mean
    covariance = wanted.T @ centred / len(source)
    u, singular, v = np.linalg.svd(covariance)
    flip = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(v)) or 1.0])
    rotation = (u * flip) @ v
    scale = (singular * flip).sum() / centred.var(axis=0).sum()
    linear = scale * rotation
    return np.hstack([linear, (target_mean - linear @ source_mean)[:, None]])
