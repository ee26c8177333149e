"""What somebody who waits for a car is told: an estimate with its uncertainty."""

from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from autosilo.wire.message import Message


class WaitEstimate(BaseModel):
    """Seconds from now until the car stands behind an open gate. ``low_s`` to ``high_s`` holds it in four of five
    cases, as far as that was measured at this site."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1
    low_s: float = Field(ge=0, allow_inf_nan=False)
    likely_s: float = Field(ge=0, allow_inf_nan=False)
    high_s: float = Field(ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low_s <= self.likely_s <= self.high_s:
            raise ValueError("low_s, likely_s and high_s ascend")
        return self


class WaitTold(BaseModel):
    """From the site to a kiosk page that shows a visit: each second. ``wait`` is None when nobody can say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    t: Literal["eta"] = "eta"
    v: Literal[1] = 1
    wait: WaitEstimate | None


class VisitWait(BaseModel):
    """Of one visit, at the moment of the report. ``waiting``: the shopper was recognised and waits; else it is what
    they would wait if they came now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trial: UUID
    waiting: bool
    wait: WaitEstimate


class WaitsMeasured(BaseModel):
    """Past waits in one situation: how many ended before, within and after the interval that was told at first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str = Field(description="idle, busy, queue, full, or under way: what the lifts did when the wait began")
    sooner: int = Field(ge=0)
    within: int = Field(ge=0)
    later: int = Field(ge=0)

    @property
    def waits(self) -> int:
        return self.sooner + self.within + self.later


class WaitsReported(Message):
    """From a site to the platform: what is told to whoever waits or may come soon, and how true that was so far.

    Each report replaces the one before. ``usual``: how long shoppers waited lately, None while too few have.
    ``coverage``: the share of waits that the told interval is meant to hold.
    """

    kind: Literal["waits_reported"] = "waits_reported"
    site: str
    visits: tuple[VisitWait, ...] = ()
    usual: WaitEstimate | None = None
    coverage: float = Field(default=0.8, gt=0, lt=1)
    measured: tuple[WaitsMeasured, ...] = ()
