"""A head that was tuned on other models helps a gallery with few photos, and comes back from its file."""

import numpy as np
import pytest

from autosilo.vision.cars import CannotTune, CannotUseHead, Head, fine_tune, fit

WIDTH, NUISANCES = 80, 20
CHANCE = np.random.default_rng(3)
NUISANCE = CHANCE.normal(size=(NUISANCES, WIDTH)).astype(np.float32)  # light, angle: the same for every model


def photos(model: int, count: int, start: int = 0) -> np.ndarray:
    own = np.random.default_rng(model).normal(size=WIDTH)
    chance = np.random.default_rng([model, start])
    rows = own + 1.5 * chance.normal(size=(count, NUISANCES)) @ NUISANCE + 0.1 * chance.normal(size=(count, WIDTH))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def share_right(head: Head | None) -> float:
    gallery = fit({f"m{i}": photos(i, 2) for i in range(12)}, encoder="e", head=head)
    asked = [(i, row) for i in range(12) for row in photos(i, 6, start=1)]
    found = [gallery.similarity(row) for _, row in asked]
    return float(np.mean([max(s, key=lambda m: s[m]) == f"m{i}" for (i, _), s in zip(asked, found, strict=True)]))


def other_models() -> dict[str, np.ndarray]:
    return {f"other-{i}": photos(100 + i, 12) for i in range(15)}


def test_a_head_tuned_on_other_models_helps() -> None:
    steps: list[tuple[int, int]] = []
    head = fine_tune(other_models(), encoder="e", progress=lambda done, whole: steps.append((done, whole)))
    assert share_right(head) > share_right(None) + 0.1
    assert steps[-1] == (3, 3)
    assert head.photos == 180


def test_a_head_comes_back_from_its_file() -> None:
    head = fine_tune(other_models(), encoder="e")
    again = Head.from_bytes(head.to_bytes())
    assert again.encoder == "e"
    np.testing.assert_array_equal(again.of(photos(1, 3)), head.of(photos(1, 3)))
    for bad in (b"", b"no head", head.to_bytes()[:-200]):
        with pytest.raises(CannotUseHead):
            Head.from_bytes(bad)


def test_more_photos_than_numbers_are_tuned_on_as_well() -> None:
    many = {f"m{i}": photos(i, 20)[:, :40] for i in range(10)}
    head = fine_tune(many)
    assert head.axes.shape == (40, 40)
    np.testing.assert_allclose(head.axes @ head.axes.T, np.eye(40), atol=1e-4)
    assert (head.gains > -1).all()


def test_too_few_photos_are_refused() -> None:
    with pytest.raises(CannotTune) as refused:
        fine_tune({"a": photos(1, 10), "b": photos(2, 1)})
    assert refused.value.reason == "too_few"


def test_a_head_of_another_encoder_is_refused() -> None:
    with pytest.raises(ValueError, match="head"):
        fit({f"m{i}": photos(i, 3) for i in range(4)}, encoder="other", head=fine_tune(other_models(), encoder="e"))
