"""What the API says. Times are RFC 3339 with an offset; amounts are hundredths of their currency."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field


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
