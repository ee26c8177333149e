"""Is this the same photograph again? A perceptual hash: small changes of a picture change few of its 64 bits.

The signs of the lowest 8×8 frequencies (discrete cosine transform) of a small grey picture, against their median, as
Zauner 2010 ("Implementation and Benchmarking of Perceptual Image Hash Functions", section 3.2.1) describes it.
"""

from typing import Final

import numpy as np
from PIL import Image

from autosilo.vision.images import Rgb

_SIDE: Final = 32
_LOW: Final = 8
SAME_WITHIN: Final = 10
"""Bits of 64 that may differ. Independent pictures differ in 32 ± 4; another JPEG quality or size changes 0 to 6."""


def _cosines(side: int) -> np.ndarray:
    """(low, side): rows of the discrete cosine transform, type II, without the constant one."""
    frequency, place = np.arange(1, _LOW + 1)[:, None], np.arange(side)[None]
    return np.asarray(np.cos(np.pi * frequency * (place + 0.5) / side))


_TRANSFORM = _cosines(_SIDE)


def fingerprint(image: Rgb) -> int:
    """64 bits that say what the picture looks like."""
    grey = Image.fromarray(image).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    low = _TRANSFORM @ np.asarray(grey, np.float64) @ _TRANSFORM.T
    bits = (low > np.median(low)).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def near(one: int, other: int) -> bool:
    """Whether two fingerprints are of one photograph, perhaps resized, re-encoded or a little brighter."""
    return (one ^ other).bit_count() <= SAME_WITHIN
