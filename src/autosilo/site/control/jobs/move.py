"""What retrieving, staging, storing and relocating have in common: one MOVE of one car."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from autosilo.site.control.exchange import Order
from autosilo.site.control.journal import Journal
from autosilo.site.control.lift import LiftDriver
from autosilo.tower.geometry import Role
from autosilo.tower.kinematics import move_s
from autosilo.wire.mailbox import Kind


class CannotBegin(Exception):
    """A precondition of a job does not hold; the message says which."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The journal has the car in ``place``."""

    vin: str
    place: str


@dataclass(frozen=True, slots=True)
class Move:
    """Bring the car ``vin`` to ``to``. ``job`` is the journal's number of the job that it is for."""

    vin: str
    to: str
    job: int | None = None
    source_roles: ClassVar[tuple[Role, ...]] = (Role.BAY, Role.DELIVERY, Role.INTAKE)
    target_roles: ClassVar[tuple[Role, ...]] = (Role.BAY, Role.DELIVERY)

    def check(self, driver: LiftDriver, journal: Journal) -> None:
        """Raises ``CannotBegin`` unless the lift is in service, reaches car and destination, neither is blocked, and no
        other car stands there or before either."""
        source = driver.places.get(journal.place_of(self.vin) or "")
        target = driver.places.get(self.to)
        if target is None:
            raise CannotBegin(f"{self.to} is not a place of {driver.name}")
        if source is None:
            raise CannotBegin(f"{self.vin} is not in the rack of {driver.name}")
        if source.role not in self.source_roles or target.role not in self.target_roles:
            raise CannotBegin(f"{type(self).__name__.lower()} does not go from {source.name} to {target.name}")
        if (why := driver.barred(source) or driver.barred(target)) is not None:
            raise CannotBegin(why)
        for place in (target.name, source.front, target.front):
            other = journal.inventory.get(place or "")
            if other not in (None, self.vin):
                raise CannotBegin(f"{place} is taken by {other}")

    def expected_s(self, driver: LiftDriver, journal: Journal) -> float:
        """From kinematics, from where the carriage stands now; 0 when there is nothing to do."""
        place = journal.place_of(self.vin)
        if place is None or place == self.to:
            return 0.0
        return move_s(driver.lift, driver.at, driver.places[place], driver.places[self.to])

    async def run(self, driver: LiftDriver, journal: Journal, begun: Callable[[], None] = lambda: None) -> Moved:
        """Return when the journal has the car in ``to``. Raises ``CannotBegin``, ``unit.CannotMove``."""

        cannot: CannotBegin | None = None

        def plan() -> Order | None:
            nonlocal cannot
            place = journal.place_of(self.vin)
            if place == self.to:
                return None
            try:
                self.check(driver, journal)
            except CannotBegin as error:  # an answer, not a fault of ours that is to be tried again
                cannot = error
                return None
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
        if cannot is not None:
            raise cannot
        return Moved(self.vin, self.to)
