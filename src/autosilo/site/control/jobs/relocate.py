"""Bring a car from one bay to another."""

from dataclasses import dataclass

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.jobs.move import CannotBegin, Move
from autosilo.site.control.journal import Journal
from autosilo.tower.geometry import Role


@dataclass(frozen=True, slots=True)
class Relocate(Move):
    """Source and ``to`` are bays of the same lift."""

    def check(self, driver: LiftDriver, journal: Journal) -> None:
        Move.check(self, driver, journal)
        self._require_role(driver, Role.BAY)
        place = driver.places.get(journal.place_of(self.vin) or "")
        if place is None or place.role is not Role.BAY:
            raise CannotBegin(f"{self.vin} does not stand in a bay")
