"""What the API says. Times are RFC 3339 with an offset; amounts are hundredths of their currency."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

SLUG = r"^[-a-zA-Z0-9_]+$"
NO_NUL = r"^[^\x00]*$"
"""PostgreSQL takes no NUL in a text."""


class Words(Schema):
    """The same words in each language of the shop."""

    en: str
    zh_hans: str


class Price(Schema):
    amount_minor: int
    currency: str = Field(description="ISO 4217")
    is_demo: bool


class PaintOut(Schema):
    code: str
    name: Words
    hex: str


class ModelOut(Schema):
    slug: str
    make: str
    name: str
    year: int
    body: str
    seats: int
    range_km: int
    range_cycle: str
    battery_kwh: float
    dc_kw: int | None
    length_mm: int
    width_mm: int
    height_mm: int
    mass_kg: int
    price: Price
    paints: list[PaintOut]
    sites: list[str] = Field(description="slugs of the sites where it can be tried")
    source: str = Field(description="where the technical facts come from")


class SiteOut(Schema):
    slug: str
    name: Words
    address: Words
    latitude: float
    longitude: float
    time_zone: str
    opening: dict[str, list[str]] = Field(description="day of the week -> [opens, shuts], local time")
    open_for_booking: bool


class SlotOut(Schema):
    start: datetime
    end: datetime
    free: int = Field(description="cars of this wish that can be had")


class TrialOut(Schema):
    id: UUID
    state: str
    model: str = Field(description="slug")
    paint: str = Field(description="code")
    site: str = Field(description="slug")
    plate: str
    slot_start: datetime
    slot_end: datetime
    collect_from: datetime
    collect_until: datetime
    handed_over_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


class EventOut(Schema):
    at: datetime
    kind: str
    title: str


class DriveOut(Schema):
    """While somebody drives; the last three are the car's own word and null until it has spoken."""

    seconds_left: int = Field(description="negative when overdue")
    charge: float | None = Field(description="state of charge, fraction")
    range_km: float | None
    trip_km: float | None


class TrialDetailOut(TrialOut):
    drive: DriveOut | None
    timeline: list[EventOut]


class BookingIn(Schema):
    model_config = ConfigDict(extra="forbid")

    shopper: str = Field(min_length=1, max_length=64, pattern=NO_NUL, description="your own name for a linked shopper")
    model: str = Field(max_length=50, pattern=SLUG, description="slug")
    paint: str = Field(default="", max_length=40, pattern=NO_NUL, description="code; any paint when empty")
    site: str = Field(max_length=50, pattern=SLUG, description="slug")
    slot_start: AwareDatetime = Field(description="the start of a slot")
    confirm: bool = Field(
        default=False, description="the shopper has agreed to the terms: book at once; 402 where it costs"
    )


class WaitIn(Schema):
    model_config = ConfigDict(extra="forbid")

    shopper: str = Field(min_length=1, max_length=64, pattern=NO_NUL, description="your own name for a linked shopper")
    model: str = Field(max_length=50, pattern=SLUG, description="slug")
    paint: str = Field(default="", max_length=40, pattern=NO_NUL, description="code; any paint when empty")
    site: str = Field(max_length=50, pattern=SLUG, description="slug")
    not_before: AwareDatetime | None = Field(default=None, description="the earliest pick-up that would do; now")
    not_after: AwareDatetime | None = Field(default=None, description="the latest; the last day that can be booked")


class WaitOut(Schema):
    id: int
    shopper: str = Field(description="your own name; empty when the shopper is linked no more")
    model: str = Field(description="slug")
    paint: str | None = Field(description="code; null: any paint")
    site: str = Field(description="slug")
    not_before: datetime
    not_after: datetime
    state: str = Field(description="waiting, offered, left or passed (the days are over)")
    ahead: int | None = Field(description="how many came before and still wait for the same; null when not waiting")
    booking: UUID | None = Field(description="the hold that was offered: confirm it, or cancel it")
    made_at: datetime
    offered_at: datetime | None


class WaitsOut(Schema):
    items: list[WaitOut]
    next: str | None = Field(description="cursor of the next page; null on the last")


class MoveIn(Schema):
    model_config = ConfigDict(extra="forbid")

    slot_start: AwareDatetime


class CostsOut(Schema):
    """In minor units of ``currency`` (ISO 4217)."""

    currency: str
    fee_minor: int = Field(description="charged when the booking is made")
    deposit_minor: int = Field(description="held on the card, and let go after the return")


class BookingOut(Schema):
    id: UUID
    state: str
    model: str = Field(description="slug")
    paint: str = Field(description="code")
    site: str = Field(description="slug")
    plate: str
    slot_start: datetime
    slot_end: datetime
    collect_from: datetime
    collect_until: datetime
    hold_until: datetime | None = Field(description="a hold that is not confirmed by then is void")
    costs: CostsOut | None = Field(description="null where there is nothing to pay")
    pay_at: str | None = Field(description="where the shopper pays while the car is held; paying confirms the booking")


class BookingsOut(Schema):
    items: list[BookingOut]
    next: str | None = Field(description="cursor of the next page; null on the last")


class FreeOut(Schema):
    start: datetime
    free: int


class WhereaboutsOut(Schema):
    ready: int = Field(description="in the tower, as last reported, and not kept for a trial now")
    kept: int = Field(description="in the tower and kept for a trial now")
    charged: list[datetime] = Field(description="when each car that charges in the tower is ready, rising")
    free_again: list[datetime] = Field(description="when each car that is out for a trial can be had again, rising")
    arriving: list[datetime] = Field(description="when each car that comes from another site can be had, rising")
    elsewhere: int = Field(description="none of these")


class AvailabilityOut(Schema):
    model: str
    site: str
    paint: str | None
    cars: int = Field(description="of this wish, in service")
    whereabouts: WhereaboutsOut
    sold_out: bool
    slots: list[FreeOut]


class TokenOut(Schema):
    access_token: str
    token_type: str
    expires_in: int
    scope: str


class WebhookIn(Schema):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=300, pattern=NO_NUL)


class WebhookOut(Schema):
    id: UUID
    url: str
    created_at: datetime


class WebhookMadeOut(WebhookOut):
    secret: str = Field(description="what deliveries are signed with; shown this once")


class AttemptOut(Schema):
    at: datetime
    status: int | None = Field(description="of the HTTP answer; null when none came")
    problem: str
    took_ms: int


class DeliveryOut(Schema):
    id: UUID
    event: UUID
    kind: str
    state: str
    made_at: datetime
    next_at: datetime
    delivered_at: datetime | None
    log: list[AttemptOut]


class DeliveriesOut(Schema):
    items: list[DeliveryOut]
    next: str | None
