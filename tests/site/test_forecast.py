"""What a site tells the platform of waits: who gets which, and only when there is news."""

from datetime import timedelta
from typing import Any

import pytest

from autosilo.site.forecast import AGAIN_S, EXPECTED_S, Forecast
from autosilo.site.visits.states import VisitState
from autosilo.tower.eta import Coverage, Estimate
from autosilo.wire.wait import WaitsReported

OTHER = "LSVAA4187E2000002"


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def elapsed() -> Clock:
    return Clock()


@pytest.fixture
def forecast(box: Any, elapsed: Clock) -> Forecast:
    return Forecast(
        site="shanghai", tower=box.tower, visits=box.visits, clock=box.clock, outbox=box.outbox, elapsed=elapsed
    )


def reported(box: Any) -> WaitsReported | None:
    """The outbox keeps the last one only; it is taken out."""
    found = [letter for letter in box.outbox.oldest() if b"waits_reported" in letter.body]
    for letter in found:
        box.outbox.sent(letter)
    return WaitsReported.model_validate_json(found[-1].body) if found else None


async def test_who_may_come_soon_is_told_and_who_comes_another_day_is_not(box: Any, forecast: Forecast) -> None:
    soon = box.expect().trial
    later = box.clock.now() + timedelta(hours=5)
    box.expect(vin=OTHER, pass_digest="0" * 64, collect_from=later, collect_until=later + timedelta(hours=1))
    forecast.look()
    report = reported(box)
    assert report is not None
    assert [(one.trial, one.waiting, one.wait.likely_s) for one in report.visits] == [(soon, False, 125.0)]


async def test_a_car_that_is_not_inside_has_no_wait(box: Any, forecast: Forecast) -> None:
    box.expect(vin=OTHER)
    forecast.look()
    report = reported(box)
    assert report is not None
    assert report.visits == ()


async def test_who_waits_is_told_a_moment_and_hears_only_of_a_change(
    box: Any, forecast: Forecast, elapsed: Clock
) -> None:
    trial = box.expect().trial
    forecast.look()
    reported(box)
    box.visits.change(trial, VisitState.EXPECTED, VisitState.COLLECTING, why="test", now=box.clock.now())
    forecast.look()
    report = reported(box)
    assert report is not None
    assert report.visits[0].waiting
    elapsed.at, box.tower.estimate = 10.0, Estimate(50.0, 115.0, 220.0)
    forecast.look()
    assert reported(box) is None, "ten seconds later, ten seconds less: no news"
    box.tower.estimate = Estimate(50.0, 140.0, 220.0)
    forecast.look()
    assert reported(box) is not None


async def test_the_plan_is_asked_seldom_for_who_has_not_come(box: Any, forecast: Forecast, elapsed: Clock) -> None:
    box.expect()
    forecast.look()
    reported(box)
    box.tower.estimate = Estimate(10.0, 20.0, 30.0)
    elapsed.at = EXPECTED_S - 1
    forecast.look()
    assert reported(box) is None
    elapsed.at = EXPECTED_S
    forecast.look()
    report = reported(box)
    assert report is not None
    assert report.visits[0].wait.likely_s == 20.0


async def test_without_news_it_is_said_again_each_minute(box: Any, forecast: Forecast, elapsed: Clock) -> None:
    forecast.look()
    assert reported(box) is not None
    elapsed.at = AGAIN_S - 1
    forecast.look()
    assert reported(box) is None
    elapsed.at = AGAIN_S
    box.tower.measured, box.tower.usual = (Coverage("idle", 1, 8, 2),), Estimate(20.0, 60.0, 90.0)
    forecast.look()
    report = reported(box)
    assert report is not None
    assert [(one.group, one.sooner, one.within, one.later) for one in report.measured] == [("idle", 1, 8, 2)]
    assert report.usual is not None
