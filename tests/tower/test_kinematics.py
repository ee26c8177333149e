"""Motion against closed forms."""

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Point, all_places
from autosilo.tower.kinematics import Ramp, move_s, travel_s
from autosilo.tower.site_file import load_site

SPEED = st.floats(0.05, 20)
ACCELERATION = st.floats(0.05, 50)
DISTANCE = st.floats(0.001, 300)


@pytest.mark.parametrize(
    ("distance", "seconds"),
    [
        (0.0, 0.0),
        (10.0, 10 / 2 + 2 / 0.5),  # long: d/v + v/a
        (8.0, 8.0),  # just reaches its speed: v²/a = 8 m
        (2.0, 2 * sqrt(2 / 0.5)),  # short: a triangle
        (-10.0, 9.0),  # either way
    ],
)
def test_a_ramp_takes_the_textbook_time(distance: float, seconds: float) -> None:
    assert Ramp(2.0, 0.5).duration(distance) == pytest.approx(seconds)


@given(SPEED, ACCELERATION, DISTANCE)
def test_a_move_covers_its_distance_and_ends_at_rest(speed: float, acceleration: float, distance: float) -> None:
    ramp = Ramp(speed, acceleration)
    total = ramp.duration(distance)
    covered, velocity = ramp.state(distance, total)
    assert covered == pytest.approx(distance)
    assert velocity == 0
    assert ramp.state(distance, 0) == (0, 0)
    half, _ = ramp.state(distance, total / 2)
    assert half == pytest.approx(distance / 2)


@given(SPEED, ACCELERATION, DISTANCE, st.floats(0, 1))
def test_no_limit_is_passed_and_time_runs_alike_both_ways(
    speed: float, acceleration: float, distance: float, part: float
) -> None:
    ramp = Ramp(speed, acceleration)
    t = part * ramp.duration(distance)
    covered, velocity = ramp.state(distance, t)
    assert 0 <= covered <= distance * (1 + 1e-9)
    assert velocity <= speed * (1 + 1e-9)
    assert velocity <= sqrt(2 * acceleration * covered) * (1 + 1e-6) + 1e-6
    back, reverse = ramp.state(-distance, t)
    assert (back, reverse) == (-covered, -velocity)


@given(SPEED, ACCELERATION, st.floats(0, 1))
def test_braking_takes_v_over_a_and_half_v_squared_over_a(speed: float, acceleration: float, part: float) -> None:
    ramp = Ramp(speed, acceleration)
    velocity = speed * part
    covered, rest = ramp.braking(velocity, ramp.stopping_s())
    assert isclose(covered, velocity**2 / (2 * acceleration), rel_tol=1e-9, abs_tol=1e-12)
    assert rest == pytest.approx(0, abs=1e-9)


def test_lift_and_shuttle_run_in_parallel() -> None:
    lift = load_site("nanjing", pace=1).tower.lifts[0]
    vertical, horizontal = Ramp(2.0, 0.5).duration(20), Ramp(0.8, 0.4).duration(8)
    assert travel_s(lift, Point(0, 0), Point(0, 20)) == pytest.approx(vertical)
    assert travel_s(lift, Point(0, 0), Point(8, 0)) == pytest.approx(horizontal)
    assert travel_s(lift, Point(0, 0), Point(8, 20)) == pytest.approx(max(vertical, horizontal))


@given(st.floats(0.5, 100))
def test_the_pace_divides_the_time_of_every_move(pace: float) -> None:
    real, fast = load_site("nanjing", pace=1), load_site("nanjing", pace=pace)

    def move(site: SiteConfig) -> float:
        places = all_places(site)
        return move_s(site.tower.lifts[0], places["L1.D2"].at, places["L1.B0704"], places["L1.D1"])

    assert move(fast) == pytest.approx(move(real) / pace)


@pytest.mark.parametrize("name", ["shanghai", "nanjing"])
def test_fetching_a_car_takes_about_a_minute(name: str) -> None:
    site = load_site(name, pace=1)
    places = all_places(site)
    for lift in site.tower.lifts:
        station = places[f"{lift.name}.D1"]
        times = [
            move_s(lift, station.at, place, station)
            for place in places.values()
            if place.lift == lift.name and place.class_number
        ]
        assert 30 < min(times) <= max(times) < 75
