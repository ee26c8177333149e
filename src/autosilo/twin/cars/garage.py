"""What each car and its driver know of themselves, kept in one file that a kill never leaves half-written."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from autosilo.twin.cars.fleet import FleetCar
from autosilo.wire.cars import CarState


class Errand(BaseModel):
    """What the driver is about to do at a station, kept so that a restart goes on with it."""

    model_config = ConfigDict(frozen=True)

    act: Literal["depart", "arrive"]
    station: str


class CarRecord(BaseModel):
    """One car. ``plugged``: a cable was left in; ``charging``: at a public charger on the road.

    ``road_s``: seconds on the road since it left a tower. ``stays``: the driver ignores an open gate (for tests).
    """

    vin: str
    charge: float
    odometer_km: float
    trip_km: float = 0.0
    road_s: float = 0.0
    speed_kmh: float = 0.0
    where: Literal["tower", "road", "parked"] = "tower"
    locked: bool = True
    plugged: bool = False
    charging: bool = False
    stays: bool = False
    station: str | None = Field(default=None, description="where it last drove in")
    errand: Errand | None = None

    @property
    def inside(self) -> bool:
        return self.where == "tower"

    def left(self) -> None:
        """It is out of the tower: a new trip begins."""
        self.where, self.locked, self.plugged, self.station, self.errand = "road", False, False, None, None
        self.trip_km = self.road_s = 0.0

    def came_in(self, station: str | None) -> None:
        """It stands in the tower again."""
        self.where, self.locked, self.charging, self.station, self.errand = "tower", True, False, station, None
        self.speed_kmh = 0.0


def state_of(record: CarRecord, car: FleetCar) -> CarState:
    """What the car says of itself."""
    return CarState(
        vin=record.vin,
        charge=round(record.charge, 4),
        range_km=round(record.charge * car.battery_kwh / car.kwh_per_km, 1),
        odometer_km=round(record.odometer_km, 2),
        speed_kmh=round(record.speed_kmh, 1),
        locked=record.locked,
        plugged=record.plugged or record.charging,
        where=record.where,
        trip_km=round(record.trip_km, 2),
    )


_records: TypeAdapter[list[CarRecord]] = TypeAdapter(list[CarRecord])


class Garage:
    """The fleet and its records. A car that leaves the fleet keeps its record, in case it comes back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.cars: dict[str, FleetCar] = {}
        self._records = (
            {record.vin: record for record in _records.validate_json(path.read_bytes())} if (path.exists()) else {}
        )

    def take(self, fleet: dict[str, FleetCar]) -> None:
        """Use this fleet from now on; a new car begins as the fleet says."""
        self.cars = fleet
        for vin, car in fleet.items():
            if vin not in self._records:
                self._records[vin] = CarRecord(
                    vin=vin,
                    charge=car.charge,
                    odometer_km=car.odometer_km,
                    where=car.where,
                    locked=car.where == "tower",
                )
        self.save()

    def find(self, vin: str) -> tuple[CarRecord, FleetCar] | None:
        car = self.cars.get(vin)
        return (self._records[vin], car) if car else None

    def __iter__(self) -> Iterator[tuple[CarRecord, FleetCar]]:
        for vin, car in self.cars.items():
            yield self._records[vin], car

    def save(self) -> None:
        """Write beside, flush to disk, then replace in one step."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(_records.dump_json(list(self._records.values())))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
