"""The site file: everything that differs from one site to the next, checked when it is read.

A third site is a third file. Speeds and fixed times of the machine are scaled by the pace (``AUTOSILO_PACE``), so that
tests and demonstrations can run the same machine faster; patience with people is not scaled.
"""

import os
import tomllib
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

DEFAULT_SITES_FOLDER = "sites"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SiteFileError(Exception):
    """A site file that cannot be used. The message names the file and, one a line, each key and what is wrong."""


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


class Station(_Part):
    """A place at street level (floor 0) with a gate to the outside."""

    name: str = Field(pattern=r"^[DI][1-9]$", description="D1… delivery, I1… intake")
    column: float = Field(ge=0, description="in column pitches; may lie between columns")

    @property
    def role(self) -> Literal["delivery", "intake"]:
        return "delivery" if self.name.startswith("D") else "intake"


class Lift(_Part):
    """One lift with its own rack: a carriage that rises, and a shuttle on it that runs along the columns."""

    name: str = Field(pattern=r"^L[1-9]$")
    speed_m_s: float = Field(gt=0, description="of the carriage, vertical")
    acceleration_m_s2: float = Field(gt=0)
    shuttle_speed_m_s: float = Field(gt=0, description="horizontal")
    shuttle_acceleration_m_s2: float = Field(gt=0)
    transfer_s: float = Field(gt=0, description="to move a car between carriage and place, either way")
    stations: tuple[Station, ...] = Field(min_length=2)
    blocked: tuple[str, ...] = Field(default=(), description="bays that do not exist or must not be used: 'B0104'")

    @model_validator(mode="after")
    def _stations_unique(self) -> "Lift":
        names = [station.name for station in self.stations]
        if len(set(names)) != len(names):
            raise ValueError("stations must have different names")
        if {station.role for station in self.stations} != {"delivery", "intake"}:
            raise ValueError("a lift needs at least one delivery station (D…) and one intake station (I…)")
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
    columns: int = Field(ge=1, le=99, description="bays a floor, numbered from 1")
    floor_pitch_m: float = Field(gt=0)
    column_pitch_m: float = Field(gt=0)
    classes: tuple[VehicleClass, ...] = Field(min_length=1)
    gate: Gate
    lifts: tuple[Lift, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "TowerConfig":
        if len({lift.name for lift in self.lifts}) != len(self.lifts):
            raise ValueError("lifts must have different names")
        if sum(one.floors is None for one in self.classes) != 1:
            raise ValueError("classes: exactly one class leaves out 'floors' and takes all remaining floors")
        listed = [floor for one in self.classes for floor in one.floors or ()]
        if len(set(listed)) != len(listed) or any(not 1 <= floor <= self.floors for floor in listed):
            raise ValueError(f"classes: each floor is listed once and lies between 1 and {self.floors}")
        bays = {bay_name(floor, column) for floor in self.each_floor() for column in self.each_column()}
        for lift in self.lifts:
            unknown = sorted(set(lift.blocked) - bays)
            if unknown:
                raise ValueError(f"lift {lift.name}: blocked: no such bay: {', '.join(unknown)}")
            far = [station.name for station in lift.stations if station.column > self.columns + 1]
            if far:
                raise ValueError(f"lift {lift.name}: station {far[0]} lies beyond column {self.columns}")
        return self

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
    market: Literal["cn"]
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
        lifts = tuple(
            lift.model_copy(
                update={
                    "speed_m_s": lift.speed_m_s * pace,
                    "acceleration_m_s2": lift.acceleration_m_s2 * pace**2,
                    "shuttle_speed_m_s": lift.shuttle_speed_m_s * pace,
                    "shuttle_acceleration_m_s2": lift.shuttle_acceleration_m_s2 * pace**2,
                    "transfer_s": lift.transfer_s / pace,
                }
            )
            for lift in self.tower.lifts
        )
        gate = self.tower.gate
        gate = gate.model_copy(update={"travel_s": gate.travel_s / pace, "clear_s": gate.clear_s / pace})
        return self.model_copy(update={"tower": self.tower.model_copy(update={"lifts": lifts, "gate": gate})})


def bay_name(floor: int, column: int) -> str:
    """``B0312``: floor 03, column 12."""
    return f"B{floor:02d}{column:02d}"


def pace_from_environment() -> float:
    """``AUTOSILO_PACE``, 1.0 when unset. Raises ``SiteFileError`` when it is not a positive number."""
    text = os.environ.get("AUTOSILO_PACE", "1")
    try:
        pace = float(text)
    except ValueError:
        pace = 0.0
    if not 0 < pace < float("inf"):
        raise SiteFileError(f"AUTOSILO_PACE: {text!r} is not a positive number")
    return pace


def sites_folder() -> Path:
    """``AUTOSILO_SITES``, else the ``sites`` folder under the working directory or of the checkout."""
    configured = os.environ.get("AUTOSILO_SITES")
    if configured:
        return Path(configured)
    here = Path(DEFAULT_SITES_FOLDER)
    return here if here.is_dir() else Path(__file__).resolve().parents[3] / DEFAULT_SITES_FOLDER


def read_site_file(path: Path) -> SiteConfig:
    """Parse and check one file, at its real pace. Raises ``SiteFileError``."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SiteFileError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{path}: not TOML: {error}") from error
    try:
        site = SiteConfig.model_validate(raw)
    except ValidationError as error:
        lines = [f"{path}: {_key(one['loc'])}: {_words(one['msg'])}" for one in error.errors()]
        raise SiteFileError("\n".join(lines)) from error
    if site.slug != path.stem:
        raise SiteFileError(f"{path}: slug: {site.slug!r} must be the name of the file")
    return site


def load_site(name: str, *, folder: Path | None = None, pace: float | None = None) -> SiteConfig:
    """The site ``name`` from ``folder`` (``sites_folder()``), paced (``AUTOSILO_PACE``). Raises ``SiteFileError``."""
    site = read_site_file((folder or sites_folder()) / f"{name}.toml")
    return site.paced(pace_from_environment() if pace is None else pace)


def load_all_sites(*, folder: Path | None = None, pace: float | None = None) -> dict[str, SiteConfig]:
    """Every site of the folder by slug, in alphabetical order.

    Raises ``SiteFileError`` with the mistakes of all files at once, also when there is no file.
    """
    folder = folder or sites_folder()
    names = sorted(path.stem for path in folder.glob("*.toml"))
    if not names:
        raise SiteFileError(f"{folder}: no site file (NAME.toml)")
    pace = pace_from_environment() if pace is None else pace
    sites: dict[str, SiteConfig] = {}
    mistakes: list[str] = []
    for name in names:
        try:
            sites[name] = load_site(name, folder=folder, pace=pace)
        except SiteFileError as error:
            mistakes.append(str(error))
    if mistakes:
        raise SiteFileError("\n".join(mistakes))
    return sites


def _words(message: str) -> str:
    """Without pydantic's label before words of our own."""
    return message.removeprefix("Value error, ")


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "(whole file)"
