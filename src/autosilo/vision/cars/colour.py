"""Name the colour of a car's body.

Each pixel of the part of the box where bodywork is most likely votes for a name. Glass, tyres and shadow are dark and
would win too often, so darkness votes with less weight. The picture's brightness is evened out first: silver and grey
differ in nothing else.
"""

import numpy as np
from PIL import Image

from autosilo.vision.cars.types import Box, Colour
from autosilo.vision.images import Rgb

_SIDE = 96  # pixels of the reduced crop; a colour needs no detail
_ROWS = slice(int(0.30 * _SIDE), int(0.78 * _SIDE))  # below the roof and most glass, above the sills
_COLUMNS = slice(int(0.12 * _SIDE), int(0.88 * _SIDE))
_BRIGHT_PERCENTILE = 98  # of the whole picture: taken as white
_BRIGHTEST_WHITE, _DARKEST_WHITE = 255.0, 150.0  # a night picture is not stretched without limit
_GREYISH = 0.20  # saturation below which there is no hue to speak of
_SKY = (180, 265)  # degrees: what paint mirrors outdoors is bluish,
_GREYISH_UNDER_SKY = 0.34  # so blue must be stronger than other hues to count
_BLACK, _GREY, _SILVER = 0.24, 0.45, 0.78  # upper bounds of value for greyish pixels
_DARK = 0.18  # below: black whatever the hue
_DARK_VOTE = 0.6
_BROWN = 0.55  # an orange darker than this is brown
# Upper bounds of the hue in degrees; the circle closes with red.
_HUES = ((15, Colour.RED), (40, Colour.ORANGE), (68, Colour.YELLOW), (165, Colour.GREEN), (265, Colour.BLUE))

NEAR = {
    frozenset(pair)
    for pair in (
        (Colour.WHITE, Colour.SILVER),
        (Colour.SILVER, Colour.GREY),
        (Colour.GREY, Colour.BLACK),
        (Colour.RED, Colour.ORANGE),
        (Colour.ORANGE, Colour.YELLOW),
        (Colour.ORANGE, Colour.BROWN),
    )
}
"""Colours that eyes take for one another in other light."""


def body_colour(image: Rgb, box: Box) -> Colour:
    """The name with the most votes."""
    white = float(np.clip(np.percentile(image, _BRIGHT_PERCENTILE), _DARKEST_WHITE, _BRIGHTEST_WHITE))
    edges = (
        int(box.left),
        int(box.top),
        max(int(box.right), int(box.left) + 1),
        max(int(box.bottom), int(box.top) + 1),
    )
    small = Image.fromarray(image).crop(edges).resize((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32)[_ROWS, _COLUMNS].reshape(-1, 3)
    return _elected(np.clip(pixels / white, 0, 1))


def _elected(pixels: np.ndarray) -> Colour:
    """`pixels` (n, 3), RGB 0..1."""
    value = pixels.max(axis=1)
    spread = value - pixels.min(axis=1)
    saturation = spread / np.maximum(value, 1e-6)
    hues = _hue(pixels, value, spread)
    under_sky = (hues >= _SKY[0]) & (hues < _SKY[1])
    greyish = saturation < np.where(under_sky, _GREYISH_UNDER_SKY, _GREYISH)
    dark = (value < _DARK) | (greyish & (value < _BLACK))
    votes = dict.fromkeys(Colour, 0.0)
    votes[Colour.BLACK] = _DARK_VOTE * float(dark.sum())
    lower = _BLACK
    for upper, name in ((_GREY, Colour.GREY), (_SILVER, Colour.SILVER), (np.inf, Colour.WHITE)):
        votes[name] = float((greyish & ~dark & (value >= lower) & (value < upper)).sum())
        lower = upper
    vivid = ~greyish & ~dark
    lower = 0.0
    for upper, name in _HUES:
        band = vivid & (hues >= lower) & (hues < upper)
        brown = band & (value < _BROWN) if name is Colour.ORANGE else np.zeros_like(band)
        votes[name] += float((band & ~brown).sum())
        votes[Colour.BROWN] += float(brown.sum())
        lower = upper
    votes[Colour.RED] += float((vivid & (hues >= lower)).sum())
    return max(votes, key=lambda name: votes[name])


def _hue(pixels: np.ndarray, value: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Degrees, 0 is red, 120 green, 240 blue (Smith 1978)."""
    red, green, blue = pixels.T
    safe = np.maximum(spread, 1e-6)
    sector = np.where(
        value == red, (green - blue) / safe, np.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe)
    )
    return (sector * 60) % 360
