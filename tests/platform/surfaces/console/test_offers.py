"""Cars that fail, as an operator sees them: taken out of service in the administration, offered, answered or not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from autosilo.platform.journey.booking import offering
from autosilo.platform.journey.booking.models import Offer, OfferState
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock
from autosilo.platform.resources.fleet.models import Car, CarState
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people.roles import Role

from ...conftest import Shop
from .world import signed_in, worker

DAY = timedelta(days=1)


@pytest.fixture
def story(db: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop()
    monkeypatch.setattr(clock, "now", lambda: shop.now)
    return shop


@pytest.fixture
def client(story: Shop) -> Client:
    return signed_in(worker(Role.OPERATOR))


@pytest.fixture
def save(client: Client) -> Callable[[str, CarState], Any]:
    """Set the state of a car on the administration's own page."""

    def send(vin: str, state: CarState) -> Any:
        car = Car.objects.get(pk=vin)
        form = {"plate": car.plate, "model": car.model_id, "paint": car.paint_id, "site": car.site_id, "state": state}
        return client.post(f"/admin/fleet/car/{vin}/change/", form)

    return send


def booked(story: Shop, *, red: bool) -> Trial:
    story.add_cars(1)
    if red:
        story.add_cars(1, code="red")
    story.add_cars(1, model=story.add_model("nio-et5"))
    return story.book(start=story.now + DAY)


def test_a_car_taken_out_of_service_is_offered_about_and_seen(
    story: Shop, client: Client, save: Callable[..., Any]
) -> None:
    trial = booked(story, red=True)
    assert save(trial.car_id, CarState.OUT_OF_SERVICE).status_code == 302
    offer = Offer.objects.get(trial=trial)
    assert offer.kept
    waiting = client.get("/console/waiting").content.decode()
    assert 'data-testid="open-offer"' in waiting
    assert "The car of another colour that is kept for them stays theirs." in waiting
    page = client.get(f"/console/trials/{trial.pk}").content.decode()
    assert 'data-state="open"' in page
    assert "Offer ends" in page
    offering.take(trial=trial, alternative=offer.alternatives.get(way="model").pk, now=story.now)
    page = client.get(f"/console/trials/{trial.pk}").content.decode()
    assert 'data-state="taken"' in page
    assert "No decision is on file." not in page
    assert 'data-testid="open-offer"' not in client.get("/console/waiting").content.decode()


def test_one_that_is_put_back_ends_the_offer(story: Shop, save: Callable[..., Any]) -> None:
    trial = booked(story, red=False)
    save(trial.car_id, CarState.OUT_OF_SERVICE)
    assert not Offer.objects.get(trial=trial).kept
    save(trial.car_id, CarState.IN_SERVICE)
    assert Offer.objects.get(trial=trial).state == OfferState.WITHDRAWN


def test_without_an_answer_somebody_is_to_call(story: Shop, client: Client, save: Callable[..., Any]) -> None:
    trial = booked(story, red=False)
    save(trial.car_id, CarState.OUT_OF_SERVICE)
    assert "The booking is cancelled at no cost" in client.get("/console/waiting").content.decode()
    story.now = Offer.objects.get(trial=trial).until
    sweeper.sweep(now=story.now)
    page = client.get("/console/waiting").content.decode()
    assert "its car failed, and the shopper did not answer. Call them" in page
    assert Incident.objects.get(closed_at=None).trial == trial.pk


def test_with_nothing_to_offer_a_person_is_called_until_the_car_is_back(story: Shop, save: Callable[..., Any]) -> None:
    story.add_cars(1)
    trial = story.book(start=story.now + DAY)
    save(trial.car_id, CarState.OUT_OF_SERVICE)
    assert Incident.objects.get(closed_at=None).kind == "car_failed"
    save(trial.car_id, CarState.IN_SERVICE)
    assert not Incident.objects.filter(closed_at=None).exists()
