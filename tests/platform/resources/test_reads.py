"""Lists cost the same at one row and at many; readings never go backwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from autosilo.platform.journey.scan import actions as scan
from autosilo.platform.journey.trial import queries as trials
from autosilo.platform.resources.catalogue import queries as catalogue
from autosilo.platform.resources.fleet.actions import mark_sold, note_meter
from autosilo.platform.resources.incidents.actions import CannotCloseIncident, close_incident, open_incident
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.telemetry import actions as telemetry
from autosilo.platform.resources.telemetry.queries import reading_of
from autosilo.wire.cars import CarState


def test_the_catalogue(shop, django_assert_num_queries):
    shop.add_cars(3)
    mark_sold(vin=shop.add_cars(1)[0].vin, now=shop.now)
    with django_assert_num_queries(4):
        (card,) = catalogue.on_sale()
    assert (card.cars_free_hint, [site.pk for site in card.sites]) == (3, ["shanghai"])
    assert [paint.code for paint in card.paints] == ["red", "white"]
    for number in range(10):
        shop.add_cars(1, model=shop.add_model(f"model-{number}"))
    with django_assert_num_queries(4):
        assert len(catalogue.on_sale()) == 11
    assert catalogue.card(slug="byd-seal") == card
    assert catalogue.card(slug="nothing") is None


def test_trials(shop, django_assert_num_queries):
    shop.add_cars(4)
    booked = [shop.book() for _ in range(3)]
    with django_assert_num_queries(1):
        for trial in trials.by_state(states=("booked",), site="shanghai"):
            assert all([trial.person.email, trial.car.plate, str(trial.car_model), trial.paint.code, trial.site.slug])
    with django_assert_num_queries(2):
        assert [entry.kind for entry in trials.timeline(booked[0])] == ["held", "booked", "pass_issued"]
    assert trials.active_of(booked[0].person) == booked[0]
    assert trials.of(booked[0].person, booked[1].pk) is None, "somebody else's"
    assert trials.tried_models(booked[0].person) == {"byd-seal"}


def test_a_late_word_of_a_car_is_ignored(shop):
    (car,) = shop.add_cars(1)

    def say(minutes, charge):
        return telemetry.record(
            state=CarState(
                id=uuid4(),
                at=shop.now + timedelta(minutes=minutes),
                vin=car.vin,
                charge=charge,
                range_km=1,
                odometer_km=1,
                speed_kmh=0,
                locked=True,
                plugged=False,
                where="road",
                trip_km=0,
            ),
            now=shop.now + timedelta(hours=1),
        )

    assert reading_of(car=car) is None
    say(1, 0.9)
    say(3, 0.7)
    assert say(2, 0.8) is None
    assert reading_of(car=car).charge == 0.7


def test_an_unknown_car_is_not_heard(shop):
    word = CarState(
        vin="LA9EV00A0SSASD999",
        charge=1,
        range_km=1,
        odometer_km=1,
        speed_kmh=0,
        locked=True,
        plugged=False,
        where="road",
        trip_km=0,
    )
    assert telemetry.record(state=word, now=shop.now) is None


def test_an_odometer_never_runs_backwards(shop):
    (car,) = shop.add_cars(1)
    note_meter(vin=car.vin, odometer_km=200, charge=0.3)
    note_meter(vin=car.vin, odometer_km=150, charge=None)
    car.refresh_from_db()
    assert (car.odometer_km, car.charge) == (200, 0.3)


def test_an_incident_is_open_once_and_closed_once(shop):
    person = shop.add_person(is_staff=True)
    wish = {"key": "k", "kind": "x", "site": shop.site, "trial": None, "now": shop.now}
    incident = open_incident(**wish)
    assert open_incident(**wish) == incident
    with pytest.raises(CannotCloseIncident) as caught:
        close_incident(incident=incident, by=person, note=" ", now=shop.now)
    assert caught.value.reason == "note_missing"
    close_incident(incident=incident, by=person, note="looked", now=shop.now)
    with pytest.raises(CannotCloseIncident) as caught:
        close_incident(incident=incident, by=person, note="again", now=shop.now)
    assert caught.value.reason == "closed_already"
    assert open_incident(**wish) != incident
    assert Incident.objects.count() == 2


def test_a_scan_finds_the_body_and_the_colour(shop, django_assert_num_queries):
    shop.add_model("xpeng-g6", body="suv")
    with django_assert_num_queries(3):
        result = scan.look(photo=b"a red suv", now=shop.now)
    assert (result.found, result.body, result.colour) == (True, "suv", "red")
    assert result.candidates[0].model.slug == "xpeng-g6"
    assert set(result.candidates[0].reasons) == {"body", "colour"}
    assert not any(candidate.exact for candidate in result.candidates)


def test_a_scan_of_no_car_and_of_no_picture(shop):
    nothing = scan.look(photo=b"a cat", now=shop.now)
    assert (nothing.found, nothing.hint, nothing.candidates) == (False, "no_car", ())
    with pytest.raises(scan.CannotRead) as caught:
        scan.look(photo=b"", now=shop.now)
    assert caught.value.reason == "not_an_image"


@pytest.mark.parametrize("colour", ["red", "#fff", "a3161f0", '"><b>x'])
def test_staff_cannot_give_a_paint_a_colour_that_no_site_takes(shop, colour):
    shop.paint.full_clean()
    shop.paint.hex = colour
    with pytest.raises(ValidationError):
        shop.paint.full_clean()
