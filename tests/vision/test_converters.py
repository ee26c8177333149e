import pickle
import struct

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from autosilo.vision.runtime import open_onnx
from autosilo.vision.weights.convert.dequantise import dequantise
from autosilo.vision.weights.convert.lite_head import expose_features
from autosilo.vision.weights.convert.protobuf import fields, varint, varints
from autosilo.vision.weights.convert.tf_graph import read_graph
from autosilo.vision.weights.convert.torch_tensors import MAGIC, CannotReadTensors, read_tensors


def test_block_quantised_weights_are_dequantised_by_the_rule() -> None:
    quantised = np.arange(12, dtype=np.int8).reshape(2, 6)
    scale = np.array([[0.5, 2.0], [1.0, 0.25]], np.float32)
    zero = np.array([[0, 1], [2, 3]], np.int8)
    expected = np.array([[0, 0.5, 1, 4, 6, 8], [4, 5, 6, 1.5, 1.75, 2]], np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("DequantizeLinear", ["q", "s", "z"], ["w"], axis=1, block_size=3),
            helper.make_node("MatMul", ["x", "w"], ["y"]),
        ],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 6])],
        [numpy_helper.from_array(array, name) for name, array in (("q", quantised), ("s", scale), ("z", zero))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    session = open_onnx(dequantise(model.SerializeToString()))
    (got,) = session.run(None, {"x": np.array([[1, 10]], np.float32)})
    np.testing.assert_allclose(got, np.array([[1, 10]], np.float32) @ expected)
    assert {node.op_type for node in onnx.load_from_string(dequantise(model.SerializeToString())).graph.node} == {
        "MatMul"
    }


def test_a_pickle_that_wants_to_run_code_is_refused() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return print, ("this must not be printed",)

    parts = [pickle.dumps(part, 2) for part in (MAGIC, 1001, {})]
    with pytest.raises(CannotReadTensors, match="refused"):
        read_tensors(b"".join(parts) + pickle.dumps(Evil(), 2))


def test_other_files_are_not_taken_for_tensors() -> None:
    with pytest.raises(CannotReadTensors):
        read_tensors(pickle.dumps(1, 2))
    with pytest.raises(CannotReadTensors):
        read_tensors(b"garbage")


def test_varints_of_one_and_more_bytes() -> None:
    assert varint(memoryview(b"\x96\x01"), 0) == (150, 2)
    assert varints(memoryview(b"\x03\x8e\x02\x9e\xa7\x05")) == [3, 270, 86942]


def test_fields_of_all_wire_types() -> None:
    message = b"\x08\x05" + b"\x12\x02hi" + b"\x1d" + struct.pack("<f", 1.5) + b"\x21" + struct.pack("<d", 2.5)
    got = [(f.number, f.value if isinstance(f.value, int) else bytes(f.value)) for f in fields(memoryview(message))]
    assert got == [(1, 5), (2, b"hi"), (3, struct.pack("<f", 1.5)), (4, struct.pack("<d", 2.5))]
    with pytest.raises(ValueError, match="wire type"):
        list(fields(memoryview(b"\x0b")))


def test_a_constant_node_of_a_frozen_graph_is_read() -> None:
    def part(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    shape = part(2, part(2, b"\x08\x02"))
    tensor = b"\x08\x01" + shape + part(4, struct.pack("<2f", 1.0, -2.0))
    attribute = part(5, part(1, b"value") + part(2, part(8, tensor)))
    node = read_graph(part(1, part(1, b"w") + part(2, b"Const") + attribute))["w"]
    assert node.op == "Const"
    assert node.value is not None
    assert node.value.tolist() == [1.0, -2.0]


def test_a_model_without_the_feature_tensor_is_refused() -> None:
    # root -> model table with one subgraph that has no tensors and one output
    vtable = struct.pack("<HHHHH", 10, 8, 0, 0, 4)
    data = bytearray(struct.pack("<I", 16) + b"TFL3" + b"\0\0" + b"\0\0" + b"\0\0\0\0")
    data[6:16] = vtable
    table = struct.pack("<iI", 10, 4)
    with pytest.raises((ValueError, KeyError, struct.error)):
        expose_features(bytes(data) + table + struct.pack("<I", 0))
