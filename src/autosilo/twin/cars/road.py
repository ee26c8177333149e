"""What happens to a car that is out: a simple day of short trips. Pure.

Plausible, not physical: a speed that wanders as in a city, the odometer that follows from it, the battery that follows
from that, and a public charger when it runs low.
"""

import math
from zlib import crc32

from autosilo.twin.cars.fleet import FleetCar
from autosilo.twin.cars.garage import CarRecord

STEP_S = 20.0
HOUR_S = 3600.0
DAY_H = 24.0
# Hours after leaving the tower in which it is driven, day by day: home, an errand, an evening out, to work.
DRIVEN_H = ((0.0, 1.2), (4.0, 5.0), (9.0, 9.8), (22.5, 23.5))
CITY_KMH = 42.0
SLOW_WAVE = (24.0, 1500.0)  # km/h, s: arterial roads and side streets
FAST_WAVE = (11.0, 310.0)  # km/h, s: traffic lights
PULL_AWAY_S = 120.0
LOW_CHARGE = 0.12
FULL_ENOUGH = 0.80
CHARGER_KW = 60.0


def speed_kmh(road_s: float, vin: str) -> float:
    """The speed ``road_s`` seconds after leaving; 0 while parked. Each car has a rhythm of its own."""
    hour = road_s / HOUR_S % DAY_H
    for begin, end in DRIVEN_H:
        if begin <= hour < end:
            since, left = (hour - begin) * HOUR_S, (end - hour) * HOUR_S
            phase = crc32(vin.encode()) / 2**32 * math.tau
            wave = sum(
                height * math.sin(math.tau * since / period + phase * n)
                for n, (height, period) in enumerate((SLOW_WAVE, FAST_WAVE), start=1)
            )
            return max(3.0, CITY_KMH + wave) * min(1.0, (since + STEP_S) / PULL_AWAY_S, (left + STEP_S) / PULL_AWAY_S)
    return 0.0


def advance(record: CarRecord, car: FleetCar, passed_s: float) -> None:
    """Let ``passed_s`` seconds pass on the road for a car that is out; a car in a tower stands still."""
    if record.inside:
        return
    left_s = passed_s
    while left_s > 0:
        step_s = min(left_s, STEP_S)
        _step(record, car, step_s)
        left_s -= step_s
    record.locked = record.where == "parked"


def _step(record: CarRecord, car: FleetCar, step_s: float) -> None:
    if record.charging:
        record.charge = min(1.0, record.charge + CHARGER_KW * step_s / HOUR_S / car.battery_kwh)
        record.charging = record.charge < FULL_ENOUGH
    record.road_s += step_s
    moving = not record.charging and record.charge > 0
    record.speed_kmh = speed_kmh(record.road_s, record.vin) if moving else 0.0
    record.where = "road" if record.speed_kmh else "parked"
    km = record.speed_kmh * step_s / HOUR_S
    record.odometer_km += km
    record.trip_km += km
    record.charge = max(0.0, record.charge - km * car.kwh_per_km / car.battery_kwh)
    if record.charge <= LOW_CHARGE and not record.charging:
        record.charging = True
