"""What the planner asks of places and site files, whether or not these know airlocks and rear bays yet."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from autosilo.tower import config
from autosilo.tower.config import Lift, SiteConfig
from autosilo.tower.geometry import Place

READER = "autosilo.tower.site_file"
_reader = import_module(READER) if find_spec(READER) else config
SiteFileError = cast("type[Exception]", _reader.SiteFileError)


def read_site(path: Path) -> SiteConfig:
    """One site file, at its real pace. Raises ``SiteFileError``."""
    return cast("SiteConfig", _reader.read_site_file(path))


def is_rear(place: Place) -> bool:
    """Does another bay lie before it?"""
    return bool(getattr(place, "rear", False))


def shutter_s(place: Place) -> float:
    """Of a station, to open or to shut; 0 where there is none."""
    return float(getattr(place, "shutter_s", 0.0))


def handling_s(lift: Lift, place: Place) -> float:
    """Seconds in which the carriage stands at ``place`` to take or put a car: shutter up, transfer, shutter down."""
    rear = getattr(lift, "transfer_rear_s", None) if is_rear(place) else None
    return float(lift.transfer_s if rear is None else rear) + 2 * shutter_s(place)
