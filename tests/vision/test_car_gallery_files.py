import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosilo.vision.cars import Body, Box, CannotUseGallery, CarLook, CatalogueEntry, Gallery, fit, judge
from autosilo.vision.cars.calibration import logistic
from autosilo.vision.cars.types import Colour, Reason

WIDTH = 96


def photos_of(model: int, count: int, spread: float = 0.5, width: int = WIDTH) -> np.ndarray:
    own = np.random.default_rng(model).normal(size=width)
    rows = own + spread * np.random.default_rng(1000 + model).normal(size=(count, width))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def gallery_of(models: int = 6, count: int = 6, encoder: str = "e/1") -> Gallery:
    return fit({f"model-{i}": photos_of(i, count) for i in range(models)}, encoder=encoder)


def look_of(embedding: np.ndarray, encoder: str = "e/1", colour: Colour = Colour.RED) -> CarLook:
    return CarLook(
        True, 0.9, box=Box(0, 0, 9, 9), body={Body.SUV: 1.0}, colour=colour, embedding=embedding, encoder=encoder
    )


CATALOGUE = [
    CatalogueEntry(f"model-{i}", Body.SUV, (Colour.RED, Colour.GREY), make="Ada" if i < 3 else "Bell") for i in range(6)
]


def test_a_gallery_comes_back_from_its_file_and_says_the_same() -> None:
    gallery = gallery_of()
    again = Gallery.from_bytes(gallery.to_bytes())
    look = look_of(photos_of(2, 7)[6])
    assert judge(look, again, CATALOGUE) == judge(look, gallery, CATALOGUE)
    assert again.counts == {f"model-{i}": 6 for i in range(6)}
    assert again.encoder == "e/1"


def test_an_empty_gallery_has_a_file_too() -> None:
    again = Gallery.from_bytes(fit({}, encoder="e/1").to_bytes())
    assert again.counts == {}
    assert not again.is_ready


def test_a_file_of_another_version_is_refused_by_name() -> None:
    with np.load(io.BytesIO(gallery_of().to_bytes())) as file:
        arrays = dict(file)
    head = bytes(arrays["head"]).replace(b'"version": ', b'"version": 9')
    stream = io.BytesIO()
    np.savez(stream, **{**arrays, "head": np.frombuffer(head, np.uint8)})
    with pytest.raises(CannotUseGallery) as refused:
        Gallery.from_bytes(stream.getvalue())
    assert refused.value.reason == "version"


FILE = gallery_of(3, 3).to_bytes()


@settings(max_examples=60, deadline=None)
@given(where=st.floats(0, 1), value=st.integers(0, 255), keep=st.floats(0, 1))
def test_a_damaged_file_is_a_gallery_or_refused(where: float, value: int, keep: float) -> None:
    data = bytearray(FILE)
    data[int(where * (len(data) - 1))] = value
    with suppress(CannotUseGallery):
        assert isinstance(Gallery.from_bytes(bytes(data[: int(keep * len(data))])), Gallery)


def test_looks_of_another_encoder_are_not_compared() -> None:
    verdict = judge(look_of(photos_of(2, 7)[6], encoder="other/1"), gallery_of(), CATALOGUE)
    assert verdict.known is None
    assert verdict.in_catalogue is None
    assert all(candidate.confidence is None for candidate in verdict.candidates)


def test_embeddings_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="encoders"):
        fit({"a": photos_of(1, 2), "b": photos_of(2, 2, width=8)})


def test_a_known_car_is_known_and_a_stranger_is_not() -> None:
    gallery = gallery_of(12, 8)
    known = [judge(look_of(photos_of(i, 9)[8]), gallery, CATALOGUE).known or 0.0 for i in range(12)]
    strange = [judge(look_of(photos_of(i, 1)[0]), gallery, CATALOGUE).known or 0.0 for i in range(50, 80)]
    assert np.median(known) > 0.5 > np.median(strange)


def test_the_make_is_said_when_the_look_says_it() -> None:
    verdict = judge(look_of(photos_of(1, 7)[6]), gallery_of(), CATALOGUE)
    assert verdict.make == "Ada"
    assert verdict.candidates[0].slug == "model-1"
    others = [c for c in verdict.candidates[1:] if c.slug in ("model-0", "model-2")]
    assert others
    assert all(Reason.MAKE in c.reasons or Reason.LOOK in c.reasons for c in others)
    assert all(Reason.MAKE not in c.reasons for c in verdict.candidates if c.slug in ("model-3", "model-4", "model-5"))


def test_a_colour_that_is_not_stocked_becomes_the_one_that_eyes_take_for_it() -> None:
    assert judge(look_of(photos_of(1, 7)[6], colour=Colour.SILVER), gallery_of(), CATALOGUE).colour is Colour.GREY
    assert judge(look_of(photos_of(1, 7)[6], colour=Colour.GREEN), gallery_of(), CATALOGUE).colour is Colour.GREEN


def test_the_logistic_regression_finds_the_border() -> None:
    rows = np.linspace(-1, 1, 41)[:, None]
    slope, constant = logistic(rows, rows[:, 0] > 0.2)
    assert slope > 0
    assert -constant / slope == pytest.approx(0.2, abs=0.1)
