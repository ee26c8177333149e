"""What a site file holds: everything that differs from one site to the next. Reading it is ``site_file``'s.

A third site is a third file. Speeds and fixed times of the machine are scaled by the pace (``AUTOSILO_PACE``), so that
tests and demonstrations can run the same machine faster; patience with people is not scaled.
"""

from collections.abc import Iterator
from datetime import time
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


FULL_CIRCLE_DEG = 360.0


class Inconsistent(ValueError):
    """Parts of the file do not go together. ``where`` is the key below the part that was checked."""

    def __init__(self, words: str, *where: str | int) -> None:
        super().__init__(words)
        self.where = where


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(_Part):
    """The same words in each language of the project."""

    en: str = Field(min_length=1)
    zh_hans: str = Field(min_length=1, alias="zh-hans")

    def get(self, language: str) -> str:
        """In ``language`` (``zh-hans`` or anything else for English)."""
        return self.zh_hans if language == "zh-hans" else self.en


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone of the IANA database")
    return name


class Opening(_Part):
    """Local opening hours of one day; ``shuts`` is after ``opens``."""

    opens: time
    shuts: time

    @model_validator(mode="after")
    def _in_order(self) -> "Opening":
        if self.opens >= self.shuts:
            raise ValueError("shuts must be later than opens")
        return self


class VehicleClass(_Part):
    """What fits into a bay: outer envelope in mm (mirrors folded), mass in kg.

    Default envelope of EN 14010:2003+A1:2009 is 5300 x 2300 x 2200 mm, 2500 kg; heavier electric cars exist.
    ``floors`` lists the floors whose bays are of this class; exactly one class leaves it out and has all the others.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    length_mm: int = Field(gt=0)
    width_mm: int = Field(gt=0)
    height_mm: int = Field(gt=0)
    mass_kg: int = Field(gt=0)
    floors: tuple[int, ...] | None = None

    def fits(self, *, length_mm: int, width_mm: int, height_mm: int) -> bool:
        """Is a car of this size within the envelope?"""
        return length_mm <= self.length_mm and width_mm <= self.width_mm and height_mm <= self.height_mm

    def carries(self, mass_kg: int) -> bool:
        """Is a car of this mass within the limit?"""
        return mass_kg <= self.mass_kg


class Shared(_Part):
    """Another lift that reaches a station, and where it does."""

    lift: str = Field(pattern=r"^L[1-9]$")
    column: float = Field(ge=0, description="in column pitches (or sectors) of that lift")


class Station(_Part):
    """A place at street level (floor 0) with a gate to the outside.

    With a shutter it is an airlock: the lift is shut off from it and goes on while the gate is open. Without one an
    open gate locks every lift that reaches the station.
    """

    name: str = Field(pattern=r"^[DI][1-9]$", description="D1… delivery, I1… intake")
    column: float = Field(ge=0, description="in column pitches (or sectors); may lie between columns")
    shutter_s: float = Field(default=0.0, ge=0, description="to open, or to shut, the shutter; 0: there is none")
    shared: tuple[Shared, ...] = Field(default=(), description="other lifts that reach it")

    @property
    def role(self) -> Literal["delivery", "intake"]:
        return "delivery" if self.name.startswith("D") else "intake"


class Lift(_Part):
    """One lift with its own rack: a carriage that rises, and on it a shuttle that runs along the columns.

    In a round tower a turntable that turns to the sectors takes the shuttle's place.
    """

    name: str = Field(pattern=r"^L[1-9]$")
    speed_m_s: float = Field(gt=0, description="of the carriage, vertical")
    acceleration_m_s2: float = Field(gt=0)
    shuttle_speed_m_s: float | None = Field(default=None, gt=0, description="horizontal")
    shuttle_acceleration_m_s2: float | None = Field(default=None, gt=0)
    turntable_speed_deg_s: float | None = Field(default=None, gt=0, description="instead of a shuttle")
    turntable_acceleration_deg_s2: float | None = Field(default=None, gt=0)
    transfer_s: float = Field(gt=0, description="to move a car between carriage and place, either way")
    transfer_rear_s: float | None = Field(default=None, gt=0, description="the same for a rear bay")
    stations: tuple[Station, ...] = ()
    blocked: tuple[str, ...] = Field(default=(), description="bays that do not exist or must not be used: 'B0104'")
    charging_bays: tuple[str, ...] = Field(default=(), description="bays with a charger: 'B0104'")

    @property
    def turns(self) -> bool:
        """Has it a turntable, so that its second axis is measured in degrees?"""
        return self.turntable_speed_deg_s is not None

    @model_validator(mode="after")
    def _one_second_axis(self) -> "Lift":
        shuttle = (self.shuttle_speed_m_s is not None, self.shuttle_acceleration_m_s2 is not None)
        turntable = (self.turntable_speed_deg_s is not None, self.turntable_acceleration_deg_s2 is not None)
        if shuttle[0] != shuttle[1]:
            raise Inconsistent("a shuttle needs both shuttle_speed_m_s and shuttle_acceleration_m_s2")
        if turntable[0] != turntable[1]:
            raise Inconsistent("a turntable needs both turntable_speed_deg_s and turntable_acceleration_deg_s2")
        if shuttle[0] == turntable[0]:
            raise Inconsistent(
                "a lift has either a shuttle (shuttle_speed_m_s …) or a turntable (turntable_speed_deg_s …)"
            )
        return self

    @model_validator(mode="after")
    def _stations_unique(self) -> "Lift":
        seen: set[str] = set()
        for index, station in enumerate(self.stations):
            if station.name in seen:
                raise Inconsistent(f"there is a station {station.name} already", "stations", index, "name")
            seen.add(station.name)
        return self


class Gate(_Part):
    """Times around the gates. The first two belong to the machine and are scaled by the pace; patience is not."""

    travel_s: float = Field(gt=0, description="to open fully, or to shut fully")
    clear_s: float = Field(ge=0, description="the zone must be clear for so long before the gate shuts")
    collect_patience_s: float = Field(gt=0, description="an open gate whose car nobody takes; then it is stored again")
    intake_patience_s: float = Field(gt=0, description="an open intake to which no car comes; then it is shut")
    dwell_limit_s: float = Field(
        default=600.0,
        gt=0,
        description="a refused car that stays, or a zone that is not left; then a person is called, and again after it",
    )


class TowerConfig(_Part):
    floors: int = Field(ge=1, le=99, description="floors with bays, numbered from 1; floor 0 has the stations")
    columns: int = Field(ge=1, le=99, description="bays a floor, numbered from 1; sectors of a round tower")
    depth: Literal[1, 2] = Field(default=1, description="2: behind each bay lies a rear bay")
    floor_pitch_m: float = Field(gt=0)
    column_pitch_m: float | None = Field(default=None, gt=0, description="needed by lifts with a shuttle")
    classes: tuple[VehicleClass, ...] = Field(min_length=1)
    charger_kw: float | None = Field(default=None, gt=0, description="power of a charger, at the car")
    gate: Gate
    lifts: tuple[Lift, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _classes_cover_each_floor_once(self) -> "TowerConfig":
        if sum(one.floors is None for one in self.classes) != 1:
            raise Inconsistent("exactly one class leaves out 'floors' and takes all remaining floors", "classes")
        seen: set[int] = set()
        for index, one in enumerate(self.classes):
            for nth, floor in enumerate(one.floors or ()):
                if floor in seen or not 1 <= floor <= self.floors:
                    words = f"each floor is listed once and lies between 1 and {self.floors}, not {floor}"
                    raise Inconsistent(words, "classes", index, "floors", nth)
                seen.add(floor)
        return self

    @model_validator(mode="after")
    def _lifts_fit_the_tower(self) -> "TowerConfig":
        seen: set[str] = set()
        bays = {bay_name(*bay) for bay in self.each_bay()}
        for index, lift in enumerate(self.lifts):
            if lift.name in seen:
                raise Inconsistent(f"there is a lift {lift.name} already", "lifts", index, "name")
            seen.add(lift.name)
            if not lift.turns and self.column_pitch_m is None:
                raise Inconsistent("needed by a lift with a shuttle", "column_pitch_m")
            if self.depth == 2 and lift.transfer_rear_s is None:
                raise Inconsistent("needed in a tower with rear bays (depth = 2)", "lifts", index, "transfer_rear_s")
            for key in ("blocked", "charging_bays"):
                for nth, bay in enumerate(getattr(lift, key)):
                    if bay not in bays:
                        raise Inconsistent(f"no such bay: {bay}", "lifts", index, key, nth)
        return self

    @model_validator(mode="after")
    def _stations_can_be_reached(self) -> "TowerConfig":
        roles: dict[str, set[str]] = {lift.name: set() for lift in self.lifts}
        for index, lift in enumerate(self.lifts):
            for nth, station in enumerate(lift.stations):
                at = ("lifts", index, "stations", nth)
                roles[lift.name].add(station.role)
                if station.column > self.columns + 1:
                    raise Inconsistent(f"lies beyond column {self.columns}", *at, "column")
                for other, shared in enumerate(station.shared):
                    if shared.lift not in roles or shared.lift == lift.name:
                        raise Inconsistent(f"{shared.lift} is no other lift", *at, "shared", other, "lift")
                    if shared.column > self.columns + 1:
                        raise Inconsistent(f"lies beyond column {self.columns}", *at, "shared", other, "column")
                    if not station.shutter_s:
                        words = "a shared station needs a shutter (shutter_s), or its open gate would lock every lift"
                        raise Inconsistent(words, *at)
                    roles[shared.lift].add(station.role)
        for index, lift in enumerate(self.lifts):
            if roles[lift.name] != {"delivery", "intake"}:
                words = "a lift needs at least one delivery station (D…) and one intake station (I…), own or shared"
                raise Inconsistent(words, "lifts", index)
        return self

    def lift(self, name: str) -> Lift:
        """By name. Raises ``KeyError``."""
        return {lift.name: lift for lift in self.lifts}[name]

    def each_bay(self) -> Iterator[tuple[int, int, bool]]:
        """(floor, column, rear), floor by floor, front before rear."""
        for floor in self.each_floor():
            for column in self.each_column():
                for rear in (False, True)[: self.depth]:
                    yield floor, column, rear

    def each_floor(self) -> range:
        return range(1, self.floors + 1)

    def each_column(self) -> range:
        return range(1, self.columns + 1)

    def class_number(self, floor: int) -> int:
        """Index in ``classes``, from 1, of the bays on ``floor``: the mailbox's ``VehicleClass``."""
        for number, one in enumerate(self.classes, start=1):
            if floor in (one.floors or ()):
                return number
        return next(number for number, one in enumerate(self.classes, start=1) if one.floors is None)


class SiteConfig(_Part):
    slug: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: Text
    address: Text
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    time_zone: Annotated[str, AfterValidator(_time_zone)]
    market: str = Field(pattern=r"^[a-z][a-z0-9-]{0,19}$", description="whose rules apply; the platform knows which")
    phone: str | None = Field(
        default=None, pattern=r"^\+[0-9][0-9 ]{5,18}[0-9]$", description="shown at the kiosk when nobody can be called"
    )
    plate_prefix: str | None = Field(
        default=None, pattern=r"^\S{1,7}$", description="how plates of the demo's cars begin; five digits follow"
    )
    hours: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Opening] = Field(
        min_length=1, description="a day that is left out is closed"
    )
    tower: TowerConfig

    def opening(self, weekday: int) -> Opening | None:
        """Local hours of ``weekday`` (0 Monday … 6 Sunday), None when closed."""
        return self.hours.get(WEEKDAYS[weekday])  # type: ignore[call-overload]

    def paced(self, pace: float) -> "SiteConfig":
        """The same machine, with every duration divided by ``pace`` (> 0).

        Speeds are multiplied by the pace and accelerations by its square: that is what divides ramps, too.
        """
        if pace <= 0:
            raise ValueError("the pace must be positive")
        lifts = tuple(_paced(lift, pace) for lift in self.tower.lifts)
        gate = self.tower.gate
        gate = gate.model_copy(update={"travel_s": gate.travel_s / pace, "clear_s": gate.clear_s / pace})
        return self.model_copy(update={"tower": self.tower.model_copy(update={"lifts": lifts, "gate": gate})})


def bay_name(floor: int, column: int, rear: bool = False) -> str:
    """``B0312``: floor 03, column 12; ``B0312R``: the rear bay behind it."""
    return f"B{floor:02d}{column:02d}{'R' if rear else ''}"


def _paced(lift: Lift, pace: float) -> Lift:
    speeds = ("speed_m_s", "shuttle_speed_m_s", "turntable_speed_deg_s")
    accelerations = ("acceleration_m_s2", "shuttle_acceleration_m_s2", "turntable_acceleration_deg_s2")
    times = ("transfer_s", "transfer_rear_s")
    factors = dict.fromkeys(speeds, pace) | dict.fromkeys(accelerations, pace**2) | dict.fromkeys(times, 1 / pace)
    scaled = {key: value * factor for key, factor in factors.items() if (value := getattr(lift, key)) is not None}
    stations = tuple(one.model_copy(update={"shutter_s": one.shutter_s / pace}) for one in lift.stations)
    return lift.model_copy(update={**scaled, "stations": stations})
