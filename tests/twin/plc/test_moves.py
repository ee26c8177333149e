"""What a move does, and how long it takes, in towers of every shape."""

from pathlib import Path

import pytest

from autosilo.tower.geometry import Point
from autosilo.tower.kinematics import move_s, travel_s
from autosilo.wire.mailbox import Kind, Phase, Reject
from twin.plc.box import SCAN_S, Box, vin

SHAPES = {
    "plain": {},
    "airlocks": {"shutter_s": 4.0},
    "two deep": {"depth": 2},
    "round": {"turntable": True, "shutter_s": 3.0, "depth": 2},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scan_s", [SCAN_S, 0.4])
def test_it_takes_what_the_kinematics_say_whatever_the_scan_cycle(tmp_path: Path, shape: str, scan_s: float) -> None:
    box = Box(tmp_path, {"L1.B0401": 1}, **SHAPES[shape])
    places = box.plc.world.reached["L1"]
    ways = [("L1.B0401", "L1.D2"), ("L1.D2", "L1.B0203"), ("L1.B0203", "L1.B0302")]
    if "depth" in SHAPES[shape]:
        ways += [("L1.B0302", "L1.B0401R"), ("L1.B0401R", "L1.B0103R")]
    for src, dst in ways:
        expected = move_s(box.site.tower.lifts[0], Point(box.lift().x, box.lift().y), places[src], places[dst])
        box.begin(src, dst)
        start = box.now  # the scan that saw the command
        while box.runs():
            box.tick(scan_s=scan_s)
        assert expected - 1e-6 <= box.now - start <= expected + scan_s + 1e-6
        assert box.places == {dst: vin(1)}
    assert box.violations == {}


def test_the_phases_follow_each_other(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0401": 1}, shutter_s=4.0)
    box.begin("L1.B0401", "L1.D1")
    seen = [box.plc.units["L1"].phase]
    while box.runs():
        box.tick()
        if box.plc.units["L1"].phase is not seen[-1]:
            seen.append(box.plc.units["L1"].phase)
    assert seen == [Phase.TO_SOURCE, Phase.TAKING, Phase.TO_DESTINATION, Phase.PUTTING, Phase.NONE]


def test_a_turntable_turns_the_shorter_way_and_never_beyond_a_full_circle(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0101": 1}, turntable=True)
    box.move("L1.B0101", "L1.B0103")  # from 120 to 360 degrees: 120 back, over 0
    seen = []
    box.begin("L1.B0103", "L1.B0101")
    while box.runs():
        box.tick()
        seen.append(box.lift().x)
    assert all(0 <= x < 360 for x in seen)
    assert not any(150 < x < 330 for x in seen)


def test_parking_brings_the_empty_carriage_and_nothing_else(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0401": 1})
    lift, place = box.site.tower.lifts[0], box.plc.world.reached["L1"]["L1.B0401"]
    expected = travel_s(lift, Point(box.lift().x, box.lift().y), place.at)
    start = box.now
    assert box.say(Kind.PARK, dst="L1.B0401") is Reject.NONE  # an occupied bay will do: only its level counts
    box.done()
    assert box.now - start == pytest.approx(expected, abs=2 * SCAN_S)
    assert (box.lift().x, box.lift().y) == pytest.approx((place.at.x, place.at.y))
    assert box.places == {"L1.B0401": vin(1)}
    assert [line["event"] for line in box.ledger()] == ["began", "ended"]


def test_the_shutter_is_open_for_the_transfer_only(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0401": 1}, shutter_s=4.0)
    box.begin("L1.B0401", "L1.D1")
    leaf = box.plc.world.station("L1.D1").shutters["L1"]
    opened_s = 0.0
    while box.runs():
        box.tick()
        opened_s += SCAN_S * (leaf.opened == 1.0)
        if not leaf.shut:
            assert box.plc.units["L1"].phase is Phase.PUTTING
    assert opened_s == pytest.approx(box.site.tower.lifts[0].transfer_s, abs=3 * SCAN_S)
    assert leaf.shut
