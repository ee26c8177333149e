"""SSD-MobileNetV2 (TensorFlow object detection, COCO, 2018-03-29, Apache-2.0): frozen graph to ONNX.

Taken: the network between the normalised picture and the raw predictions. Left out: the resizing before it and the box
decoding and suppression after it, which are a few lines of numpy (`cars/detector.py`).
TensorFlow keeps pictures as NHWC, ONNX as NCHW; weights are transposed here once.
"""

import numpy as np

from autosilo.vision.weights.convert.graph import GraphBuilder
from autosilo.vision.weights.convert.tf_graph import TfNode, read_graph

INPUT_SIZE = 300  # pixels, both sides
ANCHORS = 1917
CLASSES = 91  # COCO's numbering, 0 is background
_PICTURE = "Preprocessor/sub"
_BOXES, _SCORES = "concat", "concat_1"


def ssd_mobilenet_v2(data: bytes) -> bytes:
    """To ONNX: `image` [1,3,300,300], RGB, -1..1, gives `boxes` [1,1917,4] and `scores` [1,1917,91].

    A box is the raw (ty, tx, th, tw) of its anchor; a score is 0..1, the classes not exclusive.
    """
    translation = _Translation(read_graph(data))
    boxes = translation.joined(_BOXES, 4)
    scores = translation.graph.add("Sigmoid", translation.joined(_SCORES, CLASSES))
    return translation.graph.build(
        {"image": [1, 3, INPUT_SIZE, INPUT_SIZE]},
        {"boxes": (boxes, [1, ANCHORS, 4]), "scores": (scores, [1, ANCHORS, CLASSES])},
    )


class _Translation:
    """Walks back from an output. A tensor is either known (an array, folded at once) or a name in the new graph."""

    def __init__(self, nodes: dict[str, TfNode]) -> None:
        self.graph = GraphBuilder("ssd_mobilenet_v2")
        self._nodes = nodes
        self._known: dict[str, np.ndarray | None] = {}
        self._names: dict[str, str] = {_PICTURE: "image"}

    def joined(self, name: str, width: int) -> str:
        """A ConcatV2 of per-layer predictions, each reshaped from NCHW to [1, anchors, width]."""
        parts = []
        for reshape in self._nodes[name].inputs[:-1]:
            convolved = self._name(self._nodes[reshape].inputs[0])
            channels_last = self.graph.add("Transpose", convolved, perm=[0, 2, 3, 1])
            shape = self.graph.constant(np.array([1, -1, width], np.int64))
            parts.append(self.graph.add("Reshape", channels_last, shape))
        return self.graph.add("Concat", *parts, axis=1)

    def _name(self, name: str) -> str:
        if name not in self._names:
            self._names[name] = self._translated(self._nodes[name])
        return self._names[name]

    def _translated(self, node: TfNode) -> str:
        if node.op in ("Identity", "Relu6"):
            inner = self._name(node.inputs[0])
            return inner if node.op == "Identity" else self._relu6(inner)
        if node.op in ("Conv2D", "DepthwiseConv2dNative"):
            return self._convolution(node)
        if node.op in ("Add", "Mul", "BiasAdd"):
            return self._per_channel("Mul" if node.op == "Mul" else "Add", node)
        raise ValueError(f"{node.name}: operator {node.op} is not translated")

    def _relu6(self, x: str) -> str:
        low, high = (self.graph.constant(np.array(v, np.float32)) for v in (0.0, 6.0))
        return self.graph.add("Clip", x, low, high)

    def _convolution(self, node: TfNode) -> str:
        weight = self._array(node.inputs[1])
        if weight is None or node.padding != "SAME" or any(d != 1 for d in node.dilations):
            raise ValueError(f"{node.name}: only plain convolutions with SAME padding are translated")
        height, width, channels, _ = weight.shape
        depth_wise = node.op == "DepthwiseConv2dNative"
        if depth_wise:
            turned = weight.transpose(2, 3, 0, 1).reshape(-1, 1, height, width)
        else:
            turned = weight.transpose(3, 2, 0, 1)
        return self.graph.add(
            "Conv",
            self._name(node.inputs[0]),
            self.graph.constant(np.ascontiguousarray(turned, np.float32)),
            auto_pad="SAME_UPPER",  # TensorFlow's SAME puts the odd pixel after
            group=channels if depth_wise else 1,
            kernel_shape=[height, width],
            strides=node.strides[1:3],
        )

    def _per_channel(self, op: str, node: TfNode) -> str:
        names = []
        for part in node.inputs:
            array = self._array(part)
            if array is None:
                names.append(self._name(part))
            else:
                names.append(self.graph.constant(array.astype(np.float32).reshape(1, -1, 1, 1)))
        return self.graph.add(op, *names)

    def _array(self, name: str) -> np.ndarray | None:
        """The tensor's value where it follows from constants alone, else None."""
        if name not in self._known:
            self._known[name] = None if name == _PICTURE else self._folded(self._nodes[name])
        return self._known[name]

    def _folded(self, node: TfNode) -> np.ndarray | None:
        if node.op == "Const":
            return node.value
        if node.op not in ("Identity", "Add", "Mul", "Sub", "Rsqrt"):
            return None
        parts = [self._array(part) for part in node.inputs]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        if node.op == "Identity":
            return known[0]
        if node.op == "Rsqrt":
            return (1 / np.sqrt(known[0])).astype(np.float32)
        combine = {"Add": np.add, "Mul": np.multiply, "Sub": np.subtract}[node.op]
        return np.asarray(combine(*known))
