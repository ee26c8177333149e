"""The tower to be broken: its first cars, and its controller, which is killed and started again from here."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

from autosilo.bench.tower import town
from autosilo.bench.tower.town import vin
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Place, Role, all_places

__all__ = ["Town", "car", "vin"]

PACE = 100.0
FILLED = 0.6
"""Of the bays, at first."""
HEAVY = {"length_mm": 5350, "width_mm": 2000, "height_mm": 1800, "mass_kg": 2900}


def car(number: int) -> dict[str, Any]:
    """As scanner, scale and camera see it; every seventh is heavy."""
    return town.car(number) | (HEAVY if number % 7 == 0 else {})


class Town(town.Town):
    """``cable_port``: where the controller finds the PLC."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, package=__package__ or "", slug="chaostown", pace=PACE)
        self.cars = _first_cars(self.config)
        self.fill({place: car(number) for place, number in self.cars.items()})
        self.cable_port = self.port()
        self.controller: Process | None = None

    @property
    def first(self) -> dict[str, str]:
        """Place -> VIN before anything moved."""
        return {place: vin(number) for place, number in self.cars.items()}

    async def start_controller(self) -> Process:
        """A fresh controller, which talks to the PLC over the cable. Its words are on ``stdout``."""
        url = {"AUTOSILO_PLC_URL": f"opc.tcp://127.0.0.1:{self.cable_port}/"}
        command = (sys.executable, "-m", "autosilo.chaos.tower.controller", self.slug)
        with (self.home / "controller.log").open("ab") as log:
            self.controller = await asyncio.create_subprocess_exec(
                *command, env=self.environment | url, stdin=PIPE, stdout=PIPE, stderr=log
            )
        return self.controller

    async def close(self) -> None:
        await self.kill(self.controller)
        await super().close()


def _first_cars(config: SiteConfig) -> dict[str, int]:
    """Heavy cars into bays that carry them; rear bays first, so that nobody begins walled in."""
    bays = [place for place in all_places(config).values() if place.role is Role.BAY]
    bays.sort(key=lambda place: (not place.rear, place.name))
    heavy = [place for place in bays if config.tower.classes[place.class_number - 1].carries(HEAVY["mass_kg"])]
    filled: dict[str, int] = {}
    for number in range(1, round(len(bays) * FILLED) + 1):
        choice: list[Place] = heavy if number % 7 == 0 else bays
        free = next((place for place in choice if place.name not in filled), None)
        if free is not None:
            filled[free.name] = number
    return filled
