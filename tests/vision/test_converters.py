import pickle
import struct

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from autosilo.vision.runtime import open_onnx
from autosilo.vision.weights.convert.dequantise import dequantise
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


def lite_tensors() -> dict[str, np.ndarray]:
    """A network of the right names in which every stage has one block of two channels and the third stage two."""
    chance = np.random.default_rng(1)
    tensors: dict[str, np.ndarray] = {}

    def convolution(name: str, norm: str, *shape: int) -> None:
        tensors[f"{name}.weight"] = chance.normal(size=shape).astype(np.float32)
        for part, value in (("weight", 1.5), ("bias", 0.25), ("running_mean", 0.1), ("running_var", 0.8)):
            tensors[f"{norm}.{part}"] = np.full(shape[0], value, np.float32)

    convolution("_conv_stem", "_bn0", 4, 3, 3, 3)
    widths, before = [2, 3, 4, 4, 5, 6, 7, 8], 4
    for index, width in enumerate(widths):
        block = f"_blocks.{index}"
        convolution(f"{block}._depthwise_conv", f"{block}._bn1", before, 1, 3, 3)
        convolution(f"{block}._project_conv", f"{block}._bn2", width, before, 1, 1)
        before = width
    convolution("_conv_head", "_bn1", 9, 8, 1, 1)
    tensors["_fc.weight"] = chance.normal(size=(1000, 9)).astype(np.float32)
    tensors["_fc.bias"] = np.zeros(1000, np.float32)
    return tensors


def test_an_efficientnet_is_built_from_the_names_and_shapes_of_its_tensors() -> None:
    from autosilo.vision.weights.convert.efficientnet_lite import _Network

    tensors = lite_tensors()
    session = open_onnx(_Network(tensors, 64, 96).build())
    assert session.get_inputs()[0].shape == [1, 3, 64, 96]
    image = np.random.default_rng(2).normal(size=(1, 3, 64, 96)).astype(np.float32)
    features, parts, logits, pairs = session.run(None, {"image": image})
    assert (features.shape, parts.shape, pairs.shape) == ((1, 9), (1, 7), (48, 48))
    np.testing.assert_allclose(logits[0], tensors["_fc.weight"] @ features[0], rtol=1e-4, atol=1e-4)
    assert features.max() <= 6, "ReLU6"
    np.testing.assert_allclose(pairs, pairs.T, rtol=1e-4, atol=1e-3)
    values = np.linalg.eigvalsh(pairs)
    assert values.min() > -1e-3 * values.max(), "a covariance"
    assert values[-7] < 1e-4 * values.max(), "of six channels there are six independent mixtures"
