"""What can be ordered to go wrong: one class a kind, with what it needs. Pydantic checks it before anything happens."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

LONGEST_S = 600.0


class Fault(BaseModel):
    """``at`` names the part; ``set`` false takes the fault away."""

    model_config = ConfigDict(extra="forbid")

    at: str
    set: bool = True


class Person(Fault):
    """Somebody in a hoistway (``L1``) or a station (``L1.D1``)."""

    kind: Literal["person"]


class EmergencyStop(Fault):
    """Of a lift and its stations."""

    kind: Literal["emergency_stop"]


class DriveFault(Fault):
    """Of a lift, or of a station's gate."""

    kind: Literal["drive_fault"]


class GateBlocked(Fault):
    """Something lies in a station's gate."""

    kind: Literal["gate_blocked"]


class ShutterBlocked(Fault):
    """Something lies in an airlock's shutter."""

    kind: Literal["shutter_blocked"]


class SensorStuck(Fault):
    """The occupancy sensor of a place, or the load sensor of a carriage (``L1``), says ``value`` whatever is so."""

    kind: Literal["sensor_stuck"]
    value: bool = False


class MailDelayed(Fault):
    """The PLC sees commands to a unit only after ``seconds``."""

    kind: Literal["mail_delayed"]
    seconds: float = Field(default=1.0, gt=0, le=LONGEST_S)


class MailDuplicated(Fault):
    """After each command to a unit the one before it reappears, and then the command itself once more, each ``seconds``
    later; with 0 in the same scan, so that nobody sees the answer to the command itself."""

    kind: Literal["mail_duplicated"]
    seconds: float = Field(default=0.1, ge=0, le=LONGEST_S)


class MailLost(Fault):
    """The next ``count`` commands to a unit vanish."""

    kind: Literal["mail_lost"]
    count: int = Field(default=1, gt=0, le=1000)


class AnswerLate(Fault):
    """A unit's status stands still for ``seconds``, while its heartbeat and its job go on. It ends by itself."""

    kind: Literal["answer_late"]
    seconds: float = Field(default=5.0, gt=0, le=LONGEST_S)


class ClockWrong(Fault):
    """The PLC's clock, by which it judges deadlines, is ``seconds`` ahead of the true time."""

    kind: Literal["clock_wrong"]
    at: Literal["plc"]
    seconds: float = Field(ge=-86_400, le=86_400)


class UnknownPlate(Fault):
    """An intake's camera reads ``plate`` whatever stands there; nothing when left out."""

    kind: Literal["unknown_plate"]
    plate: str = Field(default="", max_length=16)


class EngineOn(Fault):
    """The car that stands in a place is switched on."""

    kind: Literal["engine_on"]


class Plugged(Fault):
    """A cable hangs in the car that stands in a place."""

    kind: Literal["plugged"]


FaultOrder = Annotated[
    Person
    | EmergencyStop
    | DriveFault
    | GateBlocked
    | ShutterBlocked
    | SensorStuck
    | MailDelayed
    | MailDuplicated
    | MailLost
    | AnswerLate
    | ClockWrong
    | UnknownPlate
    | EngineOn
    | Plugged,
    Field(discriminator="kind"),
]
ORDER: TypeAdapter[Any] = TypeAdapter(FaultOrder)
"""Reads one from JSON."""
