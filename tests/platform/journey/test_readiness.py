"""A car that came back empty is had again when it is charged, everywhere alike."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from autosilo.platform.journey.booking import availability, claim, queries, readiness
from autosilo.platform.journey.booking.calendar import TURN_ROUND
from autosilo.platform.journey.booking.models import Offer
from autosilo.platform.journey.booking.refusals import CannotBook
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.surfaces.feeds import cars as feed
from autosilo.tower.storage.charging import READY
from autosilo.wire import bus
from autosilo.wire.cars import CarState

KW = 11.0
LOW = 0.05
HOURS = (READY - LOW) * 82.5 / KW  # of the test shop's car: a little over four


@pytest.fixture
def charging(shop: Any) -> Any:
    """A shop whose site says what its chargers give, with one car."""
    shop.site.charger_kw = KW
    shop.site.inventory = {"L1.B0302": shop.add_cars(1)[0].vin}
    shop.site.save()
    return shop


def slots_free(shop: Any) -> list[datetime]:
    """From when on: by the page's read, which must agree with the API's and with the one that picks cars."""
    found = queries.slots(car_model=shop.model, paint=shop.paint, site=shop.site, now=shop.now)
    api = availability.free(car_model=shop.model, paints=[shop.paint], site=shop.site, now=shop.now, days=7)
    assert [(one.start.timestamp(), one.free) for one in found] == list(zip(api.starts, api.free, strict=True))
    for one in found[:20]:
        wish = {"car_model": shop.model, "paint": shop.paint, "site": shop.site, "slot_start": one.start}
        assert len(queries.cars_free(**wish, now=shop.now)) == one.free
    return [one.start for one in found if one.free]


def heard(shop: Any, charge: float, *, where: str = "tower") -> None:
    state = CarState(
        vin=Car.objects.get().vin,
        at=shop.now,
        charge=charge,
        range_km=100,
        odometer_km=200,
        speed_kmh=0,
        locked=True,
        plugged=True,
        where=where,
        trip_km=0,
    )
    feed._record(state)


@pytest.mark.parametrize(("charge", "hours"), [(LOW, HOURS), (READY - 0.1, 0.75), (READY, 0), (1.0, 0), (None, 0)])
def test_charging_takes_the_missing_energy_over_the_power(charging: Any, charge: float | None, hours: float) -> None:
    took = readiness.charging_time(charge=charge, model=charging.model, site=charging.site)
    assert took.total_seconds() == pytest.approx(hours * 3600)


def test_a_car_takes_no_more_than_it_can(charging: Any) -> None:
    charging.model.dc_kw = KW / 2
    took = readiness.charging_time(charge=LOW, model=charging.model, site=charging.site)
    assert took.total_seconds() == pytest.approx(2 * HOURS * 3600)


def test_without_a_power_nothing_is_known_beyond_the_turn_round(shop: Any) -> None:
    assert readiness.charging_time(charge=LOW, model=shop.model, site=shop.site) == timedelta()


def brought_back(shop: Any, charge: float) -> Trial:
    trial = shop.drive_off(shop.book())
    shop.now += timedelta(hours=4)
    shop.say(bus.VisitorIdentified, trial, method="pass", purpose="return")
    shop.say(bus.CarTakenIn, trial, bay="L1.B0302", odometer_km=200, charge=charge)
    return trial


def test_a_car_that_came_back_empty_is_had_again_when_it_is_charged(charging: Any) -> None:
    trial = brought_back(charging, LOW)
    ready = charging.now + timedelta(hours=HOURS)
    car = Car.objects.get()
    assert car.ready_from is not None
    assert abs(car.ready_from - ready) < timedelta(seconds=1)
    assert min(slots_free(charging)) >= ready
    person = charging.add_person()
    wish = claim.Wish(
        car_model=charging.model,
        paints=(charging.paint,),
        site=charging.site,
        slot_start=(charging.now + timedelta(hours=3)).replace(minute=0, second=0),
    )
    with pytest.raises(CannotBook) as refused:
        claim.claim(person=person.pk, wish=wish, now=charging.now)
    assert refused.value.reason == "car_taken"
    assert trial.reservation.period.upper == charging.now + TURN_ROUND


def test_a_car_with_enough_charge_is_had_again_after_its_turn_round(charging: Any) -> None:
    brought_back(charging, READY)
    assert Car.objects.get().ready_from is None
    assert min(slots_free(charging)) < charging.now + TURN_ROUND + timedelta(hours=1)


def test_the_car_says_where_it_charges_and_until_when(charging: Any) -> None:
    brought_back(charging, LOW)
    charging.now += TURN_ROUND
    where = availability.now_at(
        car_model=charging.model, paints=[charging.paint], sites=[charging.site], now=charging.now
    )["shanghai"]
    ready = Car.objects.get().ready_from
    assert ready is not None
    assert (where.ready, where.charged) == (0, (pytest.approx(ready.timestamp()),))


def test_the_forecast_follows_what_the_car_says(charging: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed.clock, "now", lambda: charging.now)
    heard(charging, 0.5)
    first = Car.objects.get().ready_from
    assert first == charging.now + timedelta(hours=0.1 * 82.5 / KW)
    heard(charging, 0.505)
    assert Car.objects.get().ready_from == first, "a word that changes little is not written"
    charging.now += timedelta(hours=3)
    heard(charging, 0.5)
    later = Car.objects.get().ready_from
    assert later is not None
    assert later > first, "it does not charge"
    heard(charging, READY)
    assert Car.objects.get().ready_from is None


def test_a_car_on_the_road_is_not_judged(charging: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed.clock, "now", lambda: charging.now)
    heard(charging, LOW, where="road")
    assert Car.objects.get().ready_from is None


def test_who_had_booked_the_car_for_before_gets_another(charging: Any) -> None:
    soon = (charging.now + timedelta(hours=2)).astimezone(UTC)
    booked = charging.book(start=soon)
    other = charging.add_cars(1)[0]
    readiness.heard(vin=booked.car_id, charge=LOW, now=charging.now)
    booked.refresh_from_db()
    assert booked.car_id == other.vin


def test_where_there_is_no_other_its_shopper_is_asked_once_and_then_a_person_called(charging: Any) -> None:
    booked = charging.book(start=charging.now + timedelta(hours=2))
    later = charging.now + timedelta(hours=1)
    readiness.heard(vin=booked.car_id, charge=LOW, now=charging.now)
    readiness.heard(vin=booked.car_id, charge=LOW, now=later)
    offer = Offer.objects.get()
    assert (offer.why, offer.trial) == ("car_not_ready", booked)
    assert not Incident.objects.exists()
    sweeper.sweep(now=later)
    assert list(Incident.objects.values_list("kind", flat=True)) == ["car_not_ready"]


def test_a_booking_for_after_it_keeps_its_car(charging: Any) -> None:
    booked = charging.book(start=charging.now + timedelta(hours=6))
    charging.add_cars(1)
    readiness.heard(vin=booked.car_id, charge=LOW, now=charging.now)
    before = booked.car_id
    booked.refresh_from_db()
    assert booked.car_id == before
