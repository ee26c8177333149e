"""Holds, keys, wait-list, and the quick read of facts against the slow one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import availability, claim, line, queries, waiting
from autosilo.platform.journey.booking.claim import Key, Wish
from autosilo.platform.journey.booking.models import Sale, WaitEntry, WaitState
from autosilo.platform.journey.booking.refusals import CannotBook, CannotConfirm, CannotMoveSlot
from autosilo.platform.journey.eligibility import queries as eligible
from autosilo.platform.journey.eligibility import quick
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text
from autosilo.platform.journey.trial.models import Trial, TrialChange
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import hot
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.people.models import Membership

HOUR = timedelta(hours=1)


def wish_of(shop, *, hours=24, code="white"):
    paint = shop.model.paints.get(code=code)
    return Wish(car_model=shop.model, paints=(paint,), site=shop.site, slot_start=shop.now + hours * HOUR)


def test_a_hold_keeps_the_car_and_runs_out(shop):
    shop.add_cars(1)
    wish = wish_of(shop)
    held = booking.hold(person=shop.add_person(), wish=wish, now=shop.now)
    trial = Trial.objects.get(pk=held.trial)
    assert (trial.state, trial.hold_until) == (TrialState.HELD, shop.now + claim.HOLD)
    with pytest.raises(CannotBook) as caught:
        booking.hold(person=shop.add_person(), wish=wish, now=shop.now)
    assert caught.value.reason == "car_taken"
    shop.now += claim.HOLD
    with pytest.raises(CannotConfirm) as late:
        booking.confirm(trial=trial, now=shop.now)
    assert late.value.reason == "expired"
    assert sweeper.sweep(now=shop.now)["holds"] == 1
    assert shop.orders() == [], "no site hears of a hold"
    assert booking.hold(person=shop.add_person(), wish=wish, now=shop.now)


def test_a_confirmed_hold_is_a_booking_of_which_the_site_hears(shop):
    shop.add_cars(1)
    held = booking.hold(person=shop.add_person(), wish=wish_of(shop), now=shop.now)
    trial = booking.confirm(trial=Trial.objects.get(pk=held.trial), now=shop.now)
    assert (trial.state, trial.hold_until) == (TrialState.BOOKED, None)
    assert list(TrialChange.objects.values_list("source", "target")) == [("held", "booked")]
    assert shop.orders(trial) == []
    shop.now += timedelta(seconds=10)
    assert sweeper.sweep(now=shop.now)["bookings"] == 1, "what a lost job left"
    assert [one["kind"] for one in shop.orders(trial)] == ["expect_visitor"]
    assert not booking.settle_in(trial=trial.pk, now=shop.now)


def test_a_selfie_before_the_booking_has_settled_in_hides_nothing(shop):
    shop.add_cars(1)
    held = booking.hold(person=shop.add_person(), wish=wish_of(shop), now=shop.now)
    trial = booking.confirm(trial=Trial.objects.get(pk=held.trial), now=shop.now)
    identity.enrol(trial=trial, template=b"good", consent_version=consent_text.VERSION, language="en", now=shop.now)
    assert booking.settle_in(trial=trial.pk, now=shop.now)
    assert trial.deadlines.get().kind == booking.NO_SHOW
    assert Notice.objects.filter(kind="booked").count() == 1


def test_a_key_is_answered_once_and_again(shop):
    shop.add_cars(2)
    person = shop.add_person()
    key = Key(scope="program:x", key="k", request_hash="a")
    first = booking.take(person=person, wish=wish_of(shop), now=shop.now, key=key)
    again = booking.take(person=person, wish=wish_of(shop), now=shop.now, key=key)
    assert (again.trial, again.answer, again.replayed) == (first.trial, first.answer, True)
    other = Key(scope="program:x", key="k", request_hash="b")
    with pytest.raises(CannotBook) as caught:
        booking.take(person=person, wish=wish_of(shop, hours=25), now=shop.now, key=other)
    assert caught.value.reason == "key_reused"
    assert Trial.objects.count() == 1


@pytest.mark.slow
def test_one_key_at_the_same_moment_books_once(transactional_shop):
    shop = transactional_shop
    shop.add_cars(8)
    person, wish = shop.add_person(), wish_of(shop)
    key = Key(scope="program:x", key="k", request_hash="a")

    def ask(_):
        try:
            return booking.take(person=person, wish=wish, now=shop.now, key=key).trial
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1
    assert Trial.objects.count() == 1


def test_another_time_keeps_the_car_if_it_can(shop):
    shop.add_cars(2)
    trial = shop.book(start=shop.now + 24 * HOUR)
    car = trial.car_id
    moved = booking.move(trial=trial, slot_start=shop.now + 48 * HOUR, now=shop.now)
    assert (moved.car_id, moved.slot_start) == (car, shop.now + 48 * HOUR)
    assert moved.reservation.period.lower < moved.slot_start < moved.reservation.period.upper
    assert moved.deadlines.get(kind="no_show").due_at == moved.collect_until
    assert shop.orders(moved)[-1]["collect_until"].startswith(moved.collect_until.strftime("%Y-%m-%dT%H:%M"))
    assert Notice.objects.filter(kind="moved").count() == 1
    with pytest.raises(CannotMoveSlot):
        booking.move(trial=moved, slot_start=shop.now - 48 * HOUR, now=shop.now)
    moved.refresh_from_db()
    assert moved.slot_start == shop.now + 48 * HOUR


def test_who_waits_longest_is_offered_first_and_then_the_next(shop):
    shop.add_cars(1)
    trial = shop.book(start=shop.now + 24 * HOUR)
    first, second = shop.add_person(), shop.add_person()
    for person in (first, second):
        waiting.wait(
            person=person,
            car_model=shop.model,
            paint=None,
            site=shop.site,
            not_before=shop.now + 23 * HOUR,
            not_after=shop.now + 26 * HOUR,
            now=shop.now,
        )
    assert sweeper.sweep(now=shop.now)["waiting"] == 0
    assert [one.ahead for one in queries.still_waiting(second)] == [1]
    booking.cancel(trial=trial, by=trial.person, now=shop.now)
    assert sweeper.sweep(now=shop.now)["waiting"] == 1
    offer = WaitEntry.objects.get(person=first)
    assert (offer.state, offer.trial.state) == (WaitState.OFFERED, TrialState.HELD)
    assert offer.trial.hold_until == shop.now + waiting.OFFER
    assert Notice.objects.filter(kind="offered", person=first).count() == 1
    shop.now += waiting.OFFER
    sweeper.sweep(now=shop.now)
    offer.trial.refresh_from_db()
    assert offer.trial.state == TrialState.EXPIRED
    sweeper.sweep(now=shop.now)
    assert WaitEntry.objects.get(person=second).state == WaitState.OFFERED


def test_holding_again_and_again_comes_to_an_end(shop):
    shop.add_cars(1)
    person = shop.add_person()
    for _ in range(claim.MOST_TRIES_AN_HOUR):
        held = booking.hold(person=person, wish=wish_of(shop), now=shop.now)
        booking.cancel(trial=Trial.objects.get(pk=held.trial), by=person, now=shop.now)
    with pytest.raises(CannotBook) as caught:
        booking.hold(person=person, wish=wish_of(shop), now=shop.now)
    assert caught.value.reason == "too_many_holds"


def test_nobody_books_before_a_sale_opens(shop):
    shop.add_cars(1)
    Sale.objects.create(car_model=shop.model, site=shop.site, opens_at=shop.now + HOUR)
    with pytest.raises(CannotBook) as caught:
        booking.take(person=shop.add_person(), wish=wish_of(shop), now=shop.now)
    assert caught.value.reason == "not_open"


def test_the_line_is_drawn_by_lot_before_a_sale_opens_and_kept_after_it(shop):
    Sale.objects.create(car_model=shop.model, site=shop.site, opens_at=shop.now + HOUR)
    where = {"model": shop.model.pk, "site": shop.site.pk}
    people = [shop.add_person().pk for _ in range(line.AT_ONCE + 8)]
    early = [line.stand(person=who, now=shop.now, **where) for who in people]
    assert not any(place.may_try for place in early)
    assert early[0].opens_at == shop.now + HOUR
    shop.now += HOUR
    late = line.stand(person=shop.add_person().pk, now=shop.now, **where)
    assert late.ahead == 0, "who is not seen to wait for an hour has lost the place"
    places = [line.stand(person=who, now=shop.now, **where) for who in people]
    assert sum(place.may_try for place in places) == line.AT_ONCE
    again = [line.stand(person=who, now=shop.now + timedelta(seconds=5), **where) for who in people]
    assert [place.ahead for place in again] == sorted(place.ahead for place in again), "asking again changes nothing"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tier=st.sampled_from(["premium", "basic", None]),
    until=st.sampled_from([None, -1, 1]),
    credit=st.booleans(),
    states=st.lists(st.sampled_from([s.value for s in TrialState]), max_size=3),
)
def test_the_quick_read_of_facts_says_what_the_slow_one_says(shop, tier, until, credit, states):
    person = shop.add_person()
    if tier is None:
        person.membership.delete()
    else:
        Membership.objects.filter(person=person).update(
            tier=tier, until=None if until is None else shop.now + until * HOUR
        )
    if not credit:
        person.credit_checks.all().delete()
    _past(shop, person, states)
    person = type(person).objects.get(pk=person.pk)
    policy = policy_for(shop.site.market, shop.now)
    start = shop.now + 24 * HOUR
    slow = eligible.facts_of(
        person=person,
        car_model=shop.model,
        site=shop.site,
        starts_at=start,
        check=eligible.credit_check(person=person, threshold=policy.credit_threshold, now=shop.now),
        currency=policy.currency,
        now=shop.now,
    )
    values = quick.parameters(policy=policy, car_model=shop.model, site=shop.site, now=shop.now)
    row = hot.rows(quick.facts_sql("%(who)s"), {**values, "who": person.pk})[0]
    seeker = quick.seeker_of(row, threshold=policy.credit_threshold, utc=UTC)
    fast = seeker.facts(car_model=shop.model, currency=policy.currency, starts_at=start, zone=slow.zone, now=shop.now)
    by_model = {"key": lambda one: (one.model, one.starts_at, one.standing)}
    assert sorted(fast.earlier, **by_model) == sorted(slow.earlier, **by_model)
    assert policy.decide(fast).as_record() == policy.decide(slow).as_record()


def _past(shop, person, states):
    """Earlier trials of other models, one each; at most one is open."""
    seen_open = False
    for number, state in enumerate(states):
        is_open = state not in ("returned", "purchased", "cancelled", "no_show", "expired")
        if is_open and seen_open:
            continue
        seen_open = seen_open or is_open
        model = shop.add_model(f"past-{Trial.objects.count()}-{number}")
        (car,) = shop.add_cars(1, model=model)
        begun = shop.now - timedelta(days=3 + number)
        Trial.objects.create(
            person=person,
            car_model=model,
            paint=car.paint,
            car=car,
            site=shop.site,
            state=state,
            policy="cn 2026-01",
            slot_start=begun,
            slot_end=begun + HOUR,
            collect_from=begun,
            collect_until=begun + HOUR,
            created_at=begun,
        )


def test_two_ways_to_ask_what_is_free_say_the_same(shop):
    shop.add_cars(3)
    for hours in (0, 30, 76):
        shop.book(start=shop.now + hours * HOUR)
    slow = queries.slots(car_model=shop.model, paint=shop.paint, site=shop.site, now=shop.now)
    fast = availability.free(car_model=shop.model, paints=[shop.paint], site=shop.site, now=shop.now, days=7)
    assert [slot.start.timestamp() for slot in slow] == list(fast.starts)
    assert [slot.free for slot in slow] == list(fast.free)
    assert connection.vendor == "postgresql"


def test_all_sales_are_known_after_one_read(shop, django_assert_num_queries):
    other = shop.add_model("byd-dolphin")
    Sale.objects.create(car_model=other, site=shop.site, opens_at=shop.now)
    line.forget()
    with django_assert_num_queries(1):
        assert line.opens_at(model=shop.model.pk, site=shop.site.pk) is None
        assert line.opens_at(model=other.pk, site=shop.site.pk) == shop.now
