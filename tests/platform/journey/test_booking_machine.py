"""Any interleaving of hold, confirm, move, cancel, expire, collect, return, fault, offer, answer and wait-list: no car,
no slot of a car and no person is ever booked twice, and nothing that is over keeps a car."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import offering, waiting
from autosilo.platform.journey.booking.claim import Key, Wish
from autosilo.platform.journey.booking.models import Offer, OfferState, Reservation, WaitEntry, WaitState
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.flow.instead import find_other_cars
from autosilo.platform.journey.trial.models import Trial, TrialChange
from autosilo.platform.journey.trial.states import ACTIVE, NOT_DRIVEN, TRANSITIONS, TrialState
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.fleet.actions import return_to_service, take_out_of_service
from autosilo.platform.resources.fleet.models import Car, CarState
from autosilo.wire import bus

PEOPLE, CARS, MODELS = 3, 2, 2
people = st.integers(0, PEOPLE - 1)
models = st.integers(0, MODELS - 1)
slots = st.sampled_from([0, 1, 24, 76, 100])  # hours from now: some overlap on one car, some do not
keys = st.sampled_from(["", "one", "two"])


class Booking(RuleBasedStateMachine):
    """Set by the test: ``make`` opens a shop."""

    make = None

    def __init__(self):
        super().__init__()
        self._all = transaction.atomic()
        self._all.__enter__()
        self.shop = self.make()
        self.models = [self.shop.model, *(self.shop.add_model(f"model-{n}") for n in range(1, MODELS))]
        for model in self.models:
            self.shop.add_cars(1, model=model)
            self.shop.add_cars(CARS - 1, model=model, code="red")
        self.people = [self.shop.add_person() for _ in range(PEOPLE)]
        self.answers = {}

    def teardown(self):
        transaction.set_rollback(True)
        self._all.__exit__(None, None, None)

    def of(self, who):
        return Trial.objects.filter(person=self.people[who]).order_by("-created_at", "-pk").first()

    def wish(self, model, hours):
        start = (self.shop.now + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
        return Wish(
            car_model=self.models[model],
            paints=tuple(self.models[model].paints.all()),
            site=self.shop.site,
            slot_start=start,
        )

    @rule(who=people, model=models, hours=slots, key=keys, at_once=st.booleans())
    def hold(self, who, model, hours, key, at_once):
        wish = self.wish(model, hours)
        named = Key(scope=f"person:{who}", key=key, request_hash=f"{model} {hours} {at_once}") if key else None
        verb = booking.take if at_once else booking.hold
        with suppress(Refusal):
            claimed = verb(person=self.people[who], wish=wish, now=self.shop.now, key=named)
            if named:
                known = self.answers.setdefault((who, key), (claimed.trial, named.request_hash))
                assert known == (claimed.trial, named.request_hash), "a key never books twice"

    @rule(who=people)
    def confirm(self, who):
        trial = self.of(who)
        with suppress(Refusal):
            if trial:
                booking.confirm(trial=trial, now=self.shop.now)

    @rule(who=people, hours=slots)
    def move(self, who, hours):
        trial = self.of(who)
        with suppress(Refusal):
            if trial:
                start = (self.shop.now + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
                booking.move(trial=trial, slot_start=start, now=self.shop.now)

    @rule(who=people)
    def cancel(self, who):
        trial = self.of(who)
        with suppress(Refusal):
            if trial:
                booking.cancel(trial=trial, by=self.people[who], now=self.shop.now)

    @rule(minutes=st.sampled_from([1, 11, 31, 120, 24 * 60, 80 * 60]))
    def time_passes(self, minutes):
        self.shop.now += timedelta(minutes=minutes)
        sweeper.sweep(now=self.shop.now)
        over = Trial.objects.filter(state=TrialState.HELD, hold_until__lte=self.shop.now)
        assert not over.exists(), "a hold whose time is up is over after a sweep"
        unanswered = Offer.objects.filter(state=OfferState.OPEN, until__lte=self.shop.now)
        assert not unanswered.exists(), "an offer whose time is up is settled after a sweep"

    @rule(who=people)
    def collect(self, who):
        trial = self.of(who)
        if trial and trial.state == TrialState.BOOKED:
            self.shop.say(bus.CarHandedOver, trial, odometer_km=100, charge=0.9)

    @rule(who=people)
    def bring_back(self, who):
        trial = self.of(who)
        if trial and trial.state in (TrialState.DRIVING, TrialState.OVERDUE):
            self.shop.say(bus.CarTakenIn, trial, bay="L1.B0302", odometer_km=150, charge=0.5)

    @rule(which=st.integers(0, CARS * MODELS - 1))
    def fault(self, which):
        car = Car.objects.order_by("vin")[which]
        if take_out_of_service(vin=car.vin):
            find_other_cars(car, kind="car_failed", now=self.shop.now)

    @rule(who=people)
    def fault_of_the_booked_car(self, who):
        """Before the shopper leaves home: what an offer is for."""
        trial = self.of(who)
        if trial and trial.state == TrialState.BOOKED and take_out_of_service(vin=trial.car_id):
            find_other_cars(trial.car, kind="car_failed", now=self.shop.now)

    @rule(which=st.integers(0, CARS * MODELS - 1))
    def repair(self, which):
        return_to_service(vin=Car.objects.order_by("vin")[which].vin)

    @rule(who=people, which=st.integers(0, 6))
    def answer(self, who, which):
        """The offer that stands, or a late answer to one that is over."""
        trial = self.of(who)
        offer = trial and Offer.objects.filter(trial=trial).first()
        if not offer:
            return
        choices = list(offer.alternatives.all())
        one = choices[which % len(choices)]
        before = Trial.objects.filter(pk=trial.pk).values().get()
        try:
            offering.take(trial=trial, alternative=one.pk, now=self.shop.now)
        except Refusal:
            assert Trial.objects.filter(pk=trial.pk).values().get() == before, "a refusal leaves the trial as it was"
            return
        trial.refresh_from_db()
        assert (trial.car_model_id, trial.paint_id) == (one.car_model_id, one.paint_id)
        assert trial.slot_start == one.slot_start
        assert trial.car.state == CarState.IN_SERVICE, "what is taken can be had"
        assert (trial.fee_minor, trial.deposit_minor) == (before["fee_minor"], before["deposit_minor"])

    @rule(who=people, model=models)
    def wait(self, who, model):
        with suppress(Refusal):
            waiting.wait(
                person=self.people[who],
                car_model=self.models[model],
                paint=None,
                site=self.shop.site,
                not_before=self.shop.now,
                not_after=self.shop.now + timedelta(days=6),
                now=self.shop.now,
            )

    @invariant()
    def nothing_is_booked_twice(self):
        kept = list(Reservation.objects.filter(active=True).select_related("trial"))
        for n, one in enumerate(kept):
            assert one.car_id == one.trial.car_id
            assert one.trial.state not in NOT_DRIVEN, "what is over keeps no car"
            for other in kept[n + 1 :]:
                overlap = one.period.lower < other.period.upper and other.period.lower < one.period.upper
                assert one.car_id != other.car_id or not overlap
        active = Trial.objects.filter(state__in=sorted(ACTIVE))
        assert active.count() == len(set(active.values_list("person", flat=True)))
        for trial in active.select_related("reservation"):
            assert trial.reservation.active
            assert (trial.state == TrialState.HELD) == (trial.hold_until is not None)
            if trial.state in booking.BEFORE_PICK_UP:
                assert trial.reservation.period.lower <= trial.slot_start < trial.reservation.period.upper

    @invariant()
    def offers_are_honest(self):
        for offer in Offer.objects.select_related("trial__car", "trial__reservation"):
            assert (offer.state == OfferState.OPEN) == (offer.settled_at is None)
            if offer.state != OfferState.OPEN:
                continue
            trial = offer.trial
            assert trial.state not in NOT_DRIVEN, "what is over offers nothing"
            if trial.state == TrialState.BOOKED:
                assert trial.deadlines.filter(kind="offer", done_at=None).exists()
                assert (trial.car_id != offer.car_id) == offer.kept, "another car is kept, or the offer does not say so"
        for trial in Trial.objects.select_related("car"):
            assert (trial.car.model_id, trial.car.paint_id) == (trial.car_model_id, trial.paint_id)

    @invariant()
    def history_is_lawful(self):
        for change in TrialChange.objects.all():
            assert change.target in TRANSITIONS.table[change.source]

    @invariant()
    def who_was_offered_had_waited_longest(self):
        for entry in WaitEntry.objects.filter(state=WaitState.OFFERED):
            assert entry.trial is not None
            assert entry.trial.person_id == entry.person_id


class Failing(Booking):
    """The same with fewer things to do, so that booked cars fail, and shoppers answer, most of the time."""

    confirm = fault = wait = None

    @initialize(who=people, model=models)
    def book(self, who, model):
        for index, hours in enumerate((24, 76, 100)):
            self.hold((who + index) % PEOPLE, (model + index) % MODELS, hours, "", at_once=True)

    @rule(who=people, model=models, hours=st.sampled_from([24, 76]))
    def hold_again(self, who, model, hours):
        self.hold(who, model, hours, "", at_once=True)

    @rule(minutes=st.sampled_from([1, 120, 8 * 60, 12 * 60]))
    def time_passes(self, minutes):
        Booking.time_passes(self, minutes)

    @rule(who=people)
    def first_answer(self, who):
        self.answer(who, 0)


@pytest.mark.slow
@pytest.mark.parametrize("story", [Booking, Failing])
def test_nothing_is_booked_twice_whatever_happens(new_shop, story):
    class Told(story):
        make = staticmethod(new_shop)

    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
