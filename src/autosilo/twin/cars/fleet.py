"""Which cars there are: ``$AUTOSILO_HOME/twins/cars/fleet.json``, a list of objects, written by the platform's seed."""

from pathlib import Path
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from autosilo.wire.bus import Vin

# Our own rough line, about 14 kWh/100 km at 1.5 t and 19 at 2.6 t, for a car whose own figure is not given.
BASE_KWH_100KM = 7.2
KWH_100KM_PER_TONNE = 4.55

log = structlog.get_logger()


class FleetCar(BaseModel):
    """One car as built. ``odometer_km``, ``charge`` and ``where`` are how it begins."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    vin: Vin
    site: str
    plate: str
    model: str
    length_mm: int = Field(gt=0)
    width_mm: int = Field(gt=0)
    height_mm: int = Field(gt=0)
    mass_kg: int = Field(gt=0)
    battery_kwh: float = Field(gt=0)
    consumption_kwh_100km: float | None = Field(default=None, gt=0)
    odometer_km: float = Field(default=0.0, ge=0)
    charge: float = Field(default=0.8, ge=0, le=1)
    where: Literal["tower", "road"] = "tower"

    @property
    def kwh_per_km(self) -> float:
        """Given, or estimated from the mass."""
        per_100 = self.consumption_kwh_100km or BASE_KWH_100KM + KWH_100KM_PER_TONNE * self.mass_kg / 1000
        return per_100 / 100


_fleet: TypeAdapter[list[FleetCar]] = TypeAdapter(list[FleetCar])


class FleetFile:
    """Reads the file again when it has changed. A file that is missing or broken leaves the fleet as it was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None

    def fresh(self) -> dict[str, FleetCar] | None:
        """The fleet by VIN if the file has changed since the last call, else None."""
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp == self._seen:
                return None
            self._seen = stamp
            return {car.vin: car for car in _fleet.validate_json(self._path.read_bytes())}
        except FileNotFoundError:
            return None
        except ValidationError as error:
            log.error("fleet_unreadable", path=str(self._path), reason=str(error))
            return None
