"""Hearing the cars."""

from datetime import datetime

from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.telemetry.models import CarReading
from autosilo.wire.cars import CarState


def record(*, state: CarState, now: datetime) -> CarReading | None:
    """Keep the latest word of a car. An unknown car or an older word changes nothing (None)."""
    at = min(state.at, now)
    if not Car.objects.filter(vin=state.vin).exists():
        return None
    values = {
        "at": at,
        "charge": state.charge,
        "range_km": state.range_km,
        "odometer_km": state.odometer_km,
        "speed_kmh": state.speed_kmh,
        "trip_km": state.trip_km,
        "locked": state.locked,
        "plugged": state.plugged,
        "where": state.where,
    }
    reading, made = CarReading.objects.get_or_create(car_id=state.vin, defaults=values)
    if not made:
        if CarReading.objects.filter(car_id=state.vin, at__lte=at).update(**values) != 1:
            return None
        reading.refresh_from_db()
    return reading
