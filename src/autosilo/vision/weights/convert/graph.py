"""A small builder for ONNX graphs: named constants, one line an operator, bytes that do not vary from run to run."""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

OPSET = (
    17  # LayerNormalization's opset: old enough for every onnxruntime of the last years, new enough for all used here
)
IR_VERSION = 8  # the one that belongs to opset 17


class GraphBuilder:
    """Collects nodes and constants; `add` returns the name of the node's single output."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, values: np.ndarray) -> str:
        """Store `values` (float32 or int64, any shape) as an initialiser and return its name."""
        name = f"c{len(self._constants)}"
        self._constants.append(tensor(name, values))
        return name

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:
        output = f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(op, list(inputs), [output], **attributes))
        return output

    def build(self, inputs: dict[str, list[int]], outputs: dict[str, tuple[str, list[int | str]]]) -> bytes:
        """Serialise. `inputs`: name -> shape; `outputs`: name -> (inner name, shape). All float32."""
        for name, (inner, _) in outputs.items():
            self._nodes.append(helper.make_node("Identity", [inner], [name]))
        graph = helper.make_graph(
            self._nodes,
            self._name,
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, (_, s) in outputs.items()],
            self._constants,
        )
        return serialise(graph)


def tensor(name: str, values: np.ndarray) -> onnx.TensorProto:
    """An ONNX tensor with raw little-endian content (float32 or int64)."""
    kinds = {"float32": (TensorProto.FLOAT, "<f4"), "int64": (TensorProto.INT64, "<i8")}
    data_type, layout = kinds[values.dtype.name]
    raw = np.ascontiguousarray(values).astype(layout).tobytes()
    return helper.make_tensor(name, data_type, values.shape, raw, raw=True)


def serialise(graph: onnx.GraphProto) -> bytes:
    """Check the graph and turn it into bytes, the same for the same graph."""
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="autosilo")
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data
