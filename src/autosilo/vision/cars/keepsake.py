"""What is kept of a shopper's photo, with consent: the car and nobody else.

The crop is at most 320 pixels wide. The band of the windows, behind which people sit, and the band in which number
plates hang are covered over their whole width: a plate is not searched for, since one that is missed would be readable.
"""

from typing import Final

import numpy as np
from PIL import Image

from autosilo.vision.cars.choosing import cut
from autosilo.vision.cars.types import Box
from autosilo.vision.images import Rgb, as_jpeg

WIDEST: Final = 320  # pixels
_TALLEST: Final = 320
WINDOWS: Final = (0.05, 0.45)
"""Shares of the box's height between which glass and faces are, from a low sports car to a van."""
PLATE: Final = (0.52, 0.92)
"""Shares of the box's height between which number plates hang: in bumpers, tailgates, and on off-road cars' doors."""
_COVER: Final = 8
"""Columns that are left of a covered band: each is the mean of its part, so that neither a face nor a character is."""


def keepsake(image: Rgb, box: Box) -> bytes:
    """A JPEG of the car alone, at most 320 pixels wide, plate and window band covered, no metadata."""
    crop = Image.fromarray(np.ascontiguousarray(cut(image, box, 0.0)))
    crop.thumbnail((WIDEST, _TALLEST), Image.Resampling.BOX)
    small = np.array(crop)
    for band in (WINDOWS, PLATE):
        top, bottom = (round(share * small.shape[0]) for share in band)
        _cover(small[top:bottom])
    return as_jpeg(small)


def _cover(band: Rgb) -> None:
    """Replace the band's pixels, in place, by a few even blocks."""
    for part in np.array_split(band, min(_COVER, band.shape[1]), axis=1):
        if part.size:
            part[:] = part.mean(axis=(0, 1)).astype(np.uint8)
