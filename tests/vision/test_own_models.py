"""An operator's own models: their cards, their files, and templates that are never mixed up."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from autosilo.vision.faces import CannotUseTemplate, FaceEngine, from_bytes, template_bytes
from autosilo.vision.faces.cards import CannotUseModel, embedding_card, liveness_card
from autosilo.vision.images import read_image
from autosilo.vision.presence.eye import Hint
from autosilo.vision.presence.vision_eye import VisionEye

SIDE = 64


def tiny(nodes: list[Any], out: list[int]) -> bytes:
    """An ONNX file over one small picture."""
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, SIDE, SIDE])
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, out)
    graph = helper.make_graph(nodes, "tiny", [given], [made])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def embedding_model() -> bytes:
    """Sixteen patches of three colours: 48 numbers."""
    pool = helper.make_node("AveragePool", ["x"], ["p"], kernel_shape=[16, 16], strides=[16, 16])
    return tiny([pool, helper.make_node("Flatten", ["p"], ["y"])], [1, 48])


def liveness_model() -> bytes:
    """The mean of each colour, as three scores."""
    return tiny(
        [helper.make_node("GlobalAveragePool", ["x"], ["p"]), helper.make_node("Flatten", ["p"], ["y"])], [1, 3]
    )


def embedding(folder: Path, **changes: Any) -> Path:
    data = embedding_model()
    card = {
        "v": 1,
        "kind": "embedding",
        "name": "Patches",
        "licence": "Apache-2.0",
        "training_data": "none",
        "file": "patches.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "input": "x",
        "colours": "RGB",
        "mean": [127.5, 127.5, 127.5],
        "std": [128, 128, 128],
        "side": SIDE,
        "length": 48,
        "match_gate": 0.9,
        "match_single": 0.8,
    }
    return _put(folder / "embedding", "patches.onnx", data, card | changes)


def liveness(folder: Path, **changes: Any) -> Path:
    data = liveness_model()
    card = {
        "v": 1,
        "kind": "liveness",
        "name": "Reds",
        "licence": "Apache-2.0",
        "training_data": "none",
        "views": [{"file": "reds.onnx", "sha256": hashlib.sha256(data).hexdigest(), "width": 2}],
        "input": "x",
        "colours": "RGB",
        "std": [255, 255, 255],
        "side": SIDE,
        "genuine": 0,
        "softmax": True,
        "liveness": 0.2,
    }
    return _put(folder / "liveness", "reds.onnx", data, card | changes)


def _put(folder: Path, file: str, data: bytes, card: dict[str, Any]) -> Path:
    folder.mkdir(parents=True)
    (folder / file).write_bytes(data)
    (folder / "card.json").write_text(json.dumps(card))
    return folder.parent


@pytest.fixture
def own(tmp_path, cache) -> FaceEngine:
    return FaceEngine(cache / "weights", models=liveness(embedding(tmp_path)))


def test_own_models_take_the_place_of_ours(own, samples_dir) -> None:
    look = own.look(read_image((samples_dir / "obama.jpg").read_bytes()))
    assert look.embedding.shape == (48,)
    assert np.linalg.norm(look.embedding) == pytest.approx(1, abs=1e-5)
    assert 0.3 < look.liveness < 0.5, "a face is a little more red than green and blue"


def test_the_gate_takes_its_thresholds_from_the_cards(tmp_path, cache, samples_dir) -> None:
    eye = VisionEye(cache / "weights", models=liveness(embedding(tmp_path)))
    assert (eye.threshold, eye.doubtful, eye.liveness) == (0.9, 0.8, 0.2)
    look = eye.look((samples_dir / "obama.jpg").read_bytes())
    assert look.hint in (Hint.GOOD, Hint.CENTRE)
    enrolled = own_enrolment(eye, samples_dir)
    assert eye.similarity(eye.read_template(enrolled), look.embedding) > 0.99


def own_enrolment(eye: VisionEye, samples_dir: Path) -> bytes:
    seen = eye.look((samples_dir / "obama.jpg").read_bytes())
    assert seen.embedding is not None
    return eye.write_template(seen.embedding)


def test_templates_of_different_models_are_never_compared(own, samples_dir) -> None:
    seen = own.look(read_image((samples_dir / "obama.jpg").read_bytes()))
    mark = own.embedding_card.mark
    kept = template_bytes(seen.embedding, mark)
    assert len(mark) == 4
    assert from_bytes(kept, mark) == pytest.approx(seen.embedding, abs=1e-3)
    with pytest.raises(CannotUseTemplate):
        from_bytes(kept)
    with pytest.raises(CannotUseTemplate):
        from_bytes(kept, b"\x00\x01\x02\x03")
    ours = template_bytes(np.ones(128, np.float32))
    with pytest.raises(CannotUseTemplate):
        from_bytes(ours, mark)


@pytest.mark.parametrize(
    "wrong",
    [
        {"match_single": 0.95},
        {"file": "../patches.onnx"},
        {"std": [0, 1, 1]},
        {"sha256": "no"},
        {"licence": ""},
        {"v": 2},
        {"kind": "liveness"},
        {"anything": "else"},
    ],
)
def test_a_card_that_does_not_hold_is_refused(tmp_path, wrong) -> None:
    with pytest.raises(CannotUseModel, match=r"card\.json"):
        embedding_card(embedding(tmp_path, **wrong))


def test_a_file_that_its_card_does_not_name_is_refused(tmp_path, cache, samples_dir) -> None:
    folder = embedding(tmp_path)
    (folder / "embedding" / "patches.onnx").write_bytes(b"something else")
    with pytest.raises(CannotUseModel, match="not the file"):
        FaceEngine(cache / "weights", models=folder).warm()
    (folder / "embedding" / "patches.onnx").unlink()
    with pytest.raises(CannotUseModel, match="cannot be read"):
        FaceEngine(cache / "weights", models=folder).warm()


def test_a_model_that_answers_otherwise_than_its_card_is_refused(tmp_path, cache, samples_dir) -> None:
    image = read_image((samples_dir / "obama.jpg").read_bytes())
    short = FaceEngine(cache / "weights", models=embedding(tmp_path / "a", length=64))
    with pytest.raises(CannotUseModel, match="48 numbers"):
        short.look(image)
    few = FaceEngine(cache / "weights", models=liveness(tmp_path / "b", genuine=7))
    with pytest.raises(CannotUseModel, match="3 classes"):
        few.look(image)


def test_without_cards_ours_are_used(tmp_path) -> None:
    assert embedding_card(tmp_path) is None
    assert liveness_card(tmp_path) is None
    assert FaceEngine(models=tmp_path).embedding_card.name == "SFace"
