"""What the page of a trial says when its car has failed, and how the shopper answers."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from autosilo.platform.journey.booking.models import Offer
from autosilo.platform.journey.flow.instead import find_other_cars
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.fleet.actions import take_out_of_service
from autosilo.platform.resources.fleet.models import Car

from .test_every_page import check

DAY = timedelta(days=1)


def failing(shop: Any, person: Any, *, kept: bool = True) -> Trial:
    """Booked for tomorrow; its car fails, a model of its class is free, and with ``kept`` another paint."""
    shop.add_cars(1)
    if kept:
        shop.add_cars(1, code="red")
    shop.add_cars(1, model=shop.add_model("nio-et5"))
    trial: Trial = shop.book(person, start=shop.now + DAY)
    take_out_of_service(vin=trial.car_id)
    find_other_cars(Car.objects.get(pk=trial.car_id), kind="car_failed", now=shop.now)
    trial.refresh_from_db()
    return trial


def answer(client: Client, trial: Trial, way: str) -> Any:
    chosen = Offer.objects.get(trial=trial).alternatives.get(way=way)
    return client.post(f"/trials/{trial.pk}/offer", {"alternative": chosen.pk}, follow=True)


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_offer_stands_on_the_page_with_what_happens_without_an_answer(
    shop: Any, client: Client, signed_in: Callable[..., Any], kept: bool, language: str
) -> None:
    trial = failing(shop, signed_in(language=language), kept=kept)
    check(client, f"/trials/{trial.pk}")
    page = client.get(f"/trials/{trial.pk}", headers={"accept-language": language}).content.decode()
    assert f'data-kept="{"yes" if kept else "no"}"' in page
    assert ('data-testid="next-step"' in page) == kept, "who has no car is told nothing of collecting one"
    said = {
        ("en", True): "the Red BYD byd-seal stays yours",
        ("en", False): "we cancel the booking at no cost",
        ("zh-hans", True): "红 BYD byd-seal 将在您预约的时间继续为您保留",
        ("zh-hans", False): "我们将免费取消预约",
    }
    assert said[language, kept] in page
    assert page.count('form="take-offered"') == (2 if kept else 1)


def test_the_polled_part_stays_the_same_while_nothing_changes(
    shop: Any, client: Client, signed_in: Callable[..., Any]
) -> None:
    trial = failing(shop, signed_in())
    digest = re.search(r"seen=(\w+)", client.get(f"/trials/{trial.pk}").content.decode())
    assert digest
    assert client.get(f"/trials/{trial.pk}/now?seen={digest[1]}").status_code == 204


@pytest.mark.parametrize("way", ["paint", "model"])
def test_a_choice_is_taken(shop: Any, client: Client, signed_in: Callable[..., Any], way: str) -> None:
    trial = failing(shop, signed_in())
    page = answer(client, trial, way).content.decode()
    assert "It is yours, and nothing about the price has changed." in page
    assert 'data-testid="offer"' not in page
    trial.refresh_from_db()
    assert trial.car_model_id == ("nio-et5" if way == "model" else "byd-seal")


def test_what_is_gone_is_said_and_cannot_be_chosen_again(
    shop: Any, client: Client, signed_in: Callable[..., Any]
) -> None:
    trial = failing(shop, signed_in())
    wished = Offer.objects.get(trial=trial).alternatives.get(way="model")
    shop.book(car_model=wished.car_model, paint=wished.paint, start=trial.slot_start)
    page = answer(client, trial, "model").content.decode()
    assert "Somebody was faster" in page
    assert 'data-testid="offer-gone"' in page
    assert 'data-testid="take-model"' not in page
    assert 'data-testid="take-paint"' in page


def test_another_time_is_looked_for_with_a_car_as_booked(
    shop: Any, client: Client, signed_in: Callable[..., Any]
) -> None:
    trial = failing(shop, signed_in())

    def to_choose() -> list[str]:
        page = client.get(f"/trials/{trial.pk}/move").content.decode()
        return [one for one in re.findall(r'<input[^>]*name="slot"[^>]*>', page) if "disabled" not in one]

    assert to_choose() == [], "the red one that is kept is not what was booked"
    shop.add_cars(1)
    assert to_choose() != []
    check(client, f"/trials/{trial.pk}/move")


def test_nobody_answers_for_another(shop: Any, client: Client, signed_in: Callable[..., Any]) -> None:
    trial = failing(shop, shop.add_person())
    signed_in()
    assert client.post(f"/trials/{trial.pk}/offer", {"alternative": "1"}).status_code == 404
    client.logout()
    assert client.post(f"/trials/{trial.pk}/offer", {"alternative": "1"}).status_code == 302


@pytest.mark.parametrize("sent", ["", "x", "-1", "9" * 30, "٣"])
def test_nonsense_is_refused(shop: Any, client: Client, signed_in: Callable[..., Any], sent: str) -> None:
    trial = failing(shop, signed_in())
    said = client.post(f"/trials/{trial.pk}/offer", {"alternative": sent}, follow=True).content.decode()
    assert "This was not offered to you." in said
