"""What somebody who waits for a car is told: an estimate with its uncertainty."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


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
