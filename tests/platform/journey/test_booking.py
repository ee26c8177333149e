"""Booking: every refusal has its reason, and the database has the last word."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import connections

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import calendar, queries
from autosilo.platform.journey.booking.actions import CannotBook, CannotCancel
from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.eligibility.models import EligibilityDecision
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.fleet.actions import take_out_of_service
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.sites.actions import open_for_booking

HOUR = timedelta(hours=1)


def refusal(call, *args, **kwargs):
    with pytest.raises((CannotBook, CannotCancel)) as caught:
        call(*args, **kwargs)
    assert str(caught.value)
    return caught.value.reason


def test_a_booking_keeps_the_car_for_the_trial_and_its_turn_round(shop):
    (car,) = shop.add_cars(1)
    trial = shop.book(start=shop.now + HOUR)
    assert trial.car == car
    assert trial.collect_from == trial.slot_start - timedelta(minutes=15)
    assert trial.collect_until == trial.slot_end + HOUR
    period = trial.reservation.period
    assert (period.lower, period.upper) == (trial.collect_from, trial.collect_until + timedelta(hours=74))


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (-timedelta(minutes=30), "slot_past"),
        (timedelta(minutes=7), "slot_closed"),
        (timedelta(hours=12), "slot_closed"),
        (timedelta(days=8), "slot_too_far"),
    ],
)
def test_a_wrong_time(shop, start, reason):
    shop.add_cars(1)
    assert refusal(shop.book, start=shop.now + start) == reason


def test_a_walk_up_while_ten_minutes_of_the_slot_are_left(shop):
    shop.add_cars(1)
    slot = shop.now
    shop.now = slot + timedelta(minutes=20)
    assert shop.book(start=slot).state == TrialState.BOOKED
    shop.now = slot + timedelta(minutes=21)
    assert refusal(shop.book, start=slot) == "slot_past"


def test_a_taken_car(shop):
    shop.add_cars(1)
    shop.book()
    assert refusal(shop.book) == "car_taken"
    assert refusal(shop.book, start=shop.now + timedelta(days=3)) == "car_taken"
    assert shop.book(start=shop.now + timedelta(days=3, hours=4)).state == TrialState.BOOKED


def test_one_at_a_time_and_each_model_once(shop):
    shop.add_cars(3)
    trial = shop.book()
    assert refusal(shop.book, trial.person) == "already_active"
    shop.bring_back(shop.drive_off(trial))
    assert refusal(shop.book, trial.person) == "model_tried"


def test_not_eligible_keeps_the_decision_with_its_reasons(shop):
    shop.add_cars(1)
    person = shop.add_person()
    person.membership.tier = "basic"
    person.membership.save()
    with pytest.raises(CannotBook) as caught:
        shop.book(person)
    assert caught.value.reason == "not_eligible"
    kept = EligibilityDecision.objects.get()
    assert caught.value.detail["decision"] == kept
    assert [rule["rule"] for rule in kept.rules if not rule["met"]] == ["membership"]
    assert not Trial.objects.exists()


def test_nobody_decides_without_the_bureaus_answer(shop):
    shop.add_cars(1)
    person = shop.add_person()
    person.credit_checks.all().delete()
    with pytest.raises(CannotBook) as caught:
        shop.book(person)
    assert (caught.value.reason, caught.value.detail["why"]) == ("not_eligible", "consent_needed")


def test_a_closed_site_and_a_car_out_of_service(shop):
    (car,) = shop.add_cars(1)
    take_out_of_service(vin=car.vin)
    assert refusal(shop.book) == "car_taken"
    open_for_booking(site=shop.site, is_open=False)
    shop.site.refresh_from_db()
    assert refusal(shop.book) == "site_closed"
    assert queries.slots(car_model=shop.model, paint=shop.paint, site=shop.site, now=shop.now) == []


def test_a_colour_of_another_model(shop):
    other = shop.add_model("nio-et5")
    assert refusal(shop.book, paint=other.paints.first()) == "not_offered"


def test_cancelling_frees_the_car_at_once(shop):
    shop.add_cars(1)
    trial = shop.book()
    stranger = shop.add_person()
    assert refusal(booking.cancel, trial=trial, by=stranger, now=shop.now) == "not_yours"
    booking.cancel(trial=trial, by=trial.person, now=shop.now)
    trial.refresh_from_db()
    assert trial.state == TrialState.CANCELLED
    assert shop.orders(trial)[-1]["reason"] == "cancelled"
    assert shop.book(stranger).state == TrialState.BOOKED
    assert refusal(booking.cancel, trial=trial, by=trial.person, now=shop.now) == "over"


def test_an_operator_cancels_too_but_not_a_drive(shop):
    shop.add_cars(2)
    operator = shop.add_person(is_staff=True)
    trial = shop.book()
    booking.cancel(trial=trial, by=operator, now=shop.now)
    driven = shop.drive_off(shop.book())
    assert refusal(booking.cancel, trial=driven, by=operator, now=shop.now) == "begun"


def test_slots_count_free_cars(shop, django_assert_num_queries):
    shop.add_cars(2)
    shop.book(start=shop.now + HOUR)
    with django_assert_num_queries(3):
        slots = queries.slots(car_model=shop.model, paint=shop.paint, site=shop.site, now=shop.now)
    assert slots[0].start == shop.now
    free = {slot.start: slot.free for slot in slots}
    assert free[shop.now] == 1, "a trial that began now would overlap"
    assert free[shop.now + HOUR] == 1
    assert free[shop.now + timedelta(days=3, hours=5)] == 2
    assert all(slot.end - slot.start == calendar.SLOT for slot in slots)


def test_slots_cost_the_same_for_many_cars(shop, django_assert_num_queries):
    shop.add_cars(30)
    for _ in range(5):
        shop.book(start=shop.now + HOUR)
    with django_assert_num_queries(3):
        slots = queries.slots(car_model=shop.model, paint=None, site=shop.site, now=shop.now)
    assert slots[2].free == 25


def test_a_late_car_is_not_promised(shop):
    shop.add_cars(1)
    trial = shop.drive_off(shop.book())
    Trial.objects.filter(pk=trial.pk).update(state=TrialState.OVERDUE)
    later = shop.now + timedelta(days=5)
    assert not queries.cars_free(car_model=shop.model, paint=shop.paint, site=shop.site, slot_start=later, now=shop.now)


def test_slots_follow_the_local_day_and_its_hours(shop):
    shop.site.opening = {"wed": ["10:15", "11:30"]}
    starts = calendar.starts(shop.site, now=shop.now)
    assert starts == [datetime(2026, 3, 11, 2, 15, tzinfo=UTC), datetime(2026, 3, 11, 2, 45, tzinfo=UTC)]


def test_no_slot_is_lost_or_doubled_when_clocks_change(shop):
    shop.site.time_zone = "Europe/Berlin"
    shop.site.opening = {"sun": ["00:00", "06:00"]}
    spring = calendar.starts_on(shop.site, datetime(2026, 3, 29, tzinfo=UTC).date())
    autumn = calendar.starts_on(shop.site, datetime(2026, 10, 25, tzinfo=UTC).date())
    assert (len(spring), len(autumn)) == (10, 14)
    for starts in (spring, autumn):
        assert {later - sooner for sooner, later in pairwise(starts)} == {calendar.SLOT}


def test_whoever_booked_a_car_that_was_sold_gets_another(shop):
    first, second = shop.add_cars(2)
    driven = shop.drive_off(shop.book())
    waiting = shop.book(start=shop.now + timedelta(days=3, hours=12) - timedelta(hours=8))
    Reservation.objects.filter(trial=waiting).update(car=driven.car_id)
    Trial.objects.filter(pk=waiting.pk).update(car=driven.car_id)
    from autosilo.platform.journey.purchase import actions as purchase
    from autosilo.platform.journey.purchase import contract

    bought = purchase.accept(trial=driven, contract_version=contract.VERSION, language="en", now=shop.now)
    purchase.pay(purchase=bought, card_token="tok_visa", now=shop.now)
    waiting.refresh_from_db()
    assert waiting.car_id in {first.vin, second.vin} - {driven.car_id}
    assert waiting.reservation.car_id == waiting.car_id
    assert shop.orders(waiting)[-1]["vin"] == waiting.car_id
    assert not Incident.objects.exists()


def test_a_person_looks_when_there_is_no_other_car(shop):
    shop.add_cars(1)
    driven = shop.drive_off(shop.book())
    shop.book(start=shop.now + timedelta(days=3, hours=4))
    from autosilo.platform.journey.purchase import actions as purchase
    from autosilo.platform.journey.purchase import contract

    bought = purchase.accept(trial=driven, contract_version=contract.VERSION, language="en", now=shop.now)
    purchase.pay(purchase=bought, card_token="tok_visa", now=shop.now)
    assert Incident.objects.get().kind == "car_sold"


# --- at the same moment, on several connections ---


def all_at_once(calls):
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(10)
            return call()
        except CannotBook as refused:
            return refused.reason
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.slow
def test_twenty_shoppers_and_three_cars(transactional_shop):
    shop = transactional_shop
    cars = shop.add_cars(3)
    people = [shop.add_person() for _ in range(20)]
    outcomes = all_at_once([lambda person=person: shop.book(person) for person in people])
    booked = [one for one in outcomes if isinstance(one, Trial)]
    assert [one for one in outcomes if not isinstance(one, Trial)] == ["car_taken"] * 17
    assert {trial.car_id for trial in booked} == {car.vin for car in cars}
    assert Reservation.objects.filter(active=True).count() == 3
    assert all(trial.visit_pass and shop.orders(trial) for trial in Trial.objects.all())


@pytest.mark.slow
def test_one_shopper_in_ten_windows(transactional_shop):
    shop = transactional_shop
    shop.add_cars(10)
    person = shop.add_person()
    outcomes = all_at_once([lambda: shop.book(person)] * 10)
    assert sorted(map(str, (one for one in outcomes if not isinstance(one, Trial)))) == ["already_active"] * 9
    assert Trial.objects.count() == Reservation.objects.count() == 1


def test_the_paint_that_can_be_had_first_is_offered_first(shop):
    def soonest():
        return queries.ahead(car_model=shop.model, paint=None, site=shop.site, now=shop.now).soonest()

    assert soonest() is None
    shop.add_cars(1, code="red")
    shop.add_cars(1)
    first = shop.model.paints.get(pk=soonest().paint_id)
    shop.book(paint=first)
    other = shop.model.paints.get(pk=soonest().paint_id)
    assert {first.code, other.code} == {"red", "white"}


def test_one_read_answers_for_each_paint(shop, django_assert_num_queries):
    shop.add_cars(1, code="red")
    shop.add_cars(2)
    shop.book(start=shop.now + HOUR)
    with django_assert_num_queries(3):  # one, between the two of a savepoint
        found = queries.ahead(car_model=shop.model, paint=None, site=shop.site, now=shop.now)
    for paint in (None, *shop.model.paints.all()):
        assert found.slots(paint=paint) == queries.slots(
            car_model=shop.model, paint=paint, site=shop.site, now=shop.now
        )
