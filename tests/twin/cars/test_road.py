"""A car that is out: plausible, and never impossible."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosilo.twin.cars.garage import CarRecord, state_of
from autosilo.twin.cars.road import HOUR_S, advance, speed_kmh
from twin.cars.fakes import VIN, car


def out(**changes: object) -> CarRecord:
    return CarRecord.model_validate(
        {"vin": VIN, "charge": 0.8, "odometer_km": 120.0, "where": "road", "locked": False} | changes
    )


def test_one_drives_right_away_and_parks_later() -> None:
    record = out()
    advance(record, car(), 1200)
    assert record.where == "road"
    assert record.speed_kmh > 0
    assert 5 < record.trip_km < 40
    advance(record, car(), 2 * HOUR_S - 1200)
    assert (record.where, record.speed_kmh, record.locked) == ("parked", 0.0, True)


def test_nobody_drives_faster_than_a_city_allows() -> None:
    record = out()
    advance(record, car(), 60)
    assert 0.1 < record.trip_km < 1.0


def test_the_battery_follows_from_the_distance() -> None:
    record, built = out(), car(consumption_kwh_100km=20.0, battery_kwh=80.0)
    advance(record, built, 2400)
    assert record.charge * 80 == pytest.approx(0.8 * 80 - record.trip_km * 0.2)
    assert state_of(record, built).range_km == round(record.charge * 80 / 0.2, 1)


def test_in_a_tower_nothing_moves() -> None:
    record = out(where="tower")
    before = record.model_copy()
    advance(record, car(), 3600)
    assert record == before


def test_a_flat_battery_finds_a_charger() -> None:
    record = out(charge=0.121)
    seen = set()
    for _ in range(300):
        advance(record, car(), 20)
        seen.add((record.charging, record.where == "parked"))
    assert (True, True) in seen
    assert record.charge > 0.12


@settings(max_examples=60, deadline=None)
@given(
    charge=st.floats(0, 1),
    battery=st.floats(20, 150),
    ticks=st.lists(st.floats(0, 1800), max_size=40),
)
def test_no_car_runs_backwards_or_on_nothing(charge: float, battery: float, ticks: list[float]) -> None:
    record, built = out(charge=charge), car(battery_kwh=battery)
    odometer = record.odometer_km
    for tick in ticks:
        advance(record, built, tick)
        assert record.odometer_km >= odometer
        assert 0 <= record.charge <= 1
        assert 0 <= record.speed_kmh <= 120
        assert (record.speed_kmh > 0) == (record.where == "road" and record.road_s > 0)
        odometer = record.odometer_km
    assert abs(record.odometer_km - 120.0 - record.trip_km) < 1e-6


@given(st.floats(0, 30 * 24 * HOUR_S))
def test_a_rhythm_repeats_every_day(road_s: float) -> None:
    assert abs(speed_kmh(road_s, VIN) - speed_kmh(road_s + 24 * HOUR_S, VIN)) < 1e-3 or road_s % HOUR_S < 1


def test_consumption_is_estimated_from_the_mass() -> None:
    assert 0.13 < car(mass_kg=1500).kwh_per_km < 0.15
    assert 0.18 < car(mass_kg=2600).kwh_per_km < 0.20
    assert car(consumption_kwh_100km=12.3).kwh_per_km == pytest.approx(0.123)
