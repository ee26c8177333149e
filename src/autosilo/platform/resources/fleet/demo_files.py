"""What the twins and a site's commissioning need to know of the demo's cars, as files under ``AUTOSILO_HOME``."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autosilo.platform.resources.fleet.demo import Stock
from autosilo.platform.resources.fleet.models import Car


def write_files(*, home: Path, stocks: Sequence[Stock]) -> None:
    """``sites/<site>/commissioning.json`` and ``twins/<site>/inventory.json`` only while they are absent: from then on
    the tower itself knows. ``twins/cars/fleet.json`` whenever it differs: it says how cars were built."""
    for stock in stocks:
        slug = stock.site.pk
        _write_once(home / "sites" / slug / "commissioning.json", dict(stock.places))
        built = {car.vin: _built(car) for car in stock.cars}
        inventory = {place: built[vin] | {"plugged": False} for place, vin in stock.places.items()}
        _write_once(home / "twins" / slug / "inventory.json", inventory)
    fleet = [_for_the_road(car) for stock in stocks for car in stock.cars]
    path = home / "twins" / "cars" / "fleet.json"
    if not path.exists() or json.loads(path.read_text(encoding="utf-8")) != fleet:
        _write(path, fleet)


def _built(car: Car) -> dict[str, Any]:
    """As a tape measure and a scale would see it."""
    return {
        "vin": car.vin,
        "length_mm": car.model.length_mm,
        "width_mm": car.model.width_mm,
        "height_mm": car.model.height_mm,
        "mass_kg": car.model.mass_kg,
        "plate": car.plate,
    }


def _for_the_road(car: Car) -> dict[str, Any]:
    return _built(car) | {
        "site": car.site_id,
        "model": str(car.model),
        "battery_kwh": float(car.model.battery_kwh),
        "odometer_km": car.odometer_km,
        "charge": car.charge,
        "where": "tower",
    }


def _write_once(path: Path, content: object) -> None:
    if not path.exists():
        _write(path, content)


def _write(path: Path, content: object) -> None:
    """All or nothing: somebody may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(draft, path)
