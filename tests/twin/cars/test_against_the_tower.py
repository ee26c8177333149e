"""The drivers against the real door of the PLC twin: its gates, its thresholds, its words."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from autosilo.tower.site_file import load_site
from autosilo.twin.cars.driver import Drivers, Habits
from autosilo.twin.cars.garage import CarRecord, Garage
from autosilo.twin.cars.world import World
from autosilo.twin.plc.api import application
from autosilo.twin.plc.memory import Car
from autosilo.twin.plc.plc import Plc
from autosilo.wire.cars import CarCommand
from twin.cars.fakes import VIN, car

PACE = 20.0
STEP_S = 0.01
SITES = Path(__file__).parents[3] / "sites"


class Tower:
    """A PLC whose world runs, with power and without lifts or mailbox; one car in its delivery station."""

    def __init__(self, home: Path) -> None:
        self.plc: Plc | None = Plc(
            site=load_site("shanghai", folder=SITES, pace=PACE), home=home, url="opc.tcp://127.0.0.1:0", pace=PACE
        )
        self.world = self.plc.world
        self.delivery = next(name for name in self.world.stations if ".D" in name)
        self.intake = next(name for name in self.world.stations if ".I" in name)
        built = car().model_dump(include={"vin", "plate", "length_mm", "width_mm", "height_mm", "mass_kg"})
        self.world.memory.cars[VIN] = Car(**built)
        self.world.memory.places[self.delivery] = VIN

    def cut_power(self, off_s: float) -> None:
        raise AssertionError("nobody asked for this")

    async def run(self) -> None:
        while True:
            self.world.step(STEP_S)
            await asyncio.sleep(STEP_S)


async def until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not fact():
            await asyncio.sleep(0.01)


@pytest.fixture
async def tower(tmp_path: Path) -> AsyncIterator[Tower]:
    tower = Tower(tmp_path)
    running = asyncio.create_task(tower.run())
    yield tower
    running.cancel()


@pytest.fixture
async def drivers(tower: Tower, tmp_path: Path) -> AsyncIterator[tuple[Drivers, CarRecord]]:
    garage = Garage(tmp_path / "state.json")
    garage.take({VIN: car()})
    record = (garage.find(VIN) or pytest.fail("no car"))[0]
    async with (
        TestServer(application(tower)) as server,
        World({"shanghai": str(server.make_url(""))}) as link,
    ):
        drivers = Drivers(garage, link, habits=Habits().at_pace(PACE), changed=lambda vin: None)
        yield drivers, record
        await drivers.close()


def say(drivers: Drivers, kind: str, station: str) -> None:
    drivers.hear("shanghai", VIN, CarCommand.model_validate({"kind": kind, "vin": VIN, "station": station}))


async def test_out_through_the_delivery_and_in_through_the_intake(
    tower: Tower, drivers: tuple[Drivers, CarRecord]
) -> None:
    driver, record = drivers
    say(driver, "unlock", tower.delivery)
    await asyncio.sleep(0.5)
    assert record.inside
    tower.world.drive_gate(tower.delivery, opened=True)
    await until(lambda: VIN not in tower.world.memory.cars)
    assert record.where == "road"
    for _ in range(3):
        say(driver, "unlock", tower.delivery)
    say(driver, "intake_open", tower.intake)
    tower.world.drive_gate(tower.intake, opened=True)
    await until(lambda: tower.world.memory.places.get(tower.intake) == VIN)
    await until(lambda: record.inside)
    assert tower.world.memory.cars[VIN].mass_kg == car().mass_kg
    assert tower.world.memory.violations == {}


async def test_a_driver_who_was_elsewhere_in_mind_asks_the_tower(
    tower: Tower, drivers: tuple[Drivers, CarRecord]
) -> None:
    driver, record = drivers
    record.left()  # a lost file: the record says that the car is on the road
    tower.world.drive_gate(tower.delivery, opened=True)
    say(driver, "unlock", tower.delivery)
    await until(lambda: VIN not in tower.world.memory.cars)
    assert record.where == "road"


async def test_without_power_the_driver_waits(tower: Tower, drivers: tuple[Drivers, CarRecord]) -> None:
    driver, record = drivers
    plc, tower.plc = tower.plc, None
    tower.world.drive_gate(tower.delivery, opened=True)
    say(driver, "unlock", tower.delivery)
    await asyncio.sleep(0.4)
    assert record.inside
    tower.plc = plc
    await until(lambda: record.where == "road")
