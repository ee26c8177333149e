"""Block-quantised int8 ONNX weights to plain float32.

onnxruntime's CPU provider refuses `DequantizeLinear` with `block_size` on these files. The weights are few, so they are
dequantised once, by the rule of the operator's definition (ONNX operators, DequantizeLinear 21):
`y = (q - zero_point) * scale`, scale and zero point repeated `block_size` times along `axis`.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from autosilo.vision.weights.convert.graph import serialise, tensor


def dequantise(data: bytes) -> bytes:
    """Fold each DequantizeLinear (and the Reshape behind it) of constants into a float32 constant.

    The input's height and width become free dimensions where the graph allows it (a detector runs at any size).
    """
    source = onnx.load_from_string(data).graph
    constants = {t.name: numpy_helper.to_array(t) for t in source.initializer}
    nodes = []
    for node in source.node:
        if node.op_type == "DequantizeLinear":
            constants[node.output[0]] = _dequantised(node, constants)
        elif node.op_type == "Reshape" and all(name in constants for name in node.input):
            constants[node.output[0]] = constants[node.input[0]].reshape(constants[node.input[1]])
        elif node.op_type == "Dropout":  # identity when not training
            nodes.append(helper.make_node("Identity", [node.input[0]], [node.output[0]]))
        else:
            nodes.append(node)
    used = {name for node in nodes for name in node.input}
    nodes = [node for node in nodes if node.op_type != "Constant" or node.output[0] in used]
    graph = helper.make_graph(
        nodes,
        source.name,
        [_with_free_size(value) for value in source.input if value.name in used and value.name not in constants],
        [_without_shape(value) for value in source.output],
        [tensor(name, constants[name]) for name in constants if name in used],
    )
    return serialise(graph)


def _dequantised(node: onnx.NodeProto, constants: dict[str, np.ndarray]) -> np.ndarray:
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    axis = attributes.get("axis") or 0  # one donor writes an empty list for a one-dimensional tensor
    quantised, scale, zero = (constants[name] for name in node.input)
    repeat = attributes["block_size"]
    length = quantised.shape[axis]

    def spread(values: np.ndarray) -> np.ndarray:
        return np.repeat(values, repeat, axis=axis).take(range(length), axis=axis)

    centred = quantised.astype(np.float32) - spread(zero).astype(np.float32)
    return (centred * spread(scale)).astype(np.float32)


def _with_free_size(value: onnx.ValueInfoProto) -> onnx.ValueInfoProto:
    batch, channels, *size = (d.dim_value for d in value.type.tensor_type.shape.dim)
    free: list[int | str] = [batch, channels, *(["height", "width"] if size == [640, 640] else size)]
    return helper.make_tensor_value_info(value.name, value.type.tensor_type.elem_type, free)


def _without_shape(value: onnx.ValueInfoProto) -> onnx.ValueInfoProto:
    rank = len(value.type.tensor_type.shape.dim)
    return helper.make_tensor_value_info(value.name, value.type.tensor_type.elem_type, [None] * rank)
