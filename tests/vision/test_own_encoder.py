"""An operator's own ONNX encoder: tiny files, made here."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from autosilo.vision.cars import CannotUseEncoder, CarEngine
from autosilo.vision.cars.own_encoder import OwnEncoder

Picture = Callable[[str], np.ndarray]


def model_file(path: Path, op: str = "GlobalAveragePool", size: list[int | str] | None = None, **said: str) -> Path:
    """One node: the mean colour of a picture, or its colours as maps."""
    shape = [1, 3, *(size or [32, 48])]
    graph = helper.make_graph(
        [helper.make_node(op, ["picture"], ["vector"])],
        "tiny",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    helper.set_model_props(model, {f"autosilo.{name}": value for name, value in said.items()})
    onnx.save(model, path)
    return path


def test_a_file_of_the_operator_makes_a_vector(tmp_path: Path) -> None:
    encoder = OwnEncoder(model_file(tmp_path / "e.onnx", mean="0,0,0", std="1,1,1"))
    red = np.zeros((40, 60, 3), np.uint8)
    red[..., 0] = 200
    np.testing.assert_allclose(encoder.embed(red), [1, 0, 0], atol=1e-6)


@pytest.mark.parametrize("size", [["h", "w"], [24, 24]])
def test_sizes_may_be_free_and_maps_are_averaged(tmp_path: Path, size: list[int | str]) -> None:
    encoder = OwnEncoder(model_file(tmp_path / "e.onnx", op="Relu", size=size, mean="0,0,0"))
    assert encoder.embed(np.full((50, 70, 3), 90, np.uint8)).shape == (3,)


def test_another_file_has_another_name(tmp_path: Path) -> None:
    one = OwnEncoder(model_file(tmp_path / "a.onnx"))
    other = OwnEncoder(model_file(tmp_path / "b.onnx", op="GlobalMaxPool"))
    assert one.name != other.name
    assert one.name == OwnEncoder(tmp_path / "a.onnx").name


def test_it_stands_beside_the_built_in_networks(tmp_path: Path, cars: CarEngine, picture: Picture) -> None:
    image = picture("street_hatchback.png")
    engine = CarEngine(cars._store.folder, model_file(tmp_path / "e.onnx"))
    alone, both = cars.look(image), engine.look(image)
    assert alone.embedding is not None
    assert both.embedding is not None
    assert len(both.embedding) == len(alone.embedding) + 3
    assert np.linalg.norm(both.embedding) == pytest.approx(1, abs=1e-5)
    assert both.encoder == engine.encoder
    assert both.encoder.startswith(cars.encoder + "+onnx:")


def test_a_file_that_is_no_encoder_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(CannotUseEncoder, match=r"missing\.onnx cannot be read"):
        OwnEncoder(tmp_path / "missing.onnx")
    (tmp_path / "text.onnx").write_text("I am a network")
    with pytest.raises(CannotUseEncoder, match="not an ONNX model"):
        OwnEncoder(tmp_path / "text.onnx")
    with pytest.raises(CannotUseEncoder, match="metadata"):
        OwnEncoder(model_file(tmp_path / "m.onnx", mean="bright"))
    with pytest.raises(CannotUseEncoder, match="makes no vector"):
        OwnEncoder(model_file(tmp_path / "s.onnx", op="Transpose"))
