"""From where was this car photographed? A guess for advice, never for recognition.

ImageNet has two words that tell: a radiator grille is seen from the front, a car wheel large from the side. From behind
neither is, and lamps are red. Written by hand, not fitted to pictures.
"""

from typing import Final

import numpy as np
from PIL import Image

from autosilo.vision.cars.types import View
from autosilo.vision.images import Rgb

_GRILLE, _WHEEL = 581, 479  # ImageNet-1k: grille, radiator grille; car wheel
_SIDE_ASPECT: Final = 2.15
"""Width over height of the box: a car is about 4.5 m long and 1.5 m high (3.0), 1.8 m wide (1.2); a view from 60° to
the side, where the flank fills most of the picture, comes to 2.2."""


def view_of(crop: Rgb, logits: np.ndarray) -> View:
    """`crop`: the car alone. `logits`: ImageNet-1k's of the crop."""
    height, width = crop.shape[:2]
    if width >= _SIDE_ASPECT * height:
        return View.SIDE
    grille = float(logits[_GRILLE] - np.mean(logits))
    return View.REAR if _redness(crop) * _LAMP_WEIGHT > grille else View.FRONT


_LAMP_WEIGHT: Final = 60.0
_LAMPS: Final = slice(0.25, 0.75)


def _redness(crop: Rgb) -> float:
    """Share of lamp-red pixels in the outer thirds, less that of the middle: a red car is red everywhere."""
    small = np.asarray(Image.fromarray(crop).resize((48, 32), Image.Resampling.BOX), np.float32)
    red, green, blue = np.moveaxis(small, -1, 0)
    lamp = (red > 80) & (red > 1.7 * np.maximum(green, blue))
    rows = lamp[8:24]
    outer = np.concatenate([rows[:, :14], rows[:, -14:]], axis=1).mean()
    return float(outer - rows[:, 14:-14].mean())
