"""Whatever people, sites and time do, in whatever order: no car is promised twice, and no face outlives its purpose."""

import contextlib
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text
from autosilo.platform.journey.identity.models import FaceTemplate
from autosilo.platform.journey.purchase import actions as purchase
from autosilo.platform.journey.purchase import contract
from autosilo.platform.journey.trial.models import Trial, TrialChange
from autosilo.platform.journey.trial.states import ACTIVE, TRANSITIONS, TrialState
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.fleet.models import CarState
from autosilo.platform.resources.notices.models import Notice
from autosilo.wire import bus

SHOPPERS, CARS = 2, 1
STEPS = (
    "book",
    "left",
    "back",
    "cancel",
    "buy",
    "days",
    "book_later",
    "identify",
    "arrive",
    "refused",
    "wait",
    "withdraw",
)
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, SHOPPERS - 1)), min_size=8, max_size=20)


class World:
    def __init__(self, shop):
        self.shop = shop
        self.models = [shop.model, shop.add_model("nio-et5"), shop.add_model("xpeng-g6")]
        for model in self.models:
            shop.add_cars(CARS, model=model)
        self.people = [shop.add_person() for _ in range(SHOPPERS)]

    def step(self, what, who):
        person = self.people[who]
        trial = Trial.objects.filter(person=person).first()
        if what.startswith("book"):
            self._book(person, later=what == "book_later")
        elif what == "wait":
            self._pass(timedelta(hours=2))
        elif what == "days":
            self._pass(timedelta(days=3))
        elif trial is not None:
            getattr(self, f"_{what}")(trial)

    def _book(self, person, *, later):
        tried = set(Trial.objects.filter(person=person).values_list("car_model", flat=True))
        model = next((one for one in self.models if one.pk not in tried), self.models[0])
        start = self.shop.now + timedelta(days=2 if later else 0)
        trial = self.shop.book(person, car_model=model, paint=model.paints.get(code="white"), start=start)
        identity.enrol(
            trial=trial, template=b"good", consent_version=consent_text.VERSION, language="en", now=self.shop.now
        )

    def _pass(self, by):
        self.shop.now += by
        sweeper.sweep(now=self.shop.now)

    def _withdraw(self, trial):
        identity.withdraw_face(trial=trial, now=self.shop.now)

    def _cancel(self, trial):
        booking.cancel(trial=trial, by=trial.person, now=self.shop.now)

    def _identify(self, trial):
        self.shop.say(bus.VisitorIdentified, trial, method="face", purpose="collect")

    def _left(self, trial):
        self.shop.say(bus.CarHandedOver, trial, odometer_km=100, charge=0.9)

    def _arrive(self, trial):
        self.shop.say(bus.VisitorIdentified, trial, method="pass", purpose="return")

    def _back(self, trial):
        self.shop.say(bus.CarTakenIn, trial, bay="L1.B0302", odometer_km=150, charge=0.5)

    def _refused(self, trial):
        self.shop.say(bus.IntakeRefused, trial, reason="timed_out")

    def _buy(self, trial):
        bought = purchase.accept(trial=trial, contract_version=contract.VERSION, language="en", now=self.shop.now)
        purchase.pay(purchase=bought, card_token="tok_visa", now=self.shop.now)


def check(shop):
    for trial in Trial.objects.select_related("car", "reservation"):
        over = trial.state not in ACTIVE
        assert over == (trial.ended_at is not None)
        assert not (over and FaceTemplate.objects.filter(trial=trial, destroyed_at=None).exists())
        assert trial.reservation.car_id == trial.car_id
        last = shop.orders(trial)[-1]
        assert last["kind"] == ("forget_visitor" if over else "expect_visitor")
        if not over:
            assert (last["vin"], last["revision"]) == (trial.car_id, trial.site_revision)
            assert trial.reservation.active
            assert trial.deadlines.filter(done_at=None).exists() or trial.state in (
                TrialState.OVERDUE,
                TrialState.RETURNING,
                TrialState.HANDING_OVER,
            )
    for person in {trial.person_id for trial in Trial.objects.all()}:
        assert Trial.objects.filter(person=person, state__in=sorted(ACTIVE)).count() <= 1
    held = list(Reservation.objects.filter(active=True))
    for one in held:
        for other in held:
            assert one.pk == other.pk or one.car_id != other.car_id or not overlap(one.period, other.period)
    for sold in Trial.objects.filter(state=TrialState.PURCHASED):
        assert sold.car.state == CarState.SOLD
    for change in TrialChange.objects.all():
        assert change.target in TRANSITIONS.table[change.source]
    assert Notice.objects.count() == Notice.objects.values("kind", "about").distinct().count()


def overlap(one, other):
    return one.lower < other.upper and other.lower < one.upper


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=steps)
def test_any_story_leaves_the_world_consistent(new_shop, told):
    with transaction.atomic():
        world = World(new_shop())
        for what, who in told:
            with contextlib.suppress(Refusal), transaction.atomic():
                world.step(what, who)
            check(world.shop)
        transaction.set_rollback(True)
