"""MiniFASNet (Silent-Face-Anti-Spoofing, Minivision, Apache-2.0): state dict to ONNX.

The network is a chain of inverted bottlenecks (1x1 expand, 3x3 depth-wise, 1x1 project, each with batch norm, PReLU on
the first two), some with a residual, some of those with squeeze-and-excitation on the last of a stage. What
varies between the variants (channels, number of blocks, squeeze) is read from the names and shapes of the tensors.
"""

import numpy as np

from autosilo.vision.weights.convert.graph import GraphBuilder
from autosilo.vision.weights.convert.torch_tensors import read_tensors

INPUT_SIZE = 80  # pixels, both sides
CLASSES = 3  # photograph or screen, genuine, other attack
_BATCH_NORM_EPSILON = 1e-5  # PyTorch's default, which the authors kept


def minifasnet(data: bytes) -> bytes:
    """Old-form PyTorch state dict of MiniFASNet V1/V2/SE -> ONNX: `image` [1,3,80,80] BGR 0..255 -> `scores` [1,3]."""
    tensors = {name.removeprefix("module."): values for name, values in read_tensors(data).items()}
    return _Network(tensors).build()


class _Network:
    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self._tensors = tensors
        self._graph = GraphBuilder("minifasnet")

    def build(self) -> bytes:
        x = self._conv_block("image", "conv1", stride=2, pad=1)
        x = self._conv_block(x, "conv2_dw", pad=1)
        x = self._bottleneck(x, "conv_23", stride=2)
        x = self._stage(x, "conv_3")
        x = self._bottleneck(x, "conv_34", stride=2)
        x = self._stage(x, "conv_4")
        x = self._bottleneck(x, "conv_45", stride=2)
        x = self._stage(x, "conv_5")
        x = self._conv_block(x, "conv_6_sep")
        x = self._conv_block(x, "conv_6_dw")
        x = self._graph.add("Flatten", x)
        x = self._linear(x, "linear")
        x = self._batch_norm(x, "bn")
        x = self._linear(x, "prob")
        x = self._graph.add("Softmax", x, axis=1)
        return self._graph.build({"image": [1, 3, INPUT_SIZE, INPUT_SIZE]}, {"scores": (x, [1, CLASSES])})

    def _stage(self, x: str, name: str) -> str:
        index = 0
        while f"{name}.model.{index}.conv.conv.weight" in self._tensors:
            block = f"{name}.model.{index}"
            inner = self._squeeze(self._bottleneck(x, block), f"{block}.se_module")
            x = self._graph.add("Add", x, inner)
            index += 1
        return x

    def _bottleneck(self, x: str, name: str, stride: int = 1) -> str:
        x = self._conv_block(x, f"{name}.conv")
        x = self._conv_block(x, f"{name}.conv_dw", stride=stride, pad=1)
        return self._conv_block(x, f"{name}.project")

    def _squeeze(self, x: str, name: str) -> str:
        if f"{name}.fc1.weight" not in self._tensors:
            return x
        gate = self._graph.add("GlobalAveragePool", x)
        gate = self._graph.add("Relu", self._batch_norm(self._conv(gate, f"{name}.fc1"), f"{name}.bn1"))
        gate = self._graph.add("Sigmoid", self._batch_norm(self._conv(gate, f"{name}.fc2"), f"{name}.bn2"))
        return self._graph.add("Mul", x, gate)

    def _conv_block(self, x: str, name: str, stride: int = 1, pad: int = 0) -> str:
        x = self._batch_norm(self._conv(x, f"{name}.conv", stride, pad), f"{name}.bn")
        slope = self._tensors.get(f"{name}.prelu.weight")
        if slope is None:
            return x
        return self._graph.add("PRelu", x, self._graph.constant(slope.reshape(-1, 1, 1)))

    def _conv(self, x: str, name: str, stride: int = 1, pad: int = 0) -> str:
        weight = self._tensors[f"{name}.weight"]
        depth_wise = weight.shape[1] == 1  # no ordinary convolution here has a single input channel
        return self._graph.add(
            "Conv",
            x,
            self._graph.constant(weight),
            group=weight.shape[0] if depth_wise else 1,
            kernel_shape=list(weight.shape[2:]),
            pads=[pad] * 4,
            strides=[stride] * 2,
        )

    def _batch_norm(self, x: str, name: str) -> str:
        parts = ("weight", "bias", "running_mean", "running_var")
        constants = [self._graph.constant(self._tensors[f"{name}.{part}"]) for part in parts]
        return self._graph.add("BatchNormalization", x, *constants, epsilon=_BATCH_NORM_EPSILON)

    def _linear(self, x: str, name: str) -> str:
        return self._graph.add("MatMul", x, self._graph.constant(self._tensors[f"{name}.weight"].T.copy()))
