"""Find faces: YuNet (Wu et al. 2023, "YuNet: A Tiny Millisecond-level Face Detector").

The network looks at three grids (one cell every 8, 16 and 32 pixels). Each cell gives a class and an object score, a
box and five points, all relative to the cell.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from autosilo.vision.boxes import intersection_over_union, suppress
from autosilo.vision.faces.types import Face
from autosilo.vision.images import Rgb
from autosilo.vision.thresholds import FACE_OVERLAP, FACE_SAME, FACE_SCORE

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_STRIDES = (8, 16, 32)
_COARSE = 0.5  # reduced to less than this, a picture needs a filter that looks at more than the neighbours
_SEARCH_SIDE = 640  # pixels: a face of 1/60 of the longer side is still found, in 10 ms


class FaceDetector:
    def __init__(self, session: "InferenceSession") -> None:
        self._session = session
        self._outputs = [f"{kind}_{stride}" for stride in _STRIDES for kind in ("cls", "obj", "bbox", "kps")]

    def detect(self, image: Rgb) -> list[Face]:
        """The faces of the picture, largest first."""
        tensor, scale = _prepared(image)
        outputs = iter(self._session.run(self._outputs, {"input": tensor}))
        columns = tensor.shape[3]
        grids = [_decoded(stride, columns // stride, *(next(outputs)[0] for _ in range(4))) for stride in _STRIDES]
        scores, boxes, points = (np.concatenate(parts) for parts in zip(*grids, strict=True))
        kept = suppress(boxes, scores, FACE_OVERLAP)
        faces = [_face(*_agreed(boxes, points, scores, best), scale, scores[best]) for best in kept]
        return sorted(faces, key=lambda face: face.width * face.height, reverse=True)


def _prepared(image: Rgb) -> tuple[np.ndarray, float]:
    """float32 (1, 3, h, w), BGR 0..255, sides padded with black to whole cells; and how much it was reduced."""
    scale = min(1.0, _SEARCH_SIDE / max(image.shape[:2]))
    rows, columns = (max(1, round(side * scale)) for side in image.shape[:2])
    if scale < _COARSE:
        image = np.asarray(Image.fromarray(image).resize((columns, rows), Image.Resampling.BILINEAR))
    cell = _STRIDES[-1]
    tensor = np.zeros((1, 3, -(-rows // cell) * cell, -(-columns // cell) * cell), np.float32)
    if image.shape[:2] == (rows, columns):
        tensor[0, :, :rows, :columns] = image[:, :, ::-1].transpose(2, 0, 1)
    else:
        _reduce(image, tensor[0, :, :rows, :columns])
    return tensor, scale


def _reduce(image: Rgb, into: np.ndarray) -> None:
    """Linear between neighbours, in integers, straight into the planes B, G, R: half the time of Pillow's filter, which
    for less than half as many pixels a side also looks further than the neighbours."""
    height, width = image.shape[:2]
    rows = image.reshape(height, 3 * width)
    low, high, share = _between(height, into.shape[1])
    lines = _mixed(rows.take(low, 0), rows.take(high, 0), share[:, None]).reshape(-1, width, 3)
    low, high, share = _between(width, into.shape[2])
    for plane, channel in enumerate((2, 1, 0)):
        line = lines[:, :, channel]
        into[plane] = _mixed(line.take(low, 1), line.take(high, 1), share)


def _mixed(low: np.ndarray, high: np.ndarray, share: np.ndarray) -> np.ndarray:
    """``share`` of ``high`` in 64ths, the rest of ``low``; int16."""
    mixed = low.astype(np.int16)
    step = high.astype(np.int16)
    step -= mixed
    step *= share
    step >>= 6
    mixed += step
    return mixed


@lru_cache(maxsize=16)
def _between(pixels: int, fewer: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of ``fewer`` pixels of the same length the two neighbours of its middle, and the second one's share in
    64ths."""
    middle = np.clip((np.arange(fewer) + 0.5) * pixels / fewer - 0.5, 0, pixels - 1)
    low = np.floor(middle).astype(np.intp)
    share = np.round((middle - low) * 64).astype(np.int16)
    return low, np.minimum(low + 1, pixels - 1), share


def _decoded(
    stride: int, columns: int, cls: np.ndarray, obj: np.ndarray, box: np.ndarray, kps: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores (n,), boxes (n, 4) as left, top, right, bottom, and points (n, 5, 2) of the cells above the threshold."""
    scores = np.sqrt(np.clip(cls[:, 0], 0, 1) * np.clip(obj[:, 0], 0, 1))
    kept = np.flatnonzero(scores >= FACE_SCORE)
    cells = np.stack([kept % columns, kept // columns], axis=1)
    centre = (cells + box[kept, :2]) * stride
    half = np.exp(box[kept, 2:]) * stride / 2
    points = (kps[kept].reshape(-1, 5, 2) + cells[:, None]) * stride
    return scores[kept], np.hstack([centre - half, centre + half]), points


def _agreed(boxes: np.ndarray, points: np.ndarray, scores: np.ndarray, best: int) -> tuple[np.ndarray, np.ndarray]:
    """Box and points as all cells see them that see the same face, by their scores.

    One cell's points jump by some pixels when the face moves by less; together they stay (vision.md has the figures).
    """
    same = [other for other in range(len(boxes)) if intersection_over_union(boxes[best], boxes[other]) >= FACE_SAME]
    weights = scores[same] ** 2
    weights /= weights.sum()
    return np.tensordot(weights, boxes[same], 1), np.tensordot(weights, points[same], 1)


def _face(box: np.ndarray, points: np.ndarray, scale: float, score: float) -> Face:
    left, top, right, bottom = (float(edge) for edge in box / scale)
    return Face(left, top, right - left, bottom - top, float(score), (points / scale).astype(np.float32))
