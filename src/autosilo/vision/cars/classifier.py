"""Describe a car by numbers: EfficientNet-Lite3 (Tan & Le 2019, Lite variant 2020), int8, run by LiteRT.

The model's output is the pooled features. Its classifier, one matrix, is read from the same file and applied here, so
that one run gives an embedding and ImageNet logits.
"""

import threading
from typing import Any

import numpy as np
from PIL import Image

from autosilo.vision.images import Rgb

_WEIGHT, _BIAS = "efficientnet-lite3/model/head/dense/MatMul", "efficientnet-lite3/head/dense/bias"


class CarClassifier:
    """`model`: the bytes of the TensorFlow Lite file. Calls from several threads wait for each other."""

    def __init__(self, model: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter  # as in `runtime`: at the first model

        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._interpreter.allocate_tensors()
        (self._input,) = self._interpreter.get_input_details()
        (self._output,) = self._interpreter.get_output_details()
        self._weight = self._real(_WEIGHT)
        self._bias = self._real(_BIAS)
        self._turn = threading.Lock()

    def describe(self, crop: Rgb) -> tuple[np.ndarray, np.ndarray]:
        """Features (1280,) and ImageNet-1k logits (1000,), float32, of a picture that shows the car alone."""
        side = int(self._input["shape"][1])
        square = Image.fromarray(crop).resize((side, side), Image.Resampling.BILINEAR)
        with self._turn:
            self._interpreter.set_tensor(self._input["index"], np.asarray(square)[None])
            self._interpreter.invoke()
            raw = self._interpreter.get_tensor(self._output["index"])[0]
        features = _dequantised(raw, self._output)
        return features, self._weight @ features + self._bias

    def _real(self, name: str) -> np.ndarray:
        (details,) = (d for d in self._interpreter.get_tensor_details() if d["name"] == name)
        return _dequantised(self._interpreter.get_tensor(details["index"]), details)


def _dequantised(values: np.ndarray, details: dict[str, Any]) -> np.ndarray:
    scale, zero = details["quantization"]
    return ((values.astype(np.float32) - zero) * np.float32(scale)).astype(np.float32)
