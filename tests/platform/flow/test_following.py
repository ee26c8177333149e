"""The site had begun with the former car when another was bound: its word wins, and no car is ever promised twice."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking.alike import cars_alike
from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.flow.site_facts import Outcome
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import timeline
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.fleet.actions import take_out_of_service
from autosilo.platform.resources.fleet.models import Car, CarState
from autosilo.platform.resources.incidents.models import Incident
from autosilo.wire import bus


@pytest.fixture
def replaced(shop):
    """A trial that got another car, and the VIN of the one that the site still knows."""
    shop.add_cars(2)
    trial = shop.book()
    before = trial.car_id
    assert booking.replace_car(trial=trial, now=shop.now)
    trial.refresh_from_db()
    assert trial.car_id != before
    return trial, before


def test_the_trial_goes_on_with_the_car_at_the_gate(shop, replaced):
    trial, brought = replaced
    shop.say(bus.VisitorIdentified, trial, method="face", purpose="collect")
    assert shop.say(bus.CarAtGate, trial, vin=brought, station="L1.D1") == Outcome.DONE
    assert (trial.car_id, trial.reservation.car_id) == (brought, brought)
    assert shop.orders(trial)[-1]["vin"] == brought
    assert [entry.kind for entry in timeline(trial)].count("car_changed") == 2
    assert shop.say(bus.CarHandedOver, trial, odometer_km=100, charge=0.9) == Outcome.DONE
    assert trial.state == TrialState.DRIVING
    shop.bring_back(trial)
    assert trial.state == TrialState.RETURNED
    assert not Incident.objects.exists()


def test_the_car_that_was_bound_meanwhile_can_be_booked_again(shop, replaced):
    trial, brought = replaced
    freed = trial.car_id
    assert shop.say(bus.CarHandedOver, trial, vin=brought) == Outcome.DONE
    assert (trial.state, trial.car_id) == (TrialState.DRIVING, brought)
    assert shop.book().car_id == freed


def test_who_has_it_by_now_and_has_not_come_gets_the_one_that_is_free_instead(shop, replaced):
    trial, brought = replaced
    bound = trial.car_id
    other = shop.book()
    assert other.car_id == brought
    assert shop.say(bus.CarHandedOver, trial, vin=brought) == Outcome.DONE
    other.refresh_from_db()
    assert (trial.state, trial.car_id) == (TrialState.DRIVING, brought)
    assert (other.state, other.car_id, other.reservation.car_id) == (TrialState.BOOKED, bound, bound)
    assert shop.orders(other)[-1]["vin"] == bound
    assert not Incident.objects.exists()


def test_a_car_that_somebody_collects_by_now_is_not_taken_from_them_unseen(shop, replaced):
    trial, brought = replaced
    bound = trial.car_id
    other = shop.book()
    shop.say(bus.VisitorIdentified, other, method="face", purpose="collect")
    assert shop.say(bus.CarHandedOver, trial, vin=brought) == Outcome.PUT_BEFORE_A_PERSON
    assert (trial.state, trial.car_id) == (TrialState.BOOKED, bound)
    assert Car.objects.get(pk=brought).state == CarState.OUT_OF_SERVICE
    assert "fact_makes_no_sense" in set(Incident.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("why", ["failed", "model", "site", "over", "moved"])
def test_a_person_looks_when_it_is_no_car_for_this_trial(shop, replaced, why):
    trial, brought = replaced
    bound = trial.car_id
    if why == "failed":
        take_out_of_service(vin=brought)
    elif why == "model":
        (other,) = shop.add_cars(1, model=shop.add_model("nio-et5"))
        brought = other.vin
    elif why == "site":
        Car.objects.filter(pk=brought).update(site=shop.add_site("nanjing"))
    elif why == "moved":
        booking.move(trial=trial, slot_start=trial.slot_start + timedelta(days=1), now=shop.now)
    else:
        booking.cancel(trial=trial, by=trial.person, now=shop.now)
    assert shop.say(bus.CarAtGate, trial, vin=brought, station="L1.D1") == Outcome.PUT_BEFORE_A_PERSON
    assert trial.car_id == bound
    assert Incident.objects.get().kind == "fact_makes_no_sense"


STEPS = ("book", "replace", "cancel", "hear", "choose", "gate", "leave", "fail")
SHOPPERS, CARS = 2, 3
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, SHOPPERS - 1)), min_size=6, max_size=16)


class Play:
    """Two shoppers, three equal cars, and a site that hears of orders when it does. ``known``: the car that it has for
    each; ``moving``: the one that it has chosen."""

    def __init__(self, shop):
        self.shop, self.trials, self.known, self.moving = shop, {}, {}, {}
        self.people = [shop.add_person() for _ in range(SHOPPERS)]
        shop.add_cars(CARS)

    def step(self, what, who):
        trial = self.trials.get(who)
        if trial is not None:
            trial.refresh_from_db()
        if what == "book" and trial is None:
            trial = self.trials[who] = self.shop.book(self.people[who])
            self.known[who] = trial.car_id
        elif trial is not None:
            getattr(self, f"_{what}", lambda *_: None)(who, trial)

    def _replace(self, who, trial):
        booking.replace_car(trial=trial, now=self.shop.now)

    def _cancel(self, who, trial):
        booking.cancel(trial=trial, by=trial.person, now=self.shop.now)

    def _hear(self, who, trial):
        if who not in self.moving:
            self.known[who] = trial.car_id

    def _choose(self, who, trial):
        """The site takes an equal car, of those that the platform says would do."""
        moving = self.moving.values()
        offered = [car.vin for car in cars_alike(site="shanghai", trial=trial.pk, now=self.shop.now)]
        for vin in offered:
            if who not in self.moving and vin not in moving:
                for other, known in self.known.items():
                    if known == vin and other not in self.moving:
                        self.known[other] = self.known[who]
                self.known[who] = vin
                assert self.shop.say(bus.CarChosen, trial, vin=vin) == Outcome.DONE
                trial.refresh_from_db()
                assert trial.car_id == vin, "what was offered a moment ago can be had"
                return

    def _gate(self, who, trial):
        if who not in self.moving and self.known[who] not in self.moving.values():
            self.moving[who] = self.known[who]
            self.shop.say(bus.VisitorIdentified, trial, method="face", purpose="collect")
            self.shop.say(bus.CarAtGate, trial, vin=self.moving[who], station="L1.D1")

    def _leave(self, who, trial):
        if who in self.moving:
            self.shop.say(bus.CarHandedOver, trial, vin=self.moving[who])

    def _fail(self, who, trial):
        if who in self.moving and trial.state == TrialState.HANDING_OVER:
            self.known[who] = self.moving.pop(who)
            self.shop.say(bus.HelpWanted, trial, reason="collect_failed")


@settings(
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_in_whatever_order_each_trial_has_one_car_and_each_car_one_trial(new_shop, steps):
    with transaction.atomic():
        play = Play(new_shop())
        for what, who in steps:
            try:
                with transaction.atomic():
                    play.step(what, who)
            except Refusal:
                continue
            kept = Reservation.objects.filter(active=True).values_list("car", flat=True)
            assert len(set(kept)) == len(kept)
            for trial in Trial.objects.filter(state__in=("booked", "handing_over", "driving")):
                assert trial.car_id == trial.reservation.car_id
            for who, trial in play.trials.items():
                trial.refresh_from_db()
                assert trial.state != TrialState.DRIVING or trial.car_id == play.moving[who]
        transaction.set_rollback(True)
