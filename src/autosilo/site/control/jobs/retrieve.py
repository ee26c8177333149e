"""Bring a car out of its bay to a delivery station."""

from dataclasses import dataclass

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.jobs.move import Move
from autosilo.site.control.journal import Journal
from autosilo.tower.geometry import Role


@dataclass(frozen=True, slots=True)
class Retrieve(Move):
    """``to`` is a delivery station."""

    def check(self, driver: LiftDriver, journal: Journal) -> None:
        Move.check(self, driver, journal)
        self._require_role(driver, Role.DELIVERY)
