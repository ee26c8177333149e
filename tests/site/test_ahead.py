"""Booked cars come down ahead of time, and go up again when nobody comes for them."""

from datetime import timedelta

import pytest

from autosilo.site.ahead import Ahead
from autosilo.site.config import SettingMissing, Settings
from autosilo.wire.alike import CarAlike
from autosilo.wire.bus import ForgetVisitor

VIN = "LSVAA4187E2123456"
OTHER = "LSVAA4187E2000002"


@pytest.fixture
def ahead(box) -> Ahead:
    return Ahead(tower=box.tower, visits=box.visits, clock=box.clock, choice=box.choice, ahead_s=900)


def expect(box, vin: str, minutes: float):
    now = box.clock.now()
    since = now + timedelta(minutes=minutes)
    digest = f"{minutes:064.3f}".replace(".", "0").replace("-", "1")[-64:]
    return box.expect(vin=vin, pass_digest=digest, collect_from=since, collect_until=since + timedelta(minutes=30))


async def test_the_car_of_the_next_visitor_comes_down(box, ahead) -> None:
    box.tower.cars["L1.B0103"] = OTHER
    expect(box, OTHER, 10)
    expect(box, VIN, 5)
    await ahead.look()
    await ahead.look()
    assert box.tower.place_of(VIN) == "L1.D1", "the one whose time begins first"
    assert len(box.tower.moves) == 1


@pytest.mark.parametrize("minutes", [16, -31])
async def test_nobody_who_comes_much_later_or_too_late(box, ahead, minutes) -> None:
    expect(box, VIN, minutes)
    await ahead.look()
    assert box.tower.moves == []


async def test_a_car_that_nobody_comes_for_is_stored_again(box, ahead) -> None:
    visit = expect(box, VIN, 5)
    await ahead.look()
    box.visits.forget(ForgetVisitor(trial=visit.trial, reason="cancelled"), now=box.clock.now())
    await ahead.look()
    assert (box.tower.place_of(VIN) or "").startswith("L1.B")


async def test_a_car_that_waits_for_a_station_is_let_off_when_nobody_comes_for_it(box, ahead) -> None:
    box.tower.cars["L1.B0103"] = OTHER
    expect(box, VIN, 1)
    visit = expect(box, OTHER, 2)
    await ahead.look()
    assert box.tower.staging() == [OTHER]
    box.visits.forget(ForgetVisitor(trial=visit.trial, reason="cancelled"), now=box.clock.now())
    await ahead.look()
    assert box.tower.staging() == []


async def test_a_car_that_is_not_here_stops_nothing(box, ahead) -> None:
    expect(box, OTHER, 1)
    expect(box, VIN, 2)
    await ahead.look()
    assert box.tower.place_of(VIN) == "L1.D1"


@pytest.mark.parametrize("text", ["soon", "-1", "inf", "nan"])
def test_a_setting_that_is_no_number_of_seconds_is_refused(text: str) -> None:
    needed = {"AUTOSILO_NATS_URL": "nats://x", "AUTOSILO_PLC_URL": "opc.tcp://x", "AUTOSILO_KIOSK_PORT": "1"}
    assert Settings.read(needed).stage_ahead_s == 0
    assert Settings.read(needed | {"AUTOSILO_STAGE_AHEAD_S": "900"}).stage_ahead_s == 900
    with pytest.raises(SettingMissing, match="AUTOSILO_STAGE_AHEAD_S"):
        Settings.read(needed | {"AUTOSILO_STAGE_AHEAD_S": text})


async def test_a_site_that_does_not_want_it_does_nothing(box) -> None:
    expect(box, VIN, 1)
    await Ahead(tower=box.tower, visits=box.visits, clock=box.clock, choice=box.choice, ahead_s=0).run()
    assert box.tower.moves == []


async def test_which_of_equal_cars_comes_down_is_asked_once(box, ahead) -> None:
    box.tower.cars["L1.B0103"] = OTHER
    box.tower.sooner[OTHER] = 30.0
    box.offers = (CarAlike(vin=OTHER, plate="A2"),)
    visit = expect(box, VIN, 5)
    await ahead.look()
    assert box.tower.place_of(OTHER) == "L1.D1"
    assert box.visits.find(visit.trial).vin == OTHER
    box.tower.sooner[VIN] = 1.0
    await ahead.look()
    assert box.kinds() == ["car_chosen"]
