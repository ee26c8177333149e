"""Puts the parts of one tower together, and takes over its first inventory."""

import json
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from autosilo.site.control.habits import HABITS, Habits
from autosilo.site.control.holding import Told
from autosilo.site.control.journal import Journal
from autosilo.site.control.ledger import Ledger
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.mailbox import PlcLink
from autosilo.site.control.rack import class_by_place
from autosilo.site.control.states import Purpose, Return
from autosilo.site.control.station import StationDriver
from autosilo.site.control.types import TowerEvent
from autosilo.site.control.visits import Floor
from autosilo.site.control.whereabouts import settle_all
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import own_stations

log = logging.getLogger(__name__)


def build(
    config: SiteConfig,
    home: Path,
    plc_url: str,
    told: Told,
    listeners: list[Callable[[TowerEvent], None]],
    *,
    habits: Habits = HABITS,
) -> Floor:
    """The tower's journal, link and drivers; nothing runs yet. Raises ``OSError``, ``sqlite3.Error``."""
    journal = Journal(home / "sites" / config.slug / "journal.db")
    link = PlcLink(config=config, url=plc_url, pki=home / "pki" / config.slug)
    floor = Floor(config, journal, Ledger(journal), link, listeners=listeners, habits=habits)
    for lift in config.tower.lifts:
        floor.lifts[lift.name] = LiftDriver(
            tower=config.tower,
            lift=lift,
            journal=journal,
            ledger=floor.ledger,
            link=link,
            told=told,
            elsewhere=floor.elsewhere,
        )
        for place in own_stations(config.tower, lift):
            floor.stations[place.name] = StationDriver(
                config=config, place=place, journal=journal, link=link, told=told
            )
    floor.ledger.after_walk = partial(settle_all, floor)
    return floor


def commission(floor: Floor, path: Path) -> None:
    """Take over the first inventory, once; a car that was never measured is taken for as large as its bay takes.

    Raises ``OSError``, ``ValueError``.
    """
    if not floor.journal.commissioned() and path.exists():
        _take_over(floor, path)
    places = {name: place for driver in floor.lifts.values() for name, place in driver.places.items()}
    unmeasured = {vin: places[place] for place, vin in floor.journal.inventory.items() if place in places}
    floor.journal.learn_classes(
        {
            vin: class_by_place(floor.config.tower, place)
            for vin, place in unmeasured.items()
            if not floor.journal.class_of(vin)
        }
    )


def _take_over(floor: Floor, path: Path) -> None:
    cars = json.loads(path.read_text(encoding="utf-8"))
    places = {name for driver in floor.lifts.values() for name in driver.places}
    unknown = sorted(set(cars) - places)
    if unknown:
        raise ValueError(f"{path}: no such place: {', '.join(unknown)}")
    floor.journal.commission(cars)
    log.info("commissioned", extra={"site": floor.config.slug, "cars": len(cars)})


def free_bays(floor: Floor) -> int:
    """Bays for cars that may still come: of lifts in service, less those of returns whose bay is not chosen yet."""
    room = sum(floor.rack(lift).room() for lift in floor.lifts if floor.in_service(lift))
    promised = sum(
        job.purpose == Purpose.RETURN and job.bay is None and job.state not in (Return.DISMISSING, Return.TIMING_OUT)
        for job in floor.journal.open_jobs()
    )
    return max(0, room - promised)


def takes(floor: Floor, vin: str) -> bool:
    """Is there a bay for this car, by what it measured when it was here last (any bay, when it never was)?"""
    vehicle_class = floor.journal.class_of(vin)
    return any(floor.rack(lift).choose(vehicle_class) is not None for lift in floor.lifts if floor.in_service(lift))
