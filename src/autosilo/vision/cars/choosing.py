"""Which of the vehicles in a picture is meant."""

import math

import numpy as np

from autosilo.vision.boxes import intersection_over_union
from autosilo.vision.cars.types import Box, Detection, Frame, Point
from autosilo.vision.images import Rgb
from autosilo.vision.thresholds import CAR_AREA, CAR_SCORE

_DRAWN_MATCHES = 0.5  # intersection over union from which a drawn frame means the car found there


def main_car(found: list[Detection], image: Rgb) -> Detection | None:
    """The car that is meant: confident, large, central. None when there is none."""
    return next(iter(by_weight(found, image)), None)


def by_weight(found: list[Detection], image: Rgb) -> list[Detection]:
    """All cars, the one that is most likely meant first."""
    return sorted(found, key=lambda detection: -_weight(detection, image))


def chosen(found: list[Detection], at: Point | Frame, image: Rgb) -> Detection | None:
    """The car that a person pointed to.

    Of several certain cars under a point the smallest is meant: it stands in front or is wholly in view. A frame means
    the car that fills it; where none does, the frame itself is taken, for a person has seen a car there. None: nothing
    is there.
    """
    size = (image.shape[1], image.shape[0])
    if isinstance(at, Point):
        spot = at.on(size)
        there = [one for one in found if one.box.holds(spot)]
        sure = [one for one in there if one.score >= CAR_SCORE]
        return min(sure, key=lambda one: one.box.area, default=max(there, key=lambda one: one.score, default=None))
    box = at.on(size)
    best = max(found, key=lambda one: _overlap(one.box, box), default=None)
    if best is not None and _overlap(best.box, box) >= _DRAWN_MATCHES:
        return best
    return Detection(box, 1.0) if box.area >= CAR_AREA * size[0] * size[1] else None


def cut(image: Rgb, box: Box, around: float) -> Rgb:
    """The part of the picture inside the box, widened by the share `around` of its sides; a pixel at least, also of a
    box at the very edge or beyond it, which a detector may draw in a picture of noise."""
    height, width = image.shape[:2]
    sideways, upwards = (box.right - box.left) * around, (box.bottom - box.top) * around
    top, bottom = _span(box.top - upwards, box.bottom + upwards, height)
    left, right = _span(box.left - sideways, box.right + sideways, width)
    return image[top:bottom, left:right]


def _span(low: float, high: float, side: int) -> tuple[int, int]:
    """Whole pixels of a side, never none."""
    first = min(max(int(low), 0), side - 1)
    return first, max(min(math.ceil(high), side), first + 1)


def _weight(detection: Detection, image: Rgb) -> float:
    """Confidence times the box's mean side times 1 in the middle of the picture, 1/2 in its corners."""
    height, width = image.shape[:2]
    box = detection.box
    away = math.hypot((box.left + box.right) / width - 1, (box.top + box.bottom) / height - 1) / math.sqrt(2)
    return detection.score * math.sqrt(box.area) * (1 - away / 2)


def _overlap(a: Box, b: Box) -> float:
    rows = (np.array([box.left, box.top, box.right, box.bottom]) for box in (a, b))
    return intersection_over_union(*rows)
