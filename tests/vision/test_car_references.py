"""Checking and assessing reference photos; what is kept of a shopper's photo."""

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from autosilo.vision.cars import (
    Assessment,
    Body,
    Box,
    CarEngine,
    CarLook,
    Colour,
    DoubtKind,
    Frame,
    Hint,
    Point,
    ReferencePhoto,
    View,
    assess,
    check,
    fingerprint,
    fit,
    keepsake,
    near,
)
from autosilo.vision.images import read_image

Picture = Callable[[str], np.ndarray]
WIDTH = 64


def embeddings(model: int, count: int) -> np.ndarray:
    own = np.random.default_rng(model).normal(size=WIDTH)
    rows = own + 0.5 * np.random.default_rng(1000 + model).normal(size=(count, WIDTH))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def photos(model: int, count: int = 8, view: View = View.FRONT) -> list[ReferencePhoto]:
    return [
        ReferencePhoto(key=f"{model}-{i}", embedding=row, view=view) for i, row in enumerate(embeddings(model, count))
    ]


def test_good_references_are_found_good() -> None:
    seen: list[tuple[int, int]] = []
    found = assess({f"m{i}": photos(i) for i in range(5)}, progress=lambda done, whole: seen.append((done, whole)))
    assert found.top1 == 1.0
    assert found.top5 == 1.0
    assert np.array(found.confusion).tolist() == (8 * np.eye(5, dtype=int)).tolist()
    assert found.suspects == ()
    assert seen[-1][0] == seen[-1][1]
    assert Assessment.from_json(found.to_json()) == found


def test_a_photo_under_the_wrong_model_is_suspected() -> None:
    groups = {f"m{i}": photos(i) for i in range(5)}
    groups["m0"].append(replace(photos(3, 9)[8], key="stray"))
    found = assess(groups)
    assert [(s.key, s.slug, s.taken_for) for s in found.suspects] == [("stray", "m0", "m3")]


def test_a_side_from_which_a_model_is_taken_for_another_is_named() -> None:
    groups = {f"m{i}": photos(i) for i in range(4)}
    groups["m0"] += [replace(photo, key=f"r{photo.key}", view=View.REAR) for photo in photos(2, 11)[8:]]
    advice = assess(groups).advice[0]
    assert (advice.slug, advice.view, advice.taken_for, advice.photos) == ("m0", View.REAR, "m2", 3)
    assert advice.share == 1.0


def test_too_few_photos_are_named_and_nothing_is_estimated() -> None:
    found = assess({"a": photos(0, 1), "b": photos(1, 1)})
    assert (found.top1, found.top5) == (None, None)
    assert found.too_few == ("a", "b")
    assert assess({}).photos == 0


def test_the_same_photo_twice_is_named() -> None:
    one, other = photos(0, 2)
    groups = {"a": [replace(one, fingerprint=0b1111), replace(other, fingerprint=0b0111)], "b": photos(1)}
    assert assess(groups).duplicates == ((one.key, other.key),)


def look(model: int, side: int = 300, mark: int = 0) -> CarLook:
    return CarLook(
        True, 0.9, box=Box(0, 0, side, side), body={Body.SUV: 1}, colour=Colour.RED, encoder="e",
        embedding=embeddings(model, 9)[8], fingerprint=mark,
    )  # fmt: skip


def test_each_doubt_about_a_photo_is_named() -> None:
    gallery = fit({f"m{i}": embeddings(i, 8) for i in range(5)}, encoder="e")
    assert check(look(1), "m1", gallery, {}) == []
    assert [d.kind for d in check(CarLook(False, 0.1, hint=Hint.NO_CAR), "m1", gallery, {})] == [DoubtKind.NO_CAR]
    assert [d.kind for d in check(look(1, side=40), "m1", gallery, {})] == [DoubtKind.TOO_SMALL]
    (twin,) = check(look(1), "m1", gallery, {"far": (1 << 40) - 1, "twin": 1})
    assert (twin.kind, twin.other) == (DoubtKind.DUPLICATE, "twin")
    (wrong,) = check(look(3), "m1", gallery, {})
    assert (wrong.kind, wrong.other) == (DoubtKind.WRONG_MODEL, "m3")
    assert check(look(3), "new-model", gallery, {}) == [], "a model without photos cannot be compared"


def test_a_fingerprint_survives_size_quality_and_light(picture: Picture) -> None:
    whole = Image.fromarray(picture("street_hatchback.png"))
    stream = io.BytesIO()
    ImageEnhance.Brightness(whole.resize((300, 200))).enhance(1.15).save(stream, "JPEG", quality=40)
    assert near(fingerprint(np.asarray(whole)), fingerprint(read_image(stream.getvalue())))
    assert not near(fingerprint(np.asarray(whole)), fingerprint(picture("saloon_rear.webp")))
    assert not near(fingerprint(np.asarray(whole)), fingerprint(np.asarray(whole)[:, ::-1].copy()))
    assert 0 <= fingerprint(np.asarray(whole)) < 1 << 64


def test_a_keepsake_shows_neither_windows_nor_plate_and_carries_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 1200, 3), np.uint8)
    kept = Image.open(io.BytesIO(keepsake(noise, Box(100, 100, 1100, 700))))
    assert kept.width == 320
    assert dict(kept.getexif()) == {}
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    rows = np.asarray(kept, np.float32)
    for top, bottom in ((0.08, 0.42), (0.55, 0.89)):
        band = rows[round(top * kept.height) : round(bottom * kept.height)]
        assert band.std(axis=0).max() < 6, "nothing is left in a covered band but even blocks"
    assert rows[round(0.46 * kept.height) : round(0.51 * kept.height)].std() > 10, "what is not covered is still there"


@pytest.mark.parametrize("size", [(40, 30), (33, 900), (900, 33)])
def test_a_keepsake_of_any_shape_is_small(size: tuple[int, int]) -> None:
    image = np.zeros((size[1], size[0], 3), np.uint8)
    kept = Image.open(io.BytesIO(keepsake(image, Box(0, 0, *size))))
    assert kept.width <= 320
    assert kept.height <= 320


def test_of_two_cars_the_one_that_is_tapped_is_described(cars: CarEngine, picture: Picture) -> None:
    one = Image.fromarray(picture("street_hatchback.png")).resize((500, 320))
    scene = Image.new("RGB", (1060, 330), (140, 140, 140))
    scene.paste(one, (0, 5))
    scene.paste(one.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (560, 5))
    image = np.asarray(scene)
    first = cars.look(image)
    assert len(first.cars) >= 2
    assert first.cars[0].box == first.box
    assert first.size == (1060, 330)
    for x in (0.2, 0.8):
        tapped = cars.look(image, Point(x, 0.5))
        assert tapped.box is not None
        assert tapped.box.left <= x * 1060 <= tapped.box.right
    assert cars.look(image, Point(0.5, 0.02)).hint is Hint.NO_CAR


def test_a_frame_drawn_by_hand_is_taken_where_nothing_was_found(cars: CarEngine) -> None:
    grey = np.full((300, 400, 3), 120, np.uint8)
    drawn = cars.look(grey, Frame(0.9, 0.8, 0.1, 0.2))
    assert drawn.found
    assert drawn.box is not None
    assert (drawn.box.left, drawn.box.right) == (pytest.approx(40), pytest.approx(360))
    assert cars.look(grey, Frame(0, 0, 0.1, 0.1)).hint is Hint.NO_CAR


def test_a_look_names_its_encoder_and_a_studied_one_is_comparable_from_either_side(
    cars: CarEngine, picture: Picture
) -> None:
    image = picture("street_hatchback.png")
    seen, studied, mirrored = cars.look(image), cars.study(image), cars.look(image[:, ::-1])
    assert seen.encoder == studied.encoder == cars.encoder != ""
    assert seen.embedding is not None
    assert studied.embedding is not None
    assert mirrored.embedding is not None
    apart = float(seen.embedding @ mirrored.embedding)
    assert apart < 0.99, "the two sides look different to the networks"
    for side in (seen.embedding, mirrored.embedding):
        assert float(side @ studied.embedding) > (1 + apart) / 2, "what was studied is nearer to either"
    assert seen.view is not None
    assert seen.fingerprint == studied.fingerprint
