from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from autosilo.vision.boxes import intersection_over_union, suppress
from autosilo.vision.cars import Body, Box, CarEngine, Colour, Hint, body_named
from autosilo.vision.cars.body import body_types, likeness
from autosilo.vision.cars.choosing import cut, main_car
from autosilo.vision.cars.colour import body_colour
from autosilo.vision.cars.detector import _anchors
from autosilo.vision.cars.types import Detection
from autosilo.vision.images import CannotRead, Unreadable

Picture = Callable[[str], np.ndarray]


def test_a_hatchback_in_a_street_is_found_and_described(cars: CarEngine, samples_dir: Path) -> None:
    look = cars.look((samples_dir / "street_hatchback.png").read_bytes())
    assert look.found
    assert look.hint is None
    assert look.score > 0.9
    assert look.box is not None
    seen = np.array([look.box.left, look.box.top, look.box.right, look.box.bottom])
    assert intersection_over_union(seen, np.array([45, 40, 455, 280])) > 0.85
    assert look.colour is Colour.SILVER
    assert sum(look.body.values()) == pytest.approx(1)
    assert Body.HATCHBACK in list(look.body)[:3], "ImageNet has no hatchback; it must at least be near"
    assert max(look.body[Body.SPORTS], look.body[Body.PICKUP], look.body[Body.CONVERTIBLE]) < 0.1
    assert look.embedding is not None
    assert look.embedding.dtype == np.float32
    assert np.linalg.norm(look.embedding) == pytest.approx(1, abs=1e-5)


def test_a_car_that_fills_the_picture_is_found_at_the_second_try(cars: CarEngine, samples_dir: Path) -> None:
    look = cars.look((samples_dir / "saloon_rear.webp").read_bytes())
    assert look.found
    assert look.box is not None
    assert look.box.area > 0.6 * 512 * 512
    assert look.colour in (Colour.SILVER, Colour.GREY)


@pytest.mark.parametrize("name", ["no_car.jpg", "obama.jpg", "biden.jpg"])
def test_people_and_animals_are_no_cars(cars: CarEngine, samples_dir: Path, name: str) -> None:
    look = cars.look((samples_dir / name).read_bytes())
    assert not look.found
    assert look.hint is Hint.NO_CAR
    assert (look.box, look.body, look.colour, look.embedding) == (None, {}, None, None)


def test_an_empty_picture_holds_no_car(cars: CarEngine) -> None:
    assert cars.look(np.full((200, 300, 3), 127, np.uint8)).hint is Hint.NO_CAR


def test_a_car_far_away_asks_to_come_closer(cars: CarEngine, picture: Picture) -> None:
    scene = Image.new("RGB", (1400, 1000), (150, 160, 170))
    scene.paste(Image.fromarray(picture("street_hatchback.png")).resize((230, 147)), (600, 420))
    look = cars.look(np.asarray(scene))
    assert not look.found
    assert look.hint in (Hint.TOO_FAR, Hint.UNCLEAR)


def test_a_text_file_is_not_looked_at(cars: CarEngine) -> None:
    with pytest.raises(CannotRead) as refused:
        cars.look(b"a car, honestly")
    assert refused.value.reason is Unreadable.NOT_AN_IMAGE


def test_the_same_car_looks_like_itself_and_not_like_another(cars: CarEngine, picture: Picture) -> None:
    hatchback = picture("street_hatchback.png")
    brighter = np.clip(hatchback * 1.15, 0, 255).astype(np.uint8)
    looks = [cars.look(image).embedding for image in (hatchback, brighter, picture("saloon_rear.webp"))]
    one, again, other = (look for look in looks if look is not None)
    assert one @ again > 0.9
    assert one @ other < one @ again - 0.2


def test_the_main_car_is_large_and_central_rather_than_most_certain() -> None:
    image = np.zeros((600, 800, 3), np.uint8)
    small = Detection(Box(0, 0, 100, 80), 0.99)
    large = Detection(Box(200, 150, 650, 450), 0.80)
    assert main_car([small, large], image) is large
    beside = Detection(Box(0, 300, 450, 600), 0.80)
    assert main_car([beside, large], image) is large
    assert main_car([], image) is None


@pytest.mark.parametrize(
    "edges", [(-9, -9, -2, -2), (40, 5, 60, 9), (3.2, 3.2, 3.2, 3.2), (5, 30, 9, 90), (-5, -5, 99, 99)]
)
def test_what_is_cut_out_is_never_empty(edges: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = edges
    part = cut(np.zeros((30, 40, 3), np.uint8), Box(left=left, top=top, right=right, bottom=bottom), 0.0)
    assert 0 < part.shape[0] <= 30
    assert 0 < part.shape[1] <= 40


def test_the_anchors_are_laid_out_as_in_training() -> None:
    anchors = _anchors()
    assert anchors.shape == (1917, 4)
    np.testing.assert_allclose(anchors[0], [0.5 / 19, 0.5 / 19, 0.1, 0.1])
    np.testing.assert_allclose(anchors[1], [0.5 / 19, 0.5 / 19, 0.2 / 2**0.5, 0.2 * 2**0.5])
    np.testing.assert_allclose(anchors[3][:2], [0.5 / 19, 1.5 / 19], err_msg="columns run fastest")
    np.testing.assert_allclose(anchors[-1], [0.5, 0.5, 0.95**0.5, 0.95**0.5])
    np.testing.assert_allclose(anchors[-6], [0.5, 0.5, 0.95, 0.95])


def test_overlapping_boxes_are_suppressed() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]], float)
    assert suppress(boxes, np.array([0.7, 0.9, 0.5]), 0.5) == [1, 2]
    assert intersection_over_union(boxes[0], boxes[2]) == 0
    assert intersection_over_union(boxes[0], boxes[0]) == 1


def logits_for(**votes: float) -> np.ndarray:
    index = {"pickup": 717, "sports": 817, "minivan": 656, "convertible": 511, "dog": 200}
    logits = np.full(1000, -9.0, np.float32)
    for name, value in votes.items():
        logits[index[name]] = value
    return logits


@pytest.mark.parametrize(
    ("word", "body"),
    [
        ("pickup", Body.PICKUP),
        ("sports", Body.SPORTS),
        ("minivan", Body.VAN),
        ("convertible", Body.CONVERTIBLE),
    ],
)
def test_each_word_of_imagenet_leads_to_its_body(word: str, body: Body) -> None:
    types = body_types(logits_for(**{word: 5.0}, dog=9.0))
    assert next(iter(types)) is body
    assert sum(types.values()) == pytest.approx(1)
    assert likeness(types, body) > 0.7


def test_a_related_body_is_nearer_than_a_foreign_one() -> None:
    seen = body_types(logits_for(sports=5.0))
    assert likeness(seen, Body.SPORTS) > likeness(seen, Body.CONVERTIBLE) > likeness(seen, Body.PICKUP)


@pytest.mark.parametrize(
    ("word", "body"),
    [("SUV", Body.SUV), ("Sedan", Body.SALOON), ("crossover", Body.SUV), ("hatchback", Body.HATCHBACK)],
)
def test_catalogue_words_are_understood(word: str, body: Body) -> None:
    assert body_named(word) is body


def test_a_word_that_is_no_body_is_refused() -> None:
    with pytest.raises(ValueError, match="hovercraft"):
        body_named("hovercraft")


PAINT = {
    Colour.WHITE: (240, 240, 238),
    Colour.SILVER: (176, 178, 180),
    Colour.GREY: (95, 97, 100),
    Colour.BLACK: (22, 22, 24),
    Colour.RED: (190, 20, 25),
    Colour.ORANGE: (235, 120, 25),
    Colour.BROWN: (96, 60, 30),
    Colour.YELLOW: (240, 210, 30),
    Colour.GREEN: (30, 110, 50),
    Colour.BLUE: (25, 60, 170),
}


@pytest.mark.parametrize("light", [0.7, 1.0])
@pytest.mark.parametrize("colour", list(Colour))
def test_the_colour_of_a_drawn_car_is_named(colour: Colour, light: float) -> None:
    """A body with windows, tyres and a lamp on asphalt under a bright sky, by full and by less light."""
    scene = Image.new("RGB", (400, 300), (250, 250, 250))
    draw = ImageDraw.Draw(scene)
    draw.rectangle((0, 200, 400, 300), fill=(90, 90, 90))
    draw.rectangle((60, 130, 340, 230), fill=PAINT[colour])
    draw.polygon([(110, 130), (150, 80), (260, 80), (300, 130)], fill=PAINT[colour])
    draw.polygon([(125, 128), (155, 90), (255, 90), (285, 128)], fill=(30, 34, 38))
    for x in (110, 270):
        draw.ellipse((x, 200, x + 50, 250), fill=(15, 15, 15))
    draw.rectangle((330, 150, 340, 165), fill=(200, 0, 0))
    image = (np.asarray(scene) * light).astype(np.uint8)
    assert body_colour(image, Box(60, 80, 340, 250)) is colour


def test_no_weights_no_guess(tmp_path: Path) -> None:
    from autosilo.vision.weights import WeightsMissing

    with pytest.raises(WeightsMissing, match="autosilo weights"):
        CarEngine(tmp_path).look(np.zeros((64, 64, 3), np.uint8))
