"""Travel times against closed forms: Bozer & White (1984) and the reference points of FEM 9.851."""

import numpy as np
import pytest

from autosilo.tower.kinematics import Ramp
from autosilo.tower.traveltimes import (
    Axis,
    TravelTimes,
    dual_command_s,
    durations,
    single_command_s,
    travel_times,
    turntable,
)

FAST = 1e9  # so hard an acceleration that ramps vanish
WITHIN = 0.01
STEPS = 36  # bays a side; the middle of each stands for its share of a continuous rack


def rack(width: float, height: float, lift: Ramp, shuttle: Ramp) -> TravelTimes:
    """The station in the corner (place 0), then STEPS × STEPS bays."""
    middle = (np.arange(STEPS) + 0.5) / STEPS
    x, y = np.meshgrid(middle * width, middle * height)
    return travel_times(np.append(0.0, y), lift, across=np.append(0.0, x), second=Axis(shuttle))


BAYS = range(1, STEPS * STEPS + 1)


@pytest.mark.parametrize("b", [0.25, 0.5, 0.75, 1.0])
def test_cycles_in_the_normalised_rack_are_those_of_bozer_and_white(b: float) -> None:
    unit = Ramp(1.0, FAST)
    times = rack(1.0, b, unit, unit)
    assert single_command_s(times, 0, BAYS) == pytest.approx(1 + b**2 / 3, rel=WITHIN)
    assert dual_command_s(times, 0, BAYS) == pytest.approx(4 / 3 + b**2 / 2 - b**3 / 30, rel=WITHIN)


@pytest.mark.parametrize("acceleration", [FAST, 0.5])
def test_cycles_are_those_of_the_reference_points_of_fem_9851(acceleration: float) -> None:
    """P1 (L/5, 2H/3) and P2 (2L/3, H/5) stand for a rack that both axes cross in the same time."""
    length, height, speed = 120.0, 30.0, 2.0
    lift, shuttle = Ramp(speed * height / length, acceleration * height / length), Ramp(speed, acceleration)
    whole = rack(length, height, lift, shuttle)
    points = travel_times(
        [0.0, 2 * height / 3, height / 5], lift, across=[0.0, length / 5, 2 * length / 3], second=Axis(shuttle)
    )
    single = points.seconds[0, 1] + points.seconds[0, 2]
    dual = points.seconds[0, 1] + points.seconds[1, 2] + points.seconds[2, 0]
    assert single_command_s(whole, 0, BAYS) == pytest.approx(single, rel=WITHIN)
    assert dual_command_s(whole, 0, BAYS) == pytest.approx(dual, rel=WITHIN)


def test_a_table_agrees_with_the_ramp() -> None:
    ramp = Ramp(2.0, 0.3)
    ways = [0.0, 0.1, 13.3, 13.4, 40.0, -40.0]
    assert durations(ramp, ways).tolist() == pytest.approx([ramp.duration(way) for way in ways])


def test_the_slower_axis_counts() -> None:
    times = travel_times([0, 20, 0], Ramp(2, 1), across=[0, 30, 30], second=Axis(Ramp(1, 1)))
    assert times.rows[0][1] == times.rows[0][2] == pytest.approx(31)
    assert times.rows[1][2] == pytest.approx(12)


def test_a_turntable_goes_the_shorter_way_round() -> None:
    ramp = Ramp(30.0, 15.0)
    times = travel_times([0, 0, 0], Ramp(2, 1), across=[0, 315, 180], second=turntable(ramp))
    assert times.rows[0][1] == pytest.approx(ramp.duration(45))
    assert times.rows[1][2] == pytest.approx(ramp.duration(135))


def test_a_move_is_empty_way_take_way_put() -> None:
    times = travel_times([0, 10, 20], Ramp(2, 1), take_s=[30, 25, 40], put_s=[35, 25, 45])
    assert times.move_s(0, 1, 2) == pytest.approx(7 + 25 + 7 + 45)
    assert times.carry_s(2, 0) == pytest.approx(40 + 12 + 35)


def test_a_move_agrees_with_the_kinematics_of_the_site() -> None:
    lift, shuttle = Ramp(2.0, 0.3), Ramp(1.0, 0.5)
    times = travel_times([0, 6.9, 23], lift, across=[2.5, 10, 5], second=Axis(shuttle), take_s=25)
    expected = max(lift.duration(6.9), shuttle.duration(7.5)) + 50 + max(lift.duration(16.1), shuttle.duration(5))
    assert times.move_s(0, 1, 2) == pytest.approx(expected)


@pytest.mark.parametrize("bad", [{"take_s": -1}, {"take_s": [1, 2, 3]}, {"take_s": float("nan")}, {"across": [0, 1]}])
def test_bad_tables_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        travel_times([0, 1], Ramp(2, 1), **bad)  # type: ignore[arg-type]
