"""What is kept of a tower besides its cars: modes, blocked bays, lifts out of service, and the walk from bay to bay.

Orders of a technician, and the fact that tells how the books stand. Part of ``wire.bus``.
"""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from autosilo.wire.message import Message

Vin = Annotated[str, Field(pattern=r"^[A-HJ-NPR-Z0-9]{17}$", description="ISO 3779")]
Place = Annotated[str, Field(pattern=r"^L[1-9]\.[A-Z][0-9]+R?$", description="e.g. 'L1.B0312R' or 'L1.D1'")]
LiftName = Annotated[str, Field(pattern=r"^L[1-9]$")]
Operator = Annotated[str, Field(min_length=1, description="who says so, for the journal")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- orders: platform -> site ------------------------------------------------------------------


class BlockBay(Message):
    """Nothing is stored in this bay or fetched from it any more, until it is unblocked."""

    kind: Literal["block_bay"] = "block_bay"
    place: Place
    reason: str = Field(min_length=1)
    operator: Operator


class UnblockBay(Message):
    kind: Literal["unblock_bay"] = "unblock_bay"
    place: Place
    operator: Operator


class LiftService(Message):
    """Take a lift out of service (it ends the job that runs and begins no other), or back into it."""

    kind: Literal["lift_service"] = "lift_service"
    lift: LiftName
    in_service: bool
    reason: str = ""
    operator: Operator


class ConfirmBay(Message):
    """Somebody has looked: this car stands in this place, or none does. Only during a reconciliation of its lift."""

    kind: Literal["confirm_bay"] = "confirm_bay"
    place: Place
    vin: Vin | None
    operator: Operator


class FinishReconciliation(Message):
    """Every place was looked at; the lift may go on."""

    kind: Literal["finish_reconciliation"] = "finish_reconciliation"
    lift: LiftName
    operator: Operator


# --- facts: site -> platform -------------------------------------------------------------------


class LiftMode(StrEnum):
    """The key switch at the machine."""

    AUTO = "auto"
    MANUAL = "manual"
    SERVICE = "service"
    UNKNOWN = "unknown"
    """The PLC is away."""


class RowState(StrEnum):
    AGREES = "agrees"
    """Journal and sensor say the same; nobody has looked yet."""
    DIFFERS = "differs"
    """Journal and sensor contradict each other."""
    CONFIRMED = "confirmed"
    """Somebody has looked, and the sensor agrees."""
    APART = "apart"
    """What stands there cannot be said now, and need not be: a move stands half-way, or a driver may come or go. When
    its job goes on, the PLC's sensors say it."""


class ReconciliationRow(_Part):
    """One place of a walk. ``occupied`` is the sensor's word, None while the PLC is away."""

    place: str
    vin: str | None = Field(description="by the journal")
    occupied: bool | None
    state: RowState
    by: str | None = Field(default=None, description="who confirmed it during this walk")
    at: AwareDatetime | None = None


class Reconciliation(_Part):
    """A walk from place to place that is open. ``every``: each row must be confirmed, not only those that differ."""

    lift: str
    since: AwareDatetime
    why: str = Field(description="for people, in English: the key switch was turned, or what disagreed")
    every: bool
    rows: tuple[ReconciliationRow, ...]


class LiftBook(_Part):
    """How one lift stands. ``reason``, ``by`` and ``since`` tell why it is out of service."""

    lift: str
    mode: LiftMode
    in_service: bool
    reason: str | None = None
    by: str | None = None
    since: AwareDatetime | None = None
    held: str | None = Field(default=None, description="why it waits for a person, with the place to look at")


class BlockedBay(_Part):
    place: str
    reason: str
    by: str
    since: AwareDatetime


class Confirmation(_Part):
    """Somebody said what stands in a place: the VIN in the journal before and after, None for no car."""

    place: str
    before: str | None
    after: str | None
    by: str
    at: AwareDatetime


class TowerBooks(Message):
    """How the tower's books stand; sent when they change, and now and then. ``confirmations``: the last ones, newest
    first."""

    kind: Literal["tower_books"] = "tower_books"
    site: str
    lifts: tuple[LiftBook, ...]
    reconciliations: tuple[Reconciliation, ...] = ()
    blocked: tuple[BlockedBay, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()


OrderRefusal = Literal[
    "unknown_place",
    "unknown_lift",
    "not_a_bay",
    "no_reconciliation",
    "not_confirmed",
    "differs",
    "not_auto",
    "emergency_stop",
    "offline",
    "in_motion",
    "in_use",
    "still_wrong",
    "no_hold",
]
"""Why an order had no effect. ``still_wrong``: the reason for a hold has not gone; ``no_hold``: there is none, or only
one that began after the order; ``in_motion``: a lift is just moving
a car from or to that place; ``in_use``: a driver may come or go there at this moment."""


class OrderRefused(Message):
    """An order of a person had no effect. ``order``: its id; ``look_at``: the place or lift that stands against it."""

    kind: Literal["order_refused"] = "order_refused"
    order: UUID
    reason: OrderRefusal
    look_at: str | None = None
    detail: str = Field(default="", description="for people, in English")
