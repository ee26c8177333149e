"""Tells the tower how far its cars are charged, by what they said last. Only where bays have chargers."""

import asyncio
from typing import Protocol

from autosilo.site.uplink.cars import CarBook

LOOK_S = 30.0
"""A state of charge moves by a few thousandths meanwhile."""


class Charged(Protocol):
    """What is asked of ``site.control.Tower``."""

    def inventory(self) -> dict[str, str]: ...
    def charged(self, vin: str, charge: float) -> None: ...


class Charges:
    """One loop."""

    def __init__(self, *, tower: Charged, cars: CarBook) -> None:
        self._tower = tower
        self._cars = cars

    async def run(self) -> None:
        """For ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        for vin in self._tower.inventory().values():
            charge = self._cars.of(vin).charge
            if charge is not None:
                self._tower.charged(vin, charge)
