"""Which cars would do as well for a visit, and what follows when a site has chosen one."""

from datetime import timedelta

import pytest

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking.alike import SOON, cars_alike
from autosilo.platform.journey.booking.claim import Wish
from autosilo.platform.journey.flow.site_facts import Outcome
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.fleet.actions import take_out_of_service
from autosilo.platform.resources.incidents.models import Incident
from autosilo.wire import bus


def alike(shop, trial, *, site="shanghai"):
    return {car.vin for car in cars_alike(site=site, trial=trial.pk, now=shop.now)}


def others(cars, *but):
    return {car.vin for car in cars} - {one.car_id for one in but}


def test_equal_cars_that_nobody_has(shop):
    cars = shop.add_cars(3)
    shop.add_cars(2, code="red")
    shop.add_cars(2, model=shop.add_model("nio-et5"))
    trial = shop.book()
    assert alike(shop, trial) == others(cars, trial)
    assert alike(shop, trial, site="nanjing") == set(), "no site learns of another's"
    take_out_of_service(vin=min(others(cars, trial)))
    assert len(alike(shop, trial)) == 1


def test_one_that_somebody_has_who_has_not_come_if_they_can_have_this_one(shop):
    cars = shop.add_cars(2)
    first, second = shop.book(), shop.book()
    assert alike(shop, first) == {second.car_id}
    shop.say(bus.VisitorIdentified, second, method="face", purpose="collect")
    assert alike(shop, first) == set()
    assert others(cars, first) == {second.car_id}


def test_not_one_whose_shopper_could_not_have_this_one(shop):
    shop.add_cars(2)
    first = shop.book()
    length = first.reservation.period.upper - first.reservation.period.lower
    after = first.slot_start + length - timedelta(hours=1)
    second = shop.book(start=first.slot_start + timedelta(days=1))
    assert second.car_id != first.car_id
    third = shop.book(start=_slot(shop, after + timedelta(days=1)))
    if third.car_id == first.car_id:
        assert alike(shop, first) == set(), "the second could not have the first's car: the third has it by then"
    else:
        assert alike(shop, first) == {second.car_id} - {third.car_id}


def _slot(shop, when):
    return when.replace(hour=shop.now.hour, minute=0)


def test_nothing_for_one_who_comes_much_later_or_has_gone(shop):
    shop.add_cars(2)
    trial = shop.book(start=shop.now + timedelta(days=2))
    assert alike(shop, trial) == set()
    shop.now = trial.collect_from - SOON
    assert len(alike(shop, trial)) == 1
    booking.cancel(trial=trial, by=trial.person, now=shop.now)
    assert alike(shop, trial) == set()


def test_four_queries_whatever_their_number(shop, django_assert_num_queries):
    shop.add_cars(12)
    trial = shop.book()
    for _ in range(6):
        shop.book()
    with django_assert_num_queries(4):
        assert len(alike(shop, trial)) == 11


def test_two_shoppers_change_cars_and_each_is_told(shop):
    shop.add_cars(2)
    first, second = shop.book(), shop.book()
    was = first.car_id, second.car_id
    shop.say(bus.VisitorIdentified, first, method="face", purpose="collect")
    assert shop.say(bus.CarChosen, first, vin=second.car_id) == Outcome.DONE
    second.refresh_from_db()
    assert (second.car_id, first.car_id) == was
    assert (second.reservation.car_id, first.reservation.car_id) == was
    assert [shop.orders(one)[-1]["vin"] for one in (second, first)] == list(was)
    shop.say(bus.CarAtGate, first, station="L1.D1")
    shop.say(bus.CarHandedOver, first, odometer_km=100, charge=0.9)
    assert first.state == TrialState.DRIVING
    shop.say(bus.VisitorIdentified, second, method="face", purpose="collect")
    assert shop.say(bus.CarHandedOver, second, odometer_km=100, charge=0.9) == Outcome.DONE
    assert not Incident.objects.exists()


def test_a_hold_that_no_site_knows_is_exchanged_silently(shop):
    shop.add_cars(2)
    first = shop.book()
    wish = Wish(car_model=shop.model, paints=(shop.paint,), site=shop.site, slot_start=first.slot_start)
    held = Trial.objects.get(pk=booking.hold(person=shop.add_person(), wish=wish, now=shop.now).trial)
    was = first.car_id, held.car_id
    assert shop.say(bus.CarChosen, first, vin=held.car_id) == Outcome.DONE
    held.refresh_from_db()
    assert (held.car_id, first.car_id) == was
    assert (held.state, shop.orders(held)) == (TrialState.HELD, [])


@pytest.mark.parametrize("why", ["red", "failed"])
def test_a_choice_that_cannot_be_followed_is_answered_with_the_order_anew(shop, why):
    cars = shop.add_cars(2)
    (red,) = shop.add_cars(1, code="red")
    trial = shop.book()
    before = trial.car_id
    (free,) = others(cars, trial)
    if why == "failed":
        take_out_of_service(vin=free)
    else:
        other = shop.book(paint=shop.model.paints.get(code="red"))
        free = other.car_id
        assert free == red.vin
    told = len(shop.orders(trial))
    assert shop.say(bus.CarChosen, trial, vin=free) == Outcome.DONE
    assert trial.car_id == before
    assert len(shop.orders(trial)) == told + 1
    assert shop.orders(trial)[-1]["vin"] == before
