"""Cars that are due back shortly before: booked as far as a market's policy goes and the risk allows, else not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from autosilo.platform.journey.booking import availability, overbooking, queries
from autosilo.platform.journey.booking.calendar import COLLECT_EARLY, TURN_ROUND
from autosilo.platform.journey.booking.overbooking import OverBooked, over_booked
from autosilo.platform.journey.booking.refusals import CannotBook
from autosilo.platform.journey.booking.reliance import at_least_one, past_delays
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.policies import registry
from autosilo.platform.policies.overbooking import FULL, OverBooking
from autosilo.platform.resources.fleet.models import Car

HOUR = timedelta(hours=1)
LIMIT = OverBooking(turn_round=HOUR, most=2, most_risk=0.1)
SOONEST = timedelta(hours=76)
"""From one pick-up to the next of the same car, rounded up to slots: ninety minutes to fetch it, 72 hours, two of
turn-round, a quarter of an hour before the next."""


@pytest.fixture
def allowing(monkeypatch: pytest.MonkeyPatch) -> Callable[[OverBooking | None], None]:
    def allow(limit: OverBooking | None) -> None:
        monkeypatch.setattr(registry, "POLICIES", tuple(replace(one, over_booking=limit) for one in registry.POLICIES))

    return allow


def past(shop: Any, *, on_time: int, late: int = 0) -> None:
    """Trials of long ago, with a car that nobody else gets."""
    car = shop.add_cars(1, code="red")[0]
    for index in range(on_time + late):
        due = shop.now - timedelta(days=30 + index)
        Trial.objects.create(
            person=shop.add_person(), car_model=shop.model, paint=car.paint, car=car, site=shop.site,
            policy="cn 2026-01", state=TrialState.RETURNED, slot_start=due - 72 * HOUR, slot_end=due - 71 * HOUR,
            collect_from=due - 72 * HOUR, collect_until=due - 71 * HOUR, created_at=due - 80 * HOUR, due_at=due,
            ended_at=due + (5 * HOUR if index < late else -HOUR),
        )  # fmt: skip


def standing(shop: Any, limit: OverBooking = LIMIT) -> OverBooked:
    return over_booked(shop.site, limit=limit, delays=past_delays(shop.site))


def booked_before(shop: Any, cars: int = 1) -> datetime:
    """Every car is out; returns the start of the first slot that has the full turn-round."""
    shop.add_cars(cars)
    for _car in range(cars):
        shop.book()
    return shop.now + SOONEST


def test_without_a_policy_every_booking_waits_for_the_full_turn_round(shop: Any) -> None:
    past(shop, on_time=40)
    start = booked_before(shop)
    with pytest.raises(CannotBook) as refused:
        shop.book(start=start - HOUR)
    assert refused.value.reason == "car_taken"
    shop.book(start=start)
    assert not standing(shop).bookings


def test_with_one_it_may_begin_sooner_and_no_sooner_than_that(shop: Any, allowing: Any) -> None:
    past(shop, on_time=40)
    start = booked_before(shop)
    allowing(LIMIT)
    with pytest.raises(CannotBook):
        shop.book(start=start - HOUR - HOUR / 2)
    trial = shop.book(start=start - HOUR)
    found = standing(shop)
    assert [one.trial for one in found.bookings] == [trial.pk]
    assert found.bookings[0].slack(HOUR) >= COLLECT_EARLY
    assert found.judged.risk == pytest.approx(at_least_one(1, missed=0, past=40))
    assert trial.collect_from == start - HOUR - COLLECT_EARLY, "the shopper is served as anybody"
    assert trial.reservation.period.lower == trial.collect_from + LIMIT.relief


def test_no_more_than_so_many(shop: Any, allowing: Any) -> None:
    past(shop, on_time=400)
    start = booked_before(shop, 3)
    allowing(LIMIT)
    for _booking in range(LIMIT.most):
        shop.book(start=start - HOUR)
    before = Trial.objects.count()
    with pytest.raises(CannotBook) as refused:
        shop.book(start=start - HOUR)
    assert (refused.value.reason, Trial.objects.count()) == ("car_taken", before)


def test_a_risk_over_the_limit_refuses(shop: Any, allowing: Any) -> None:
    """One of 20 was late: (1 + ½) / (20 + 1) for one booking is 7 %, for two it is 14 %."""
    past(shop, on_time=19, late=1)
    start = booked_before(shop, 2)
    allowing(LIMIT)
    shop.book(start=start - HOUR)
    assert standing(shop).judged.risk == pytest.approx(1.5 / 21)
    assert not standing(shop).takes_one_more
    with pytest.raises(CannotBook):
        shop.book(start=start - HOUR)
    assert len(standing(shop).bookings) == 1


def test_a_risk_that_nobody_can_tell_is_not_run(shop: Any, allowing: Any) -> None:
    past(shop, on_time=19)
    start = booked_before(shop)
    allowing(LIMIT)
    with pytest.raises(CannotBook):
        shop.book(start=start - HOUR)


def test_once_the_car_is_back_nothing_is_relied_on(shop: Any, allowing: Any) -> None:
    past(shop, on_time=40)
    start = booked_before(shop)
    allowing(LIMIT)
    shop.book(start=start - HOUR)
    first = Trial.objects.get(slot_start=shop.now)
    shop.drive_off(first)
    due = standing(shop).bookings[0].due
    assert due == first.due_at == shop.now + 72 * HOUR, "from when it left, not from when it might have"
    shop.now += 70 * HOUR
    shop.bring_back(first)
    assert not standing(shop).bookings


def test_who_was_booked_so_gets_the_car(shop: Any, allowing: Any) -> None:
    """Back at the last moment; fetched before the full turn-round is over."""
    past(shop, on_time=40)
    start = booked_before(shop)
    allowing(LIMIT)
    second = shop.book(start=start - HOUR)
    first = Trial.objects.get(slot_start=shop.now)
    shop.drive_off(first)
    shop.now += 72 * HOUR
    shop.bring_back(first)
    shop.now = start - HOUR
    shop.drive_off(second)
    second.refresh_from_db()
    assert (second.state, second.car_id) == (TrialState.DRIVING, first.car_id)


def test_a_full_turn_round_is_one_thing() -> None:
    assert FULL == TURN_ROUND


def test_pages_and_api_show_what_the_claim_would_give(shop: Any, allowing: Any) -> None:
    past(shop, on_time=40)
    start = booked_before(shop, 2)
    full = first_free(shop)
    assert full == (start, 2)
    allowing(LIMIT)
    overbooking.forget()
    assert first_free(shop) == (start - HOUR, 1), "one, since one more was judged"
    shop.book(start=start - HOUR)
    overbooking.forget()
    assert first_free(shop) == (start - HOUR, 1)
    shop.book(start=start - HOUR)
    overbooking.forget()
    assert first_free(shop) == (start - HOUR + SOONEST, 2), "no more of that kind"


def test_a_car_that_charges_is_not_had_sooner(shop: Any, allowing: Any) -> None:
    past(shop, on_time=40)
    allowing(LIMIT)
    shop.add_cars(1)[0]
    Car.objects.filter(paint=shop.paint).update(ready_from=shop.now + 3 * HOUR)
    assert first_free(shop) == (shop.now + 3 * HOUR + HOUR / 2, 1)
    with pytest.raises(CannotBook):
        shop.book(start=shop.now + 3 * HOUR)


def first_free(shop: Any) -> tuple[datetime, int] | None:
    found = queries.slots(car_model=shop.model, paint=shop.paint, site=shop.site, now=shop.now)
    api = availability.free(car_model=shop.model, paints=[shop.paint], site=shop.site, now=shop.now, days=7)
    assert [one.free for one in found] == list(api.free)
    return next(((one.start, one.free) for one in found if one.free), None)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_is_judged_with_the_first(transactional_shop: Any, allowing: Any) -> None:
    shop = transactional_shop
    past(shop, on_time=400)
    start = booked_before(shop, 4)
    allowing(replace(LIMIT, most=1))
    people = [shop.add_person() for _each in range(4)]

    def ask(person: Any) -> bool:
        try:
            shop.book(person, start=start - HOUR)
        except CannotBook:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(ask, people)) == 1
    assert len(standing(shop).bookings) == 1
