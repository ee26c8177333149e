"""Drawn cars, icons and the tower: well-formed, safe, and in the paint's colour."""

from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from autosilo.platform.resources.catalogue.models import Body
from autosilo.platform.surfaces.shopper.drawing import cars, icons, tower
from autosilo.platform.surfaces.shopper.drawing.silhouettes import GROUND_Y, SILHOUETTES, WIDTH


def test_every_body_has_a_silhouette() -> None:
    assert set(SILHOUETTES) == set(Body)


@pytest.mark.parametrize("body", list(Body))
def test_a_car_stands_on_the_ground_in_its_paint(body: str) -> None:
    drawn = ElementTree.fromstring(cars.car(body, "#1F8A70"))  # noqa: S314  our own text
    assert any(part.get("fill") == "#1f8a70" for part in drawn.iter())
    shape = SILHOUETTES[body]
    assert 0 < shape.rear_x - shape.wheel_r < shape.front_x + shape.wheel_r < WIDTH
    assert shape.roof_y < shape.belt_y < shape.sill_y < GROUND_Y


def test_an_suv_stands_higher_than_a_saloon_and_a_van() -> None:
    clearance = {body: GROUND_Y - shape.sill_y for body, shape in SILHOUETTES.items()}
    assert clearance["suv"] == max(clearance.values())
    assert clearance["suv"] > 1.4 * clearance["van"]
    assert SILHOUETTES["suv"].roof_y < SILHOUETTES["saloon"].roof_y


def test_two_cars_of_one_page_share_no_ids() -> None:
    first, second = (
        {part.get("id") for part in ElementTree.fromstring(cars.car("suv", "#ffffff")).iter() if part.get("id")}  # noqa: S314
        for _ in range(2)
    )
    assert first
    assert not first & second


def test_nothing_unclean_gets_into_a_picture() -> None:
    drawn = cars.car('"><script>', "red; background: url(x)", label='"><b>')
    assert "<script>" not in drawn
    assert "<b>" not in drawn
    assert "url(x)" not in drawn
    ElementTree.fromstring(drawn)  # noqa: S314


def test_a_label_makes_it_an_image_and_without_one_it_is_decoration() -> None:
    assert 'role="img" aria-label="A red van"' in cars.car("van", "#ff0000", label="A red van")
    assert 'aria-hidden="true"' in cars.car("van", "#ff0000")


PICTURES = [tower.tower(), tower.logo(), tower.eye(), *(icons.icon(name) for name in icons.ICONS)]


@pytest.mark.parametrize("drawn", PICTURES)
def test_pictures_are_well_formed_and_without_inline_style(drawn: str) -> None:
    ElementTree.fromstring(drawn)  # noqa: S314
    assert "style=" not in drawn


def test_a_swatch_names_its_paint() -> None:
    text = Template('{% load drawn %}{% swatch "#fff" name %}').render(Context({"name": '"><b>chalk'}))
    assert "<b>" not in text
    assert 'aria-label="&quot;&gt;&lt;b&gt;chalk"' in text
