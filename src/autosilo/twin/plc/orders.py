"""Bodies of the world's door, checked before anything happens."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Depart(_Body):
    station: str
    vin: str


class Arrive(_Body):
    station: str
    vin: str
    length_mm: int = Field(gt=0)
    width_mm: int = Field(gt=0)
    height_mm: int = Field(gt=0)
    mass_kg: int = Field(gt=0)
    plate: str
    plugged: bool = False
    engine_running: bool = False


class Unplug(_Body):
    station: str


class ModeOrder(_Body):
    lift: str
    mode: Literal["auto", "manual", "service"]


class Carry(_Body):
    """A technician moves a car by hand; ``to`` null: out of the tower."""

    vin: str
    to: str | None


class Abandon(_Body):
    """A technician gives up the interrupted job of a unit."""

    unit: str


class At(_Body):
    """The moment of a power cut: a job of ``unit`` is in this step, and has been for ``after_s`` seconds."""

    unit: str
    step: Literal[
        "to_source", "take_open", "take", "take_shut", "to_destination", "put_open", "put", "put_shut", "gate"
    ]
    after_s: float = Field(default=0.0, ge=0, le=600)


class Power(_Body):
    """Off for ``off_s`` seconds: at once, or ``at`` a moment that may be still to come. A later order replaces it."""

    off_s: float = Field(default=1.0, ge=0, le=600)
    at: At | None = None
