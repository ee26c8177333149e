"""Directions in a space of features."""

import numpy as np


def unit(vector: np.ndarray) -> np.ndarray:
    """The same direction with length 1 (float32). ValueError for a vector without one."""
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0:
        raise ValueError("an embedding without a direction")
    return (vector / length).astype(np.float32)
