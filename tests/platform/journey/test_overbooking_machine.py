"""Any interleaving, in a market that lets cars be booked which are due back shortly before: no car is booked twice, and
none with less than the least turn-round between a return and the next pick-up."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking.claim import Wish
from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.trial.queries import length_of
from autosilo.platform.journey.trial.states import ACTIVE
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.policies.overbooking import OverBooking

from .test_booking_machine import Booking
from .test_overbooking import allowing, past  # noqa: F401 (a fixture)

LIMIT = OverBooking(turn_round=timedelta(minutes=15), most=3, most_risk=0.5)


class OverBooked(Booking):
    def __init__(self):
        super().__init__()
        past(self.shop, on_time=30)

    @initialize(at_once=st.booleans())
    def somebody_has_a_car(self, at_once):
        self.hold(0, 1, 0, "", at_once)

    @rule(which=st.integers(0, 2), hours=st.sampled_from([73, 74, 75]))
    def hold_after(self, which, hours):
        """Somebody who has none takes the car of somebody else, about when it is back."""
        kept = list(Reservation.objects.filter(active=True).select_related("trial").order_by("pk"))
        idle = [one for one in self.people if not one.trials.filter(state__in=sorted(ACTIVE)).exists()]
        if which < len(kept) and idle:
            before = kept[which].trial
            start = before.slot_start + timedelta(hours=hours)
            wish = Wish(car_model=before.car_model, paints=(before.paint,), site=self.shop.site, slot_start=start)
            with suppress(Refusal):
                booking.take(person=idle[0], wish=wish, now=self.shop.now)

    @invariant()
    def nothing_is_booked_twice(self):
        rows = Reservation.objects.filter(active=True).select_related("trial").order_by("car", "period")
        kept = list(rows)
        for one, following in pairwise(kept):
            if one.car_id != following.car_id:
                continue
            assert one.period.upper <= following.period.lower
            if one.trial.state in booking.BEFORE_PICK_UP:
                back = one.trial.collect_until + length_of(one.trial)
                assert following.trial.collect_from - back >= LIMIT.turn_round
        for one in kept:
            if one.trial.state in booking.BEFORE_PICK_UP:
                assert one.trial.collect_from <= one.period.lower <= one.trial.collect_from + LIMIT.relief


@pytest.mark.slow
def test_nothing_is_booked_twice_whatever_happens(new_shop, allowing):  # noqa: F811 (the fixture)
    class Told(OverBooked):
        make = staticmethod(new_shop)

    allowing(LIMIT)
    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
