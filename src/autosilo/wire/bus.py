"""What the platform and a site say to each other over the bus.

The platform owns intent and sends *orders*; a site owns observed truth and sends *facts*.
Stream and subject names stand in ``subjects.py``. A receiver treats each ``id`` once.
"""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from autosilo.wire.accesses import AccessesLogged
from autosilo.wire.books import (
    BlockBay,
    ConfirmBay,
    FinishReconciliation,
    LiftService,
    OrderRefused,
    TowerBooks,
    UnblockBay,
)
from autosilo.wire.books import Vin as Vin
from autosilo.wire.identity import IdentityMode
from autosilo.wire.message import Message
from autosilo.wire.sealed import Sealed
from autosilo.wire.wait import WaitsReported


class Method(StrEnum):
    """How a visitor was recognised at the kiosk."""

    FACE = "face"
    PASS_FACE = "pass_face"  # noqa: S105  a method's name
    PASS = "pass"  # noqa: S105  a method's name, not a secret


# --- orders: platform -> site ------------------------------------------------------------------


class ExpectVisitor(Message):
    """A shopper may collect a car here, and bring it back here.

    Sent again with a higher ``revision`` when anything changes (a face, a new due time);
    the site keeps the highest revision. The site itself moves from collecting to returning when it
    has handed the car over, so it can serve both while the link is down.
    """

    kind: Literal["expect_visitor"] = "expect_visitor"
    trial: UUID
    revision: int = Field(ge=1)
    vin: Vin
    plate: str
    model_name: str
    paint_hex: str = Field(pattern=r"^#[0-9a-f]{6}$")
    greeting: str = Field(description="how the kiosk addresses the visitor: a given name, nothing more")
    language: str
    collect_from: AwareDatetime
    collect_until: AwareDatetime
    return_until: AwareDatetime = Field(description="after this an operator helps; the car is still taken in")
    pass_digest: str = Field(description="hex SHA-256 of the pass token in the QR code")
    code_salt: str = Field(description="hex, 16 bytes")
    code_digest: str = Field(description="hex scrypt(code, salt, n=2**14, r=8, p=1, dklen=32)")
    face: Sealed | None = Field(default=None, description="face template, sealed for this site and visit")
    mode: IdentityMode = Field(
        default=IdentityMode.FACE_EXPECTED,
        description="what `face` is for; with pass_face what was sealed is locked with the key of the pass (held.py)",
    )


class ForgetVisitor(Message):
    """The visit is over or was called off: destroy the template and stop expecting the visitor."""

    kind: Literal["forget_visitor"] = "forget_visitor"
    trial: UUID
    reason: Literal["cancelled", "no_show", "purchased", "returned", "withdrawn"]


class ShiftClock(Message):
    """Demo only: the site's clock runs ``offset_s`` seconds ahead of real time."""

    kind: Literal["shift_clock"] = "shift_clock"
    offset_s: float = Field(ge=0)


class ResolveHold(Message):
    """An operator has looked and lets the tower go on."""

    kind: Literal["resolve_hold"] = "resolve_hold"
    operator: str


class CarLook(BaseModel):
    """How one car looks in a drawing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vin: Vin
    paint_hex: str = Field(pattern=r"^#[0-9a-f]{6}$")


class DescribeCars(Message):
    """The colours of the cars of a site, for the picture of its tower; sent again when the stock changes."""

    kind: Literal["describe_cars"] = "describe_cars"
    cars: tuple[CarLook, ...]


Order = Annotated[
    ExpectVisitor
    | ForgetVisitor
    | ShiftClock
    | ResolveHold
    | DescribeCars
    | BlockBay
    | UnblockBay
    | LiftService
    | ConfirmBay
    | FinishReconciliation,
    Field(discriminator="kind"),
]

# --- facts: site -> platform -------------------------------------------------------------------


class VisitorIdentified(Message):
    """The expected visitor stands at the kiosk; the car is being fetched or the intake prepared."""

    kind: Literal["visitor_identified"] = "visitor_identified"
    trial: UUID
    method: Method
    purpose: Literal["collect", "return"]


class VisitorRefused(Message):
    """Somebody was refused at the kiosk. Without a trial when it is not known whose visit it was."""

    kind: Literal["visitor_refused"] = "visitor_refused"
    trial: UUID | None = None
    reason: Literal["unknown_face", "wrong_code", "locked", "too_early", "too_late", "not_live"]


class CarChosen(Message):
    """Of several equal cars the site will bring this one for the visit, not the one that was ordered. Whoever was to
    get it later gets the other one."""

    kind: Literal["car_chosen"] = "car_chosen"
    trial: UUID
    vin: Vin


class CarAtGate(Message):
    kind: Literal["car_at_gate"] = "car_at_gate"
    trial: UUID
    vin: Vin
    station: str


class CarHandedOver(Message):
    """The car has left the delivery bay, the zone is clear and the gate shut."""

    kind: Literal["car_handed_over"] = "car_handed_over"
    trial: UUID
    vin: Vin
    odometer_km: float | None = Field(default=None, ge=0)
    charge: float | None = Field(default=None, ge=0, le=1, description="state of charge, fraction")


class CarTakenIn(Message):
    """The car stands in a bay again."""

    kind: Literal["car_taken_in"] = "car_taken_in"
    trial: UUID
    vin: Vin
    bay: str
    odometer_km: float | None = Field(default=None, ge=0)
    charge: float | None = Field(default=None, ge=0, le=1)


RefusalReason = Literal[
    "too_large",
    "too_heavy",
    "plugged_in",
    "engine_running",
    "person_in_zone",
    "unknown_plate",
    "wrong_car",
    "no_free_bay",
    "timed_out",
]
"""Why a car is not taken in. ``unknown_plate``: none could be read; ``wrong_car``: another car's was read;
``person_in_zone``: somebody stays inside; ``timed_out``: no car came."""


class IntakeRefused(Message):
    kind: Literal["intake_refused"] = "intake_refused"
    trial: UUID
    vin: Vin
    reason: RefusalReason


class TowerHeld(Message):
    """The tower stopped itself and says what a person must look at."""

    kind: Literal["tower_held"] = "tower_held"
    reason: str
    look_at: str = Field(description="place or part, e.g. 'L1.B0312'")
    trial: UUID | None = None


class TowerReleased(Message):
    kind: Literal["tower_released"] = "tower_released"
    by: str


KIOSK_NAME_LENGTH = 24


class HelpWanted(Message):
    """A person must come, though no lift is held: somebody asked, was locked out, or a visit cannot go on by itself.

    ``already_here``: a car is brought back that the inventory has inside; ``not_admitted``: its intake was not ready;
    ``car_stays``: a refused car does not leave the intake; ``zone_not_clear``: a gate cannot shut, for something or
    somebody stays in front of it. These two are said again while they last, and ``look_at`` is the station.
    ``car_shut_in``: the car of a booking cannot be brought down until further notice (its lift is out of service, or
    its bay blocked); ``look_at`` is its bay.
    """

    kind: Literal["help_wanted"] = "help_wanted"
    reason: Literal[
        "asked",
        "locked_out",
        "camera_dead",
        "collect_failed",
        "already_here",
        "not_admitted",
        "car_stays",
        "zone_not_clear",
        "car_shut_in",
    ]
    trial: UUID | None = None
    look_at: str | None = Field(default=None, description="place, e.g. 'L1.I1'")
    kiosk: str = Field(default="", max_length=KIOSK_NAME_LENGTH, description="the screen at which somebody stands")


class StoredCar(Message):
    """One row of an inventory report (its own id and time do not matter)."""

    vin: Vin
    place: str


class InventoryReported(Message):
    """Where every car in the tower stands, by the site's journal and the PLC's sensors."""

    kind: Literal["inventory_reported"] = "inventory_reported"
    site: str
    cars: tuple[StoredCar, ...]
    free_bays: int = Field(ge=0)
    held: str | None = None


Fact = Annotated[
    VisitorIdentified
    | VisitorRefused
    | CarChosen
    | CarAtGate
    | CarHandedOver
    | CarTakenIn
    | IntakeRefused
    | TowerHeld
    | TowerReleased
    | HelpWanted
    | InventoryReported
    | TowerBooks
    | OrderRefused
    | WaitsReported
    | AccessesLogged,
    Field(discriminator="kind"),
]

order_adapter: TypeAdapter[Order] = TypeAdapter(Order)
fact_adapter: TypeAdapter[Fact] = TypeAdapter(Fact)
