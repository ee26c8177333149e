"""The scan bench on drawn embeddings: what it counts, not how good recognition is."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autosilo.bench import main
from autosilo.bench.scan import ablation, accuracy
from autosilo.bench.scan.pictures import Looked, look_at, pictures_in
from autosilo.vision.images import Rgb

WIDTH = 48


def looked(label: str, count: int, start: int = 0) -> list[Looked]:
    own = np.random.default_rng(list(label.encode())).normal(size=WIDTH)
    rows = own + 0.4 * np.random.default_rng([start, *label.encode()]).normal(size=(count, WIDTH))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows.astype(np.float32)
    return [Looked(Path(f"{label}/{i}.jpg"), label, row, row) for i, row in enumerate(rows)]


GALLERY = [one for label in "abcdef" for one in looked(label, 8)]
QUERIES = [one for label in "abcdef" for one in looked(label, 4, start=1)]
STRANGERS = [one for label in "uvwxyz" for one in looked(label, 4)]


def test_known_models_come_first_and_strangers_are_told_apart() -> None:
    found = accuracy.judged(GALLERY, [*QUERIES, *STRANGERS])
    assert found.first == found.five == 1.0
    assert found.auroc is not None
    assert found.auroc > 0.8
    assert found.named_right == 1.0


def test_a_picture_without_a_car_counts_as_wrong() -> None:
    blind = [Looked(one.path, one.label, None) for one in QUERIES[:12]]
    found = accuracy.judged(GALLERY, [*blind, *QUERIES[12:]])
    assert found.first == pytest.approx(0.5)
    assert found.auroc is None
    assert ablation.plain_cosine({"a": np.eye(WIDTH)[:2], "b": np.eye(WIDTH)[2:4]}, blind[:0] or QUERIES[:1]) in (0, 1)


def test_the_area_under_the_curve_counts_ties_as_half() -> None:
    assert accuracy.auroc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1
    assert accuracy.auroc(np.array([1.0]), np.array([1.0])) == 0.5
    assert accuracy.auroc(np.array([0.0, 2.0]), np.array([1.0])) == 0.5


def test_one_folder_is_divided_and_goals_belong_to_their_case() -> None:
    many = [one for label in map(str, range(21)) for one in looked(label, 24)]
    figures = list(accuracy.figures(many, [], [], seed=1, quick=True))
    named = {figure.name: figure for figure in figures}
    assert named["20 classes, 20 references: first"].target == ">= 92"
    assert named["21 classes, 10 references: first"].target is None
    assert "20 classes, 20 references: known against unknown, AUROC" in named


def test_folders_with_as_many_references_a_class_are_the_case_of_that_name() -> None:
    whole = [one for label in map(str, range(20)) for one in looked(label, 20)]
    asked = [one for label in map(str, range(20)) for one in looked(label, 2, start=1)]
    named = {figure.name: figure for figure in accuracy.figures(whole, asked, [], seed=1, quick=True)}
    assert named["20 classes, 20 references: first"].target == ">= 92"
    named = {figure.name: figure for figure in accuracy.figures(whole[1:], asked, [], seed=1, quick=True)}
    assert named["20 classes, 399 unequal references: first"].target is None


class _Engine:
    encoder = "drawn/1"

    def __init__(self) -> None:
        self.looks = 0

    def look(self, photo: bytes | Rgb) -> object:
        self.looks += 1
        return type("Look", (), {"embedding": np.ones(4, np.float32) if len(photo) % 2 else None})()


def test_a_picture_is_looked_at_once_when_there_is_a_cache(tmp_path: Path) -> None:
    for name in ("a/1.png", "b/2.png", "b/note.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 40), "red" if "1" in name else "blue").save(path, "PNG")
    engine = _Engine()
    for _ in range(2):
        found = look_at(engine, tmp_path / "in", cache=tmp_path / "kept")  # type: ignore[arg-type]  # a stand-in
    assert [one.label for one in found] == ["a", "b"]
    assert engine.looks == 2
    with pytest.raises(ValueError, match="no picture"):
        pictures_in(tmp_path / "kept")


def test_a_wrong_folder_is_a_bad_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["scan", "--gallery", "/does/not/exist"])
    assert "no folder" in capsys.readouterr().err
