"""An operator's own image encoder: any ONNX file that makes a vector of a picture (CLIP, SigLIP, a network of theirs).

The file must have one input, float32 [1 or free, 3, height, width], and its first output is taken: a vector, or maps or
tokens, whose mean is. What it wants of the pixels it may say itself in its metadata: `autosilo.mean` and
`autosilo.std`, three numbers each for RGB in 0..1 (ImageNet's when missing), and `autosilo.size`, a side in pixels,
where the input's is free.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from autosilo.vision.cars.encoder import name_of
from autosilo.vision.images import Rgb
from autosilo.vision.runtime import open_onnx
from autosilo.vision.vectors import unit

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_MEAN: Final = (0.485, 0.456, 0.406)  # of ImageNet's training pictures, in which most encoders were trained
_STD: Final = (0.229, 0.224, 0.225)
_SIZE: Final = 224  # pixels, where neither the input nor the metadata says
_LARGEST: Final = 1024  # pixels; a larger side is taken for a mistake


class CannotUseEncoder(Exception):
    """The file is not an encoder that can be used here. The message says why, for the operator."""


class OwnEncoder:
    """Opens the file at once and tries it on a grey picture. Raises CannotUseEncoder."""

    def __init__(self, path: Path) -> None:
        try:
            model = path.read_bytes()
        except OSError as error:
            raise CannotUseEncoder(f"{path} cannot be read ({error.strerror})") from error
        try:
            self._session: Any = open_onnx(model)
        except Exception as error:  # the runtime has many exceptions for files that are no models
            raise CannotUseEncoder(f"{path} is not an ONNX model that can be run here") from error
        self.name = name_of(model)
        self._read_wishes(path)
        try:
            self.embed(np.full((64, 96, 3), 120, np.uint8))
        except Exception as error:  # as above: whatever the model does with a picture that it cannot take
            raise CannotUseEncoder(f"{path} makes no vector of a picture: {error}") from error

    def wrap(self, wrap: Callable[["InferenceSession"], Any]) -> list[Any]:
        """See `CarEngine.wrap_sessions`."""
        self._session = wrap(self._session)
        return [self._session]

    def embed(self, crop: Rgb) -> np.ndarray:
        """float32 of length 1."""
        picture = Image.fromarray(np.ascontiguousarray(crop)).resize(self._size, Image.Resampling.BICUBIC)
        pixels = ((np.asarray(picture, np.float32) / 255 - self._mean) / self._std).transpose(2, 0, 1)[None]
        (made,) = self._session.run([self._output], {self._input: np.ascontiguousarray(pixels, np.float32)})
        return unit(_as_vector(np.asarray(made, np.float32)))

    def _read_wishes(self, path: Path) -> None:
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(inputs[0].shape) != 4:
            raise CannotUseEncoder(f"{path} must have one input, float32 [1, 3, height, width]")
        said = self._session.get_modelmeta().custom_metadata_map
        self._input, self._output = inputs[0].name, self._session.get_outputs()[0].name
        try:
            free = int(said.get("autosilo.size", _SIZE))
            self._mean = _three(said.get("autosilo.mean"), _MEAN)
            self._std = _three(said.get("autosilo.std"), _STD)
        except ValueError as error:
            raise CannotUseEncoder(f"{path}: its metadata autosilo.mean, .std or .size cannot be read") from error
        height, width = (side if isinstance(side, int) else free for side in inputs[0].shape[2:])
        if not (0 < height <= _LARGEST and 0 < width <= _LARGEST):
            raise CannotUseEncoder(f"{path} wants pictures of {width}×{height} pixels")
        self._size = (width, height)


def _three(text: str | None, otherwise: tuple[float, float, float]) -> np.ndarray:
    values = np.array([float(part) for part in text.split(",")] if text else otherwise, np.float32)
    if values.shape != (3,):
        raise ValueError(text)
    return values


def _as_vector(made: np.ndarray) -> np.ndarray:
    """[1, n] as it is; [1, n, height, width] and [1, tokens, n] by their mean."""
    if made.ndim == 4:
        made = made.mean(axis=(2, 3))
    elif made.ndim == 3:
        made = made.mean(axis=1)
    if made.ndim != 2 or len(made) != 1:
        raise ValueError(f"an output of shape {made.shape}")
    return np.asarray(made[0])
