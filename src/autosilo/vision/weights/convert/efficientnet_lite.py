"""EfficientNet-Lite (TensorFlow authors' weights in a PyTorch state dict, Apache-2.0): state dict to ONNX.

The network is a stem, seven stages of inverted bottlenecks (MBConv: 1x1 expand, depth-wise, 1x1 project; a residual
where the shape stays) and a 1x1 head (Tan & Le 2019; the Lite variant has ReLU6 and no squeeze-and-excitation). What
varies between Lite0 and Lite4 (channels, blocks a stage) is read from the tensors; batch norms are folded into the
convolutions.
"""

from collections.abc import Callable

import numpy as np

from autosilo.vision.weights.convert.graph import GraphBuilder
from autosilo.vision.weights.convert.torch_tensors import read_tensors

_EPSILON = 1e-3  # of the batch norms, as TensorFlow's EfficientNet has it
_STEM_STRIDE = 2
_STAGE_STRIDES = (1, 2, 2, 2, 1, 2, 1)  # table 1 of the paper
_PARTS = 6  # the stage whose end is given out as well: parts of a car rather than a thing as a whole
_PAIRS = 5  # the stage of which is given out which features are seen in the same places
_MIXED = 48  # its channels are brought to so many mixtures first, for all pairs of them would be five times as many
_CLASSES = 1000


def efficientnet_lite(height: int, width: int) -> Callable[[bytes], bytes]:
    """A converter for pictures of this size in pixels; the networks are convolutional, so any will do.

    Its ONNX: `image` [1,3,height,width] RGB -1..1 -> `features` (the mean of the head's maps), `parts` (the mean of the
    maps after stage 6) and `logits` (ImageNet-1k), each [1,n], and `pairs` [48,48], the
    sums over all places of products of two mixtures of the maps after stage 5, less their means.
    """

    def convert(data: bytes) -> bytes:
        return _Network(read_tensors(data), height, width).build()

    return convert


class _Network:
    def __init__(self, tensors: dict[str, np.ndarray], height: int, width: int) -> None:
        self._tensors = tensors
        self._size = [height, width]
        self._graph = GraphBuilder("efficientnet_lite")

    def build(self) -> bytes:
        """Serialise; the order of the outputs is that of the docstring above."""
        x = self._relu6(self._convolution("image", "_conv_stem", "_bn0", stride=_STEM_STRIDE))
        ends = self._stages(x)
        head = self._relu6(self._convolution(ends[-1], "_conv_head", "_bn1"))
        features = self._mean(head)
        weight = self._graph.constant(self._tensors["_fc.weight"].T.copy())
        logits = self._graph.add(
            "Add",
            self._graph.add("MatMul", features, weight),
            self._graph.constant(self._tensors["_fc.bias"]),
        )
        outputs: dict[str, tuple[str, list[int | str]]] = {
            "features": (features, [1, len(self._tensors["_bn1.weight"])]),
            "parts": (self._mean(ends[_PARTS - 1]), [1, self._width(_PARTS)]),
            "logits": (logits, [1, _CLASSES]),
            "pairs": (self._together(ends[_PAIRS - 1], self._width(_PAIRS)), [_MIXED, _MIXED]),
        }
        return self._graph.build({"image": [1, 3, *self._size]}, outputs)

    def _stages(self, x: str) -> list[str]:
        """The output of each stage. A stage begins with the one block that changes the number of channels."""
        ends: list[str] = []
        for index in range(self._blocks()):
            begins = self._begins_stage(index)
            stride = _STAGE_STRIDES[len(ends)] if begins else 1
            x = self._block(x, index, stride, residual=not begins)
            if begins:
                ends.append(x)
            else:
                ends[-1] = x
        return ends

    def _blocks(self) -> int:
        return 1 + max(int(name.split(".")[1]) for name in self._tensors if name.startswith("_blocks."))

    def _channels(self, index: int) -> int:
        return len(self._tensors[f"_blocks.{index}._project_conv.weight"])

    def _begins_stage(self, index: int) -> bool:
        return index == 0 or self._channels(index) != self._channels(index - 1)

    def _width(self, stage: int) -> int:
        starts = [index for index in range(self._blocks()) if self._begins_stage(index)]
        return self._channels(starts[stage - 1])

    def _block(self, x: str, index: int, stride: int, *, residual: bool) -> str:
        name = f"_blocks.{index}"
        inner = x
        if f"{name}._expand_conv.weight" in self._tensors:
            inner = self._relu6(self._convolution(inner, f"{name}._expand_conv", f"{name}._bn0"))
        inner = self._relu6(self._convolution(inner, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride))
        inner = self._convolution(inner, f"{name}._project_conv", f"{name}._bn2")
        return self._graph.add("Add", x, inner) if residual else inner

    def _convolution(self, x: str, name: str, norm: str, stride: int = 1) -> str:
        weight = self._tensors[f"{name}.weight"]
        gain = self._tensors[f"{norm}.weight"] / np.sqrt(self._tensors[f"{norm}.running_var"] + _EPSILON)
        bias = self._tensors[f"{norm}.bias"] - gain * self._tensors[f"{norm}.running_mean"]
        depth_wise = weight.shape[1] == 1
        return self._graph.add(
            "Conv",
            x,
            self._graph.constant((weight * gain[:, None, None, None]).astype(np.float32)),
            self._graph.constant(bias.astype(np.float32)),
            auto_pad="SAME_UPPER",  # as in TensorFlow, where the weights come from
            group=weight.shape[0] if depth_wise else 1,
            kernel_shape=list(weight.shape[2:]),
            strides=[stride] * 2,
        )

    def _relu6(self, x: str) -> str:
        low, high = (self._graph.constant(np.array(v, np.float32)) for v in (0.0, 6.0))
        return self._graph.add("Clip", x, low, high)

    def _together(self, maps: str, channels: int) -> str:
        flat = self._graph.add("Reshape", maps, self._graph.constant(np.array([channels, -1], np.int64)))
        mixed = self._graph.add("MatMul", self._graph.constant(_mixtures(channels)), flat)
        centred = self._graph.add("Sub", mixed, self._graph.add("ReduceMean", mixed, axes=[1], keepdims=1))
        return self._graph.add("MatMul", centred, self._graph.add("Transpose", centred, perm=[1, 0]))

    def _mean(self, x: str) -> str:
        return self._graph.add("Flatten", self._graph.add("GlobalAveragePool", x))


def _mixtures(channels: int) -> np.ndarray:
    """(48, channels): cosines (DCT-II), orthogonal as long as there are more channels than rows. Which mixtures hardly
    matters: random signs and random rotations did as well."""
    places = np.pi * (np.arange(channels) + 0.5) / channels
    return np.cos(np.arange(1, _MIXED + 1)[:, None] * places).astype(np.float32)
