"""Site asks platform, core NATS, answered at once or not at all: which cars would do as well for this visit?"""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from autosilo.wire.books import Vin
from autosilo.wire.message import Message

MOST = 200
"""Equal cars of one site that are told at most."""


class AskCars(Message):
    """Somebody has come for their car, or soon will, and no lift has begun with it."""

    trial: UUID


class CarAlike(BaseModel):
    """Of the same model and colour."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vin: Vin
    plate: str = Field(max_length=20)


class CarsAlike(Message):
    """Cars that may be handed over instead, at this moment: nobody has them over the trial's time, or somebody who has
    not begun and can have the trial's own car."""

    trial: UUID
    cars: tuple[CarAlike, ...] = Field(max_length=MOST)
