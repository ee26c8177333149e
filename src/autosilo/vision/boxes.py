"""Rectangles as rows of (left, top, right, bottom)."""

import numpy as np


def suppress(boxes: np.ndarray, scores: np.ndarray, overlap: float) -> list[int]:
    """Non-maximum suppression: indices of the boxes to keep, best first.

    A box goes when its intersection over union with a better one is above `overlap`. `boxes` (n, 4), `scores` (n,).
    """
    order = list(np.argsort(-scores, kind="stable"))
    kept: list[int] = []
    while order:
        best = order.pop(0)
        kept.append(int(best))
        order = [other for other in order if intersection_over_union(boxes[best], boxes[other]) <= overlap]
    return kept


def intersection_over_union(a: np.ndarray, b: np.ndarray) -> float:
    """0 (apart) to 1 (the same)."""
    size = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if (size <= 0).any():
        return 0.0
    shared = float(size[0] * size[1])
    return shared / (_area(a) + _area(b) - shared)


def _area(box: np.ndarray) -> float:
    return float((box[2] - box[0]) * (box[3] - box[1]))
