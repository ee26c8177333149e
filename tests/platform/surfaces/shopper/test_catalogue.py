"""The front page and one car."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from autosilo.platform.journey.booking.whereabouts import NOWHERE
from autosilo.platform.kit import clock
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.surfaces.shopper import where_words

Get = Callable[..., str]


@pytest.fixture
def stocked(shop: Any) -> Any:
    """Three models; the van only in red and only in Nanjing."""
    nanjing = shop.add_site("nanjing")
    suv, van = shop.add_model("tang", body="suv"), shop.add_model("buzz", body="van")
    van.paints.filter(code="white").delete()
    shop.add_cars(1)
    shop.add_cars(1, model=suv)
    shop.add_cars(1, model=van, code="red", site=nanjing)
    return shop


def test_shows_every_model_with_price_range_seats_and_place(stocked: Any, page: Get) -> None:
    text = page("/")
    assert text.count('data-testid="car-card"') == 3
    for words in ("¥208,800", "demo price", "570 km WLTP", "5 seats", "Nanjing", "Shanghai", "3 models to try"):
        assert words in text


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("body=van", {"buzz"}),
        ("colour=white", {"byd-seal", "tang"}),
        ("site=nanjing", {"buzz"}),
        ("text=byd+seal", {"byd-seal"}),
        ("text=BUZZ&colour=red", {"buzz"}),
        ("body=van&site=shanghai", set()),
        ("body=nonsense", set()),
    ],
)
def test_filters(stocked: Any, page: Get, query: str, slugs: set[str]) -> None:
    text = page(f"/?{query}")
    assert {slug for slug in ("byd-seal", "tang", "buzz") if f'data-slug="{slug}"' in text} == slugs


def test_says_when_nothing_fits(stocked: Any, page: Get) -> None:
    text = page("/?body=van&colour=white")
    assert "No car fits all of that" in text
    assert 'data-testid="filter-clear"' in text


def test_keeps_what_was_asked_for_in_the_form(stocked: Any, page: Get) -> None:
    text = page('/?text="><script>&colour=red')
    assert '<option value="red" selected>' in text
    assert "&quot;&gt;&lt;script&gt;" in text


def test_gives_htmx_the_cards_alone_but_the_back_button_the_page(stocked: Any, client: Client) -> None:
    part = client.get("/?body=van", headers={"HX-Request": "true"})
    whole = client.get("/?body=van", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert part.content.strip().startswith(b'<div id="cards"')
    assert b"<html" in whole.content
    assert "HX-Request" in part["Vary"]


def test_draws_the_card_in_the_colour_that_was_asked_for(stocked: Any, page: Get) -> None:
    text = page("/?colour=red&body=saloon")
    assert 'href="/cars/byd-seal?paint=red"' in text


def test_needs_as_many_queries_for_three_models_as_for_one(shop: Any, client: Client) -> None:
    shop.add_cars(1)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/")
    for slug in ("tang", "buzz"):
        shop.add_cars(2, model=shop.add_model(slug))
    with CaptureQueriesContext(connection) as three:
        client.get("/")
    assert len(three) == len(one)


def test_one_car_shows_its_facts_with_their_source(stocked: Any, page: Get) -> None:
    text = page("/cars/byd-seal")
    for words in ("82.5 kWh", "4.80 × 1.88 × 1.46 m", "2055 kg", "Technical facts: test.", "1 Test Road", "demo"):
        assert words in text


def test_one_car_is_shown_in_the_chosen_paint_and_booked_in_it(stocked: Any, page: Get) -> None:
    text = page("/cars/byd-seal?paint=red")
    assert "#a3161f" in text
    assert 'href="/book/byd-seal?paint=red"' in text


def test_an_unknown_paint_is_the_first_one(stocked: Any, page: Get) -> None:
    assert 'href="/book/byd-seal?paint=red"' in page("/cars/byd-seal?paint=plaid")


def test_a_model_without_cars_cannot_be_booked(stocked: Any, page: Get) -> None:
    stocked.add_model("rare")
    text = page("/cars/rare")
    assert "No tower has one at the moment." in text
    assert 'data-testid="try-it"' not in text
    stocked.add_person()


def test_a_car_s_page_says_where_it_is_now(shop: Any, page: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: shop.now)
    shop.add_cars(1)
    car = Car.objects.get()
    shop.site.inventory = {"L1.B1": car.vin}
    shop.site.save()
    assert "1 ready in the tower now" in page("/cars/byd-seal?paint=white")
    shop.book()
    text = page("/cars/byd-seal?paint=white")
    assert "In the tower, and kept for somebody just now" in text
    assert car.vin not in text, "which car it is, is nobody's business"
    shop.site.inventory = {}
    shop.site.save()
    assert "Out on a trial; the next one is free again Fri 13 Mar" in page("/cars/byd-seal?paint=white")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"ready": 2, "kept": 1}, ("2 ready in the tower now", "塔内现有 2 辆可用")),
        ({"free_again": (1773478800.0, 1773578800.0)}, ("free again Sat 14 Mar, 17:00", "最早于")),
        ({"charged": (1773478800.0,), "free_again": (1773578800.0,)}, ("charging; ready Sat 14 Mar, 17:00", "充电中")),
        ({"arriving": (1773478800.0,)}, ("from another place; free Sat 14 Mar, 17:00", "正从其他门店运来")),
        ({"kept": 1}, ("kept for somebody", "为他人保留")),
        ({"elsewhere": 1}, ("Not at its tower", "目前不在塔内")),
        ({}, ("", "")),
    ],
)
def test_the_most_helpful_thing_is_said(
    shop: Any, language: str, where: dict[str, Any], words: tuple[str, str]
) -> None:
    with translation.override(language):
        said = where_words.said(replace(NOWHERE, **where), shop.site)
    assert words[language != "en"] in said
    assert bool(said) is bool(where)
