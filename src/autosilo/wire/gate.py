"""What the kiosk's page is told while somebody stands before its camera."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Prompt(StrEnum):
    """What the person is asked to do. Left and right are the person's own."""

    LOOK = "look"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    CLOSER = "closer"


class Again(StrEnum):
    """Why the movements are asked for anew."""

    OTHER_WAY = "other_way"
    TOO_EARLY = "too_early"
    TOO_SLOW = "too_slow"
    LOST = "lost"
    SECOND_PERSON = "second_person"


class GatePrompt(BaseModel):
    """One line of instruction. ``moves`` is how many there are, ``done`` how many are behind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    t: Literal["gate"] = "gate"
    v: Literal[1] = 1
    prompt: Prompt
    hint: str = Field(description="what keeps the camera from seeing well; 'good' when nothing does")
    done: int = Field(ge=0)
    moves: int = Field(ge=0)
    left_s: float | None = Field(description="until the movement must be made; None when nothing runs out")
    limit_s: float | None = Field(description="of which ``left_s`` is the rest")
    again: Again | None = None
