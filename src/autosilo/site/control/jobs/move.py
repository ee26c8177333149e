"""What retrieving, storing and relocating have in common: one MOVE of one car."""

from collections.abc import Callable
from dataclasses import dataclass

from autosilo.site.control.driver import LiftDriver, Order
from autosilo.site.control.journal import Journal
from autosilo.tower.geometry import Role
from autosilo.tower.kinematics import move_s
from autosilo.wire.mailbox import Kind


class CannotBegin(Exception):
    """A precondition of a job does not hold; the message says which."""


@dataclass(frozen=True, slots=True)
class Move:
    """Bring the car ``vin`` to ``to``. ``job`` is the journal's number of the visit's job."""

    vin: str
    to: str
    job: int | None = None

    def check(self, driver: LiftDriver, journal: Journal) -> None:
        """Raises ``CannotBegin`` unless the car is in this lift's rack and the destination is one of its places."""
        if self.to not in driver.places:
            raise CannotBegin(f"{self.to} is not a place of {driver.name}")
        if journal.place_of(self.vin) not in driver.places:
            raise CannotBegin(f"{self.vin} is not in the rack of {driver.name}")
        other = journal.inventory.get(self.to)
        if other not in (None, self.vin):
            raise CannotBegin(f"{self.to} is taken by {other}")

    def expected_s(self, driver: LiftDriver, journal: Journal) -> float:
        """From kinematics, from where the carriage stands now; 0 when there is nothing to do."""
        place = journal.place_of(self.vin)
        if place is None or place == self.to:
            return 0.0
        return move_s(driver.lift, driver.at, driver.places[place], driver.places[self.to])

    async def run(self, driver: LiftDriver, journal: Journal, begun: Callable[[], None] = lambda: None) -> None:
        """Return when the journal has the car in ``to``. Raises ``CannotBegin``, ``driver.CannotMove``."""

        def plan() -> Order | None:
            place = journal.place_of(self.vin)
            if place == self.to:
                return None
            self.check(driver, journal)
            return Order(
                Kind.MOVE,
                src=place or "",
                dst=self.to,
                vin=self.vin,
                vehicle_class=journal.class_of(self.vin),
                expected_s=self.expected_s(driver, journal),
                job=self.job,
            )

        await driver.execute(plan, begun=begun)

    def _require_role(self, driver: LiftDriver, *roles: Role) -> None:
        place = driver.places.get(self.to)
        if place is not None and place.role not in roles:
            raise CannotBegin(f"{self.to} is not a {' or '.join(roles)}")
