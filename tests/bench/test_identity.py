"""The bench of faces: files of pairs, and rates that can be computed by hand."""

from pathlib import Path

import numpy as np
import pytest

from autosilo.bench import main
from autosilo.bench.identity.curve import scores_of
from autosilo.bench.identity.pairs import BadPairs, read_pairs


def pictures(folder: Path, **people: int) -> Path:
    for name, count in people.items():
        (folder / name).mkdir(parents=True)
        for number in range(1, count + 1):
            (folder / name / f"{name}_{number:04d}.png").write_bytes(b"")
    return folder


def test_a_file_of_pairs_is_read(tmp_path) -> None:
    images = pictures(tmp_path / "images", ann=2, bob=1)
    file = tmp_path / "pairs.txt"
    file.write_text("2\t1\nann\t1\t2\nann\t1\tbob\t1\nann\t2\t1\nbob\t1\tann\t2\n")
    pairs = read_pairs(file, images)
    assert [(pair.same, pair.fold) for pair in pairs] == [(True, 0), (False, 0), (True, 1), (False, 1)]
    assert pairs[3].other.name == "ann_0002.png"


@pytest.mark.parametrize(
    "text", ["", "ann 1 2\n", "2 1\nann 1 2\n", "1 1\nann 1 2\nann 1 9\n", "1 1\nann x 2\nann 1 bob 1\n"]
)
def test_what_is_no_file_of_pairs_is_said_so(tmp_path, text) -> None:
    images = pictures(tmp_path / "images", ann=2, bob=1)
    file = tmp_path / "pairs.txt"
    file.write_text(text)
    with pytest.raises(BadPairs):
        read_pairs(file, images)


def test_error_rates_are_counted_exactly() -> None:
    same, other = [0.9, 0.8, 0.7, 0.2], [0.1] * 998 + [0.6, 0.75]
    scores = scores_of([*same, *other], [True] * 4 + [False] * 1000, [0] * 1004)
    assert scores.rates(0.65) == (0.001, 0.25)
    assert 0.6 < scores.threshold_at(1e-3) < 0.61
    assert scores.fnmr_at(1e-3) == 0.25
    assert scores.fnmr_at(0) == 0.5
    low, high = scores.fnmr_interval(1e-3, seed=1)
    assert low <= 0.25 <= high


def test_accuracy_is_that_of_folds_at_thresholds_learnt_on_the_others() -> None:
    draw = np.random.default_rng(1)
    values = np.concatenate([draw.normal(0.7, 0.05, 200), draw.normal(0.1, 0.05, 200)])
    folds = [*range(10)] * 40
    scores = scores_of(list(values), [True] * 200 + [False] * 200, folds)
    accuracy, half = scores.accuracy()
    assert accuracy > 0.99
    assert 0 <= half < 0.02


def test_pairs_without_images_are_a_bad_call(tmp_path, capsys) -> None:
    with pytest.raises(ValueError, match="belong together"):
        main(["identity", "--pairs", str(tmp_path / "pairs.txt")])
