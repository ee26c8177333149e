"""What a connected car says and hears over MQTT."""

from typing import Literal

from pydantic import Field

from autosilo.wire.bus import Vin
from autosilo.wire.message import Message


class CarState(Message):
    """A car's own view of itself."""

    vin: Vin
    charge: float = Field(ge=0, le=1, description="state of charge, fraction")
    range_km: float = Field(ge=0)
    odometer_km: float = Field(ge=0)
    speed_kmh: float = Field(ge=0)
    locked: bool
    plugged: bool
    where: Literal["tower", "road", "parked"]
    trip_km: float = Field(ge=0, description="distance since it last left a tower")


class CarCommand(Message):
    """``unlock``: the driver may leave with it. ``intake_open``: the intake at ``station`` waits for it."""

    kind: Literal["unlock", "lock", "intake_open"]
    vin: Vin
    station: str | None = None
