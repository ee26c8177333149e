"""Bring the empty carriage to where it will probably be wanted next."""

from dataclasses import dataclass

from autosilo.site.control.exchange import Order
from autosilo.site.control.jobs.move import CannotBegin
from autosilo.site.control.lift import LiftDriver
from autosilo.tower.kinematics import travel_s
from autosilo.wire.mailbox import Kind

THERE_M = 0.01
"""So near, the carriage is there."""


@dataclass(frozen=True, slots=True)
class Parked:
    """The carriage stands at ``place``."""

    place: str


@dataclass(frozen=True, slots=True)
class Park:
    """To the level of ``to``. Precondition: the carriage is empty."""

    to: str

    def check(self, driver: LiftDriver) -> None:
        """Raises ``CannotBegin``."""
        if self.to not in driver.places:
            raise CannotBegin(f"{self.to} is not a place of {driver.name}")
        status = driver.status
        if status is not None and status.load_present:
            raise CannotBegin(f"a car is on the carriage of {driver.name}")

    def expected_s(self, driver: LiftDriver) -> float:
        """From kinematics, from where the carriage stands now."""
        return travel_s(driver.lift, driver.at, driver.places[self.to].at)

    async def run(self, driver: LiftDriver) -> Parked:
        """Return when the carriage is there. Raises ``CannotBegin``, ``unit.CannotMove``."""

        def plan() -> Order | None:
            self.check(driver)
            target = driver.places[self.to].at
            if abs(driver.at.y - target.y) < THERE_M:
                return None
            return Order(Kind.PARK, dst=self.to, expected_s=self.expected_s(driver))

        await driver.execute(plan)
        return Parked(self.to)
