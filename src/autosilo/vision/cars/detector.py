"""Find vehicles: SSD-MobileNetV2 trained on COCO (Liu et al. 2016; Sandler et al. 2018).

The network predicts an offset and class scores for each of 1917 anchors, laid out as its training configuration says:
six grids; scales evenly from 0.2 to 0.95 of the picture; aspect ratios 1, 2, 1/2, 3, 1/3 and a second square between
two scales; on the finest grid only three anchors, a small square and two oblongs.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from autosilo.vision.boxes import suppress
from autosilo.vision.cars.types import Box, Detection
from autosilo.vision.images import Rgb
from autosilo.vision.thresholds import CAR_OVERLAP, CAR_SCORE

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_SIDE = 300
_VEHICLES = (3, 6, 8)  # COCO: car, bus, truck
_GRIDS = (19, 10, 5, 3, 2, 1)
_MIN_SCALE, _MAX_SCALE = 0.2, 0.95
_FINEST = ((0.1, 1.0), (_MIN_SCALE, 2.0), (_MIN_SCALE, 0.5))
_ASPECTS = (1.0, 2.0, 0.5, 3.0, 1 / 3)
_VARIANCES = (10.0, 10.0, 5.0, 5.0)  # what the training divided y, x, height and width by
_WEAKEST = 0.1  # detections below are not even candidates
_MARGINS = (0.2, 0.6)  # of each side, added around the picture for the second and the third try
_MARGIN_GREY = 128  # the value that the network sees as nothing


class CarDetector:
    def __init__(self, session: "InferenceSession") -> None:
        self._session = session
        self._anchors = _anchors()

    def wrap(self, wrap: Callable[["InferenceSession"], Any]) -> list[Any]:
        """See `CarEngine.wrap_sessions`."""
        self._session = wrap(self._session)
        return [self._session]

    def detect(self, image: Rgb) -> list[Detection]:
        """Vehicles with a confidence of at least 0.1, best first.

        A car that fills the picture to its edges is often missed, for few training pictures show one. So when nothing
        is found with confidence, a second look is taken with a margin around the picture; and a third with a wider one
        when there was at least a hint of a vehicle.
        """
        found = self._pass(image)
        for tried, margin in enumerate(_MARGINS):
            if (found and found[0].score >= CAR_SCORE) or (tried and not found):
                break
            with_margin = self._pass(_with_margin(image, margin))
            found = _better(found, [_without_margin(detection, image, margin) for detection in with_margin])
        return found

    def _pass(self, image: Rgb) -> list[Detection]:
        height, width = image.shape[:2]
        boxes, scores = self._session.run(["boxes", "scores"], {"image": _prepared(image)})
        vehicle = scores[0][:, _VEHICLES].max(axis=1)
        likely = np.flatnonzero(vehicle >= _WEAKEST)
        corners = _decoded(boxes[0][likely], self._anchors[likely]) * np.array([width, height, width, height])
        kept = suppress(corners, vehicle[likely], CAR_OVERLAP)
        return [Detection(Box(*(float(edge) for edge in corners[i])), float(vehicle[likely][i])) for i in kept]


def _prepared(image: Rgb) -> np.ndarray:
    """float32 (1, 3, 300, 300), -1..1; the picture is squeezed to a square, as in training."""
    small = Image.fromarray(image).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
    scaled = np.asarray(small, np.float32) * (2 / 255) - 1
    return scaled.transpose(2, 0, 1)[None]


def _anchors() -> np.ndarray:
    """(1917, 4): centre y, centre x, height, width as shares of the picture, in the order of the network's output."""
    steps = np.linspace(_MIN_SCALE, _MAX_SCALE, len(_GRIDS))
    rows = []
    for level, grid in enumerate(_GRIDS):
        following = steps[level + 1] if level + 1 < len(_GRIDS) else 1.0
        coarse = [*((steps[level], aspect) for aspect in _ASPECTS), (math.sqrt(steps[level] * following), 1.0)]
        shapes = [(scale / math.sqrt(a), scale * math.sqrt(a)) for scale, a in (coarse if level else _FINEST)]
        centres = (np.arange(grid) + 0.5) / grid
        rows += [(y, x, *shape) for y in centres for x in centres for shape in shapes]
    return np.array(rows, np.float64)


def _decoded(offsets: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """(n, 4) left, top, right, bottom as shares of the picture, cut at its edges."""
    steps = offsets / np.array(_VARIANCES)
    centre = anchors[:, :2] + steps[:, :2] * anchors[:, 2:]
    half = anchors[:, 2:] * np.exp(steps[:, 2:]) / 2
    return np.clip(np.hstack([(centre - half)[:, ::-1], (centre + half)[:, ::-1]]), 0, 1)


def _margins(image: Rgb, margin: float) -> tuple[int, int]:
    return round(image.shape[0] * margin), round(image.shape[1] * margin)


def _with_margin(image: Rgb, margin: float) -> Rgb:
    rows, columns = _margins(image, margin)
    return np.pad(image, ((rows, rows), (columns, columns), (0, 0)), constant_values=_MARGIN_GREY)


def _without_margin(detection: Detection, image: Rgb, margin: float) -> Detection:
    """The same vehicle in the coordinates of the picture without its margin, cut at its edges."""
    rows, columns = _margins(image, margin)
    height, width = image.shape[:2]
    box = detection.box
    return Detection(
        Box(
            min(max(box.left - columns, 0), width),
            min(max(box.top - rows, 0), height),
            min(max(box.right - columns, 0), width),
            min(max(box.bottom - rows, 0), height),
        ),
        detection.score,
    )


def _better(first: list[Detection], second: list[Detection]) -> list[Detection]:
    return max(first, second, key=lambda found: found[0].score if found else 0.0)
