"""The risk that a booked car is not back in time, from the site's past."""

from datetime import timedelta

import pytest

from autosilo.platform.journey.booking.reliance import NEVER, at_least_one, judge, past_delays, reliance
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.people.roles import Role

from ..surfaces.console.world import NOW, shop, shopper, signed_in, trial, worker

HOUR = timedelta(hours=1)


def test_the_risk_of_one_and_of_two_by_hand() -> None:
    """2 of 19 missed: 2.5 / 20 for one; for two 1 - 17.5 / 20 * 18.5 / 21."""
    assert at_least_one(0, missed=2, past=19) == 0
    assert at_least_one(1, missed=2, past=19) == pytest.approx(0.125)
    assert at_least_one(2, missed=2, past=19) == pytest.approx(0.2291667)


def test_more_bookings_and_more_misses_are_more_risk() -> None:
    for missed in range(40):
        risks = [at_least_one(bookings, missed=missed, past=40) for bookings in range(6)]
        assert risks == sorted(risks)
        assert 0 <= risks[-1] < 1
        assert at_least_one(3, missed=missed, past=40) < at_least_one(3, missed=missed + 1, past=40)


def test_a_car_that_was_later_than_the_slack_or_never_came_has_missed() -> None:
    delays = [-HOUR] * 16 + [HOUR, 2 * HOUR, 3 * HOUR, NEVER]
    found = judge([9 * HOUR, 2 * HOUR], delays)
    assert (found.bookings, found.slack, found.missed, found.past) == (2, 2 * HOUR, 2, 20)
    assert found.risk == pytest.approx(at_least_one(2, missed=2, past=20))


def test_a_short_past_and_no_booking_say_nothing() -> None:
    assert judge([HOUR], [-HOUR] * 19).risk is None
    assert judge([], [-HOUR] * 50).risk is None


@pytest.mark.django_db
def test_the_console_tells_it_once_the_past_is_long_enough() -> None:
    site = shop()[0]
    out = trial(site, name="Out", number=1, state=TrialState.DRIVING, due_at=NOW + HOUR)
    Trial.objects.create(
        person=shopper("Next"), car_model=out.car_model, paint=out.paint, car=out.car, site=site, policy=out.policy,
        slot_start=NOW + 4 * HOUR, slot_end=NOW + 5 * HOUR, collect_from=NOW + 4 * HOUR, collect_until=NOW + 6 * HOUR,
        created_at=NOW,
    )  # fmt: skip
    client = signed_in(worker(Role.OPERATOR))
    text = client.get(f"/console/sites/{site.pk}").content.decode()
    assert 'data-testid="reliance-unknown"' in text
    for index in range(20):
        late = 5 * HOUR if index < 2 else -HOUR
        state = TrialState.RETURNED if index else TrialState.PURCHASED
        trial(
            site,
            name=f"P{index}",
            number=10 + index,
            state=state,
            due_at=NOW - 9 * HOUR,
            ended_at=NOW - 9 * HOUR + late,
        )
    found = reliance(site, delays=past_delays(site))
    assert (found.bookings, found.slack, found.past, found.missed) == (1, 3 * HOUR, 20, 2)
    text = client.get(f"/console/sites/{site.pk}").content.decode()
    assert '<b data-testid="reliance-risk">11.9 %</b>' in text  # 2.5 / 21
    client.cookies["django_language"] = "zh-hans"
    assert "已预订的车辆中" in client.get(f"/console/sites/{site.pk}").content.decode()
