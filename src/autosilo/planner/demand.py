"""What is asked of a tower: shoppers, cars, charging, faults, costs. A TOML file, checked when it is read."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from autosilo.tower.storage.charging import READY

HOURS = 24
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TYPICAL_DAY = (0, 0, 0, 0, 0, 0, 0, 1, 3, 6, 8, 8, 7, 7, 8, 8, 8, 9, 9, 7, 5, 3, 1, 0)
"""Relative demand by hour of a shop in a city: made up, and typical; a real one comes from the site's own trials."""
DEFAULT_WEEK = {"mon": 0.8, "tue": 0.8, "wed": 0.8, "thu": 0.9, "fri": 1.1, "sat": 1.4, "sun": 1.2}


class DemandFileError(Exception):
    """A demand file that cannot be used. The message names the file and, one a line, each key and what is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pickups(_Part):
    """How many cars leave, and when. ``by_hour`` and ``by_weekday`` are relative; hours in which the site is shut count
    nothing.
    """

    a_day: float = Field(gt=0, le=5000, description="mean over the week")
    by_hour: tuple[float, ...] = Field(default=TYPICAL_DAY, min_length=HOURS, max_length=HOURS)
    by_weekday: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], float] = DEFAULT_WEEK  # type: ignore[assignment]

    @model_validator(mode="after")
    def _something_happens(self) -> "Pickups":
        if min(self.by_hour) < 0 or not any(self.by_hour):
            raise ValueError("by_hour: weights must not be negative, and one must be positive")
        if (
            set(self.by_weekday) != set(WEEKDAYS)
            or min(self.by_weekday.values()) < 0
            or not any(self.by_weekday.values())
        ):
            raise ValueError("by_weekday: needs each of mon … sun, not negative, and one positive")
        return self


class Booking(_Part):
    share: float = Field(default=0.6, ge=0, le=1, description="of pick-ups that are booked for a time")
    known_before_h: float = Field(default=6.0, gt=0, description="mean time before it at which the car is assigned")
    early_min: float = Field(default=1.0, ge=-30, le=30, description="mean earliness of a shopper")
    spread_min: float = Field(default=4.0, ge=0, le=60, description="standard deviation of the arrival")
    no_show: float = Field(default=0.04, ge=0, le=1, description="share that never comes")
    grace_min: float = Field(default=20.0, gt=0, description="so long after the booked time the car is kept")


class Handover(_Part):
    """The time from the open gate until the zone is left: uniform between the two."""

    dwell_min_s: float = Field(default=45.0, gt=0)
    dwell_max_s: float = Field(default=240.0, gt=0)
    intake_min_s: float = Field(default=45.0, gt=0)
    intake_max_s: float = Field(default=150.0, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Handover":
        if self.dwell_min_s > self.dwell_max_s or self.intake_min_s > self.intake_max_s:
            raise ValueError("the shortest time must not be longer than the longest")
        return self


class Trial(_Part):
    hours: float = Field(default=72.0, gt=0, le=24 * 60)
    early_h: float = Field(default=0.5, ge=0, description="mean earliness of a return")
    spread_h: float = Field(default=1.5, ge=0, description="standard deviation of the return")
    late: float = Field(default=0.05, ge=0, le=1, description="share that comes back much later")
    late_h: float = Field(default=8.0, ge=0, description="mean delay of those")


class Model(_Part):
    """Cars that shoppers take for the same."""

    name: str = Field(min_length=1)
    cars: int = Field(ge=1, description="in the fleet")
    share: float = Field(gt=0, description="of demand, relative to the other models")
    vehicle_class: str | None = Field(default=None, description="of the site file; its first class when left out")


class Charging(_Part):
    """A car that comes back below ``ready`` cannot leave before it is charged to it."""

    charging_bays: int = Field(default=0, ge=0)
    power_kw: float = Field(default=11.0, gt=0)
    battery_kwh: float = Field(default=70.0, gt=0)
    back_low: float = Field(default=0.15, ge=0, le=1, description="state of charge at return: lowest")
    back_high: float = Field(default=0.9, ge=0, le=1, description="highest; uniform between the two")
    ready: float = Field(default=READY, ge=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Charging":
        if self.back_low > self.back_high:
            raise ValueError("back_low must not be above back_high")
        return self


class Faults(_Part):
    a_year: float = Field(default=6.0, ge=0, description="per lift")
    repair_h: float = Field(default=1.5, gt=0, description="mean; exponential")
    spread: float = Field(default=0.0, ge=0, le=0.5, description="relative standard deviation of each lift move's time")


class Costs(_Part):
    """Yearly, in any one currency: capital and running of one of each. The example's are made up."""

    currency: str = Field(default="CNY", min_length=1, max_length=8)
    lift: float = Field(default=220_000.0, ge=0)
    bay: float = Field(default=9_000.0, ge=0)
    delivery_bay: float = Field(default=30_000.0, ge=0)
    charger: float = Field(default=4_000.0, ge=0)
    car: float = Field(default=45_000.0, ge=0)


class Service(_Part):
    """What the site promises: a design that keeps it is good enough, and the cheapest of those is advised."""

    p95_wait_s: float = Field(default=180.0, gt=0, description="95 of 100 shoppers wait no longer")
    refused: float = Field(
        default=0.01, ge=0, le=1, description="share of pick-ups, and of returns, without a car or bay"
    )


class Demand(_Part):
    pickups: Pickups
    booking: Booking = Booking()
    handover: Handover = Handover()
    trial: Trial = Trial()
    models: tuple[Model, ...] = Field(min_length=1)
    charging: Charging = Charging()
    faults: Faults = Faults()
    costs: Costs = Costs()
    service: Service = Service()

    @model_validator(mode="after")
    def _names_differ(self) -> "Demand":
        if len({model.name for model in self.models}) != len(self.models):
            raise ValueError("models must have different names")
        return self

    @property
    def fleet(self) -> int:
        return sum(model.cars for model in self.models)


def read_demand_file(path: Path) -> Demand:
    """Parse and check one file. Raises ``DemandFileError``."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DemandFileError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DemandFileError(f"{path}: not TOML: {error}") from error
    return check_demand(raw, source=str(path))


def check_demand(raw: object, *, source: str) -> Demand:
    """The same from parsed content; ``source`` stands before each mistake. Raises ``DemandFileError``."""
    try:
        return Demand.model_validate(raw)
    except ValidationError as error:
        lines = [
            f"{source}: {'.'.join(map(str, one['loc'])) or '(whole file)'}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
        raise DemandFileError("\n".join(lines)) from error
