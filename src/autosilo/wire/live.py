"""The moving picture of a tower, for screens only: at least 5 Hz while something moves, lost frames harmless."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LiveLift(_Frame):
    lift: str
    floor: float = Field(description="present height in floors, fractional while moving")
    column: float = Field(description="present column (or sector), fractional while moving")
    car: str | None = Field(description="VIN of the car on the lift")
    state: Literal["idle", "moving", "transferring", "held", "offline"]
    job: str | None = None
    mode: Literal["auto", "manual", "service", "unknown"] = Field(default="auto", description="the key switch")
    in_service: bool = True


class LiveStation(_Frame):
    station: str
    role: Literal["delivery", "intake"]
    gate: Literal["shut", "opening", "open", "shutting"]
    shutter: Literal["shut", "opening", "open", "shutting"] | None = Field(
        default=None, description="between station and hoistway; None where there is none"
    )
    car: str | None
    zone_clear: bool


class TowerLive(_Frame):
    """One frame."""

    v: Literal[1] = 1
    site: str
    at: float = Field(description="seconds since the epoch")
    lifts: tuple[LiveLift, ...]
    stations: tuple[LiveStation, ...]
    bays: dict[str, str | None] = Field(description="bay name -> VIN, None when empty")
    blocked: tuple[str, ...] = Field(default=(), description="bays that nothing is stored in or fetched from")
    held: str | None = None
    connected: bool = Field(description="is the PLC's heartbeat alive?")
