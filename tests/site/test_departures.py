"""The tower hears when each car leaves, in real time, and when a booking is off."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from autosilo.site.config import Settings
from autosilo.site.departures import Departures
from autosilo.wire.bus import ForgetVisitor, ShiftClock

VIN = "LSVAA4187E2123456"


@pytest.fixture
def departures(box: Any) -> Departures:
    return Departures(tower=box.tower, visits=box.visits, clock=box.clock)


def expect(box: Any, minutes: float) -> Any:
    since = box.clock.now() + timedelta(minutes=minutes)
    digest = f"{minutes:064.3f}".replace(".", "0")[-64:]
    return box.expect(vin=VIN, pass_digest=digest, collect_from=since, collect_until=since + timedelta(minutes=30))


def test_the_next_booking_counts(box: Any, departures: Departures) -> None:
    expect(box, 90)
    sooner = expect(box, 20)
    departures.look()
    assert box.tower.expected == {VIN: sooner.collect_from}


def test_a_booking_that_is_off_is_told(box: Any, departures: Departures) -> None:
    visit = expect(box, 20)
    departures.look()
    box.visits.forget(ForgetVisitor(trial=visit.trial, reason="cancelled"), now=box.clock.now())
    departures.look()
    assert box.tower.expected == {VIN: None}


def test_who_comes_no_more_counts_no_more(box: Any, departures: Departures) -> None:
    expect(box, -31)
    departures.look()
    assert box.tower.expected == {}


def test_a_shifted_clock_does_not_shift_the_tower(box: Any, departures: Departures) -> None:
    visit = expect(box, 60)
    assert box.clock.shift(ShiftClock(offset_s=3000.0))
    departures.look()
    told: datetime = box.tower.expected[VIN]
    assert visit.collect_from - told == timedelta(seconds=3000)


def test_what_is_brought_down_ahead_is_the_sites_setting() -> None:
    environ = {"AUTOSILO_NATS_URL": "a", "AUTOSILO_PLC_URL": "b", "AUTOSILO_KIOSK_PORT": "1"}
    late, early = Settings.read(environ), Settings.read(environ | {"AUTOSILO_STAGE_AHEAD_S": "120"})
    assert not late.habits.ahead
    assert early.habits.ahead
    assert (early.habits.staging.ahead_s, early.habits.staging.by_s) == (120.0, 120.0)
