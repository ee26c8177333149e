"""From pixels to what a model takes."""

from typing import Protocol

import numpy as np

from autosilo.vision.images import Rgb


class Preparation(Protocol):
    """As in a model card."""

    @property
    def colours(self) -> str: ...
    @property
    def mean(self) -> tuple[float, float, float]: ...
    @property
    def std(self) -> tuple[float, float, float]: ...


def tensor_of(crop: Rgb, how: Preparation) -> np.ndarray:
    """float32 (1, 3, height, width): in the card's order of colours, less its mean, over its deviation."""
    channels = crop if how.colours == "RGB" else crop[:, :, ::-1]
    tensor = channels.transpose(2, 0, 1)[None].astype(np.float32)
    if any(how.mean) or how.std != (1.0, 1.0, 1.0):  # most models scale the values themselves
        tensor -= np.array(how.mean, np.float32)[:, None, None]
        tensor /= np.array(how.std, np.float32)[:, None, None]
    return tensor
