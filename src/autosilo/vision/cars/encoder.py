"""Describe a car by numbers: EfficientNet-Lite0 and Lite2 (Tan & Le 2019; Lite variant 2020) on the crop.

Both see more pixels than they were trained with, and a car's shape instead of a square: details tell models apart, and
a crop that is not squeezed keeps its proportions. Each gives the mean of its last maps, which says what is there, the
mean of maps from before, which say of what parts it is made, and the covariance of still earlier ones: which small
features are seen in the same places (second-order pooling; Lin, RoyChowdhury & Maji 2015, "Bilinear CNN Models for
Fine-grained Visual Recognition"). Square roots make large values count less (Hellinger).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from autosilo.vision.images import Rgb
from autosilo.vision.runtime import open_onnx
from autosilo.vision.vectors import unit
from autosilo.vision.weights import WeightStore

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FILES: Final = ("efficientnet_lite0.onnx", "efficientnet_lite2.onnx")
BUILT_IN: Final = "efficientnet-lite0+2"
VERSION: Final = 3
"""Of what this module makes of the networks' output. Raise it with every change that moves an embedding."""
_MIXED: Final = 48
"""The covariance is taken of so many mixtures of the channels. Fewer are worse (32: 1 % first), more no better."""
PAIRS: Final = _MIXED * (_MIXED + 1) // 2
LENGTHS: Final = (1280, 192, PAIRS, 1280, 208, PAIRS)
"""Numbers of the built-in embedding: features, parts and pairs of Lite0, then of Lite2."""
WIDTH: Final = sum(LENGTHS)
_UPPER: Final = np.triu_indices(_MIXED)
_TWICE: Final = np.where(_UPPER[0] == _UPPER[1], 1, np.sqrt(2)).astype(np.float32)  # a pair stands there for two
_MIDDLE, _HALF_RANGE = 127.0, 128.0  # TensorFlow's EfficientNet-Lite takes (pixel - 127) / 128


@dataclass(frozen=True)
class Description:
    """`embedding`: float32 of length 1. `logits`: ImageNet-1k (1000,)."""

    embedding: np.ndarray
    logits: np.ndarray


class LiteNetworks:
    """The networks that come with the project: the embedding, and ImageNet's words for body types."""

    def __init__(self, store: WeightStore) -> None:
        self._sessions = [open_onnx(store.read(name)) for name in FILES]

    def wrap(self, wrap: Callable[["InferenceSession"], Any]) -> list[Any]:
        """See `CarEngine.wrap_sessions`."""
        self._sessions = [wrap(session) for session in self._sessions]
        return list(self._sessions)

    def describe(self, crop: Rgb) -> Description:
        """One run of each network."""
        picture = Image.fromarray(np.ascontiguousarray(crop))
        parts, logits = [], np.zeros(1000, np.float32)
        for session in self._sessions:
            features, middle, words, together = session.run(
                ["features", "parts", "logits", "pairs"], {"image": prepared(picture, session)}
            )
            parts += [unit(np.sqrt(np.maximum(features[0], 0))), unit(middle[0]), pairs(together)]
            logits += words[0] / len(self._sessions)
        return Description(unit(np.concatenate(parts)), logits)


def pairs(together: np.ndarray) -> np.ndarray:
    """(48, 48), symmetric -> (PAIRS,) of length 1: each pair once, its root with its sign."""
    once = together[_UPPER] * _TWICE
    return unit(np.sign(once) * np.sqrt(np.abs(once)))


def name_of(model: bytes) -> str:
    """Names an encoder that is a file by its content."""
    return f"onnx:{hashlib.sha256(model).hexdigest()[:16]}"


def prepared(picture: Image.Image, session: "InferenceSession") -> np.ndarray:
    """float32 (1, 3, height, width), -1..1, in the size that the network was made for."""
    height, width = session.get_inputs()[0].shape[2:]
    pixels = np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC), np.float32)
    return np.ascontiguousarray(((pixels - _MIDDLE) / _HALF_RANGE).transpose(2, 0, 1)[None])
