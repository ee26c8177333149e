"""Drivers against a world over HTTP: once, and only through an open gate."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from autosilo.twin.cars.driver import Drivers, Habits
from autosilo.twin.cars.garage import CarRecord, Errand, Garage
from autosilo.twin.cars.world import World
from autosilo.wire.cars import CarCommand
from twin.cars.fakes import OTHER_VIN, VIN, FakeWorld, car

QUICK = Habits(get_in_s=0.01, drive_back_s=0.01, retry_s=0.01, patience_s=0.25, settle_s=0.1)


class Scene:
    """One car in station S0 of a fake world, its driver, and what was told."""

    def __init__(self, folder: Path, world: FakeWorld, link: World) -> None:
        self.folder, self.world, self.link = folder, world, link
        self.told: list[str] = []
        self.restart()

    def restart(self) -> None:
        """A new process over the same folder."""
        self.garage = Garage(self.folder / "state.json")
        self.garage.take({VIN: car(), OTHER_VIN: car(OTHER_VIN)})
        self.drivers = Drivers(self.garage, self.link, habits=QUICK, changed=self.told.append)

    @property
    def record(self) -> CarRecord:
        found = self.garage.find(VIN)
        assert found is not None
        return found[0]

    def hear(self, kind: str, station: str | None = "S0", vin: str = VIN, **more: object) -> None:
        command = CarCommand.model_validate({"kind": kind, "vin": vin, "station": station} | more)
        self.drivers.hear("shanghai", vin, command)

    async def until(self, fact: Callable[[], bool], within_s: float = 3.0) -> None:
        async with asyncio.timeout(within_s):
            while not fact():
                await asyncio.sleep(0.005)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    world = FakeWorld(VIN)
    async with TestServer(world.application()) as server, World({"shanghai": str(server.make_url(""))}) as link:
        scene = Scene(tmp_path, world, link)
        yield scene
        await scene.drivers.close()


async def test_the_driver_waits_for_the_gate_and_leaves_once(scene: Scene) -> None:
    scene.hear("unlock")
    assert not scene.record.locked
    await scene.until(lambda: len(scene.world.asked) >= 3)
    assert scene.record.inside
    scene.world.gate_open = True
    await scene.until(lambda: scene.record.where == "road")
    for _ in range(5):
        scene.hear("unlock")
        await asyncio.sleep(0.01)
    assert scene.world.done == [("/depart", {"station": "S0", "vin": VIN})]
    assert VIN in scene.told


async def test_the_driver_brings_the_car_back_with_its_measures(scene: Scene) -> None:
    scene.world.gate_open = True
    scene.hear("unlock")
    await scene.until(lambda: scene.record.where == "road")
    scene.record.plugged = True
    scene.hear("intake_open", station="S9")
    await scene.until(lambda: scene.record.inside)
    path, body = scene.world.done[-1]
    assert path == "/arrive"
    assert body == {
        "station": "S9",
        "vin": VIN,
        "plate": "沪A12345",
        "plugged": True,
        "length_mm": 4800,
        "width_mm": 1875,
        "height_mm": 1460,
        "mass_kg": 2055,
    }
    assert scene.record.locked


async def test_a_car_that_the_intake_refused_leaves_from_there(scene: Scene) -> None:
    scene.world.gate_open = True
    scene.hear("unlock")
    await scene.until(lambda: scene.record.where == "road")
    scene.hear("intake_open", station="S9")
    await scene.until(lambda: scene.record.inside)
    scene.hear("unlock", station="S9")
    await scene.until(lambda: not scene.record.inside)
    assert [path for path, _ in scene.world.done] == ["/depart", "/arrive", "/depart"]


async def test_a_driver_gives_up_when_nobody_asks_any_more(scene: Scene) -> None:
    scene.hear("unlock")
    await scene.until(lambda: scene.record.errand is None)
    assert scene.record.locked
    asked = len(scene.world.asked)
    scene.world.gate_open = True
    await asyncio.sleep(0.1)
    assert len(scene.world.asked) == asked
    assert scene.world.done == []


async def test_a_lost_reply_does_not_lose_the_car(scene: Scene) -> None:
    scene.world.gate_open = scene.world.lose_reply = True
    scene.hear("unlock")
    await scene.until(lambda: scene.record.where == "road")
    assert len(scene.world.done) == 1


async def test_a_killed_driver_takes_the_errand_up_again(scene: Scene) -> None:
    scene.hear("unlock")
    await scene.until(lambda: len(scene.world.asked) >= 1)
    await scene.drivers.close()
    scene.restart()
    assert scene.record.errand == Errand(act="depart", station="S0")
    scene.world.gate_open = True
    scene.drivers.resume()
    await scene.until(lambda: scene.record.where == "road")
    assert len(scene.world.done) == 1


async def test_a_driver_killed_after_leaving_knows_that_it_left(scene: Scene) -> None:
    scene.hear("unlock")
    await scene.drivers.close()
    scene.world.places.clear()  # the world has seen it go; the process never wrote that down
    scene.restart()
    scene.drivers.resume()
    await scene.until(lambda: scene.record.where == "road")
    assert scene.world.done == []


async def test_a_record_that_is_wrong_is_put_right_by_the_world(scene: Scene) -> None:
    scene.record.left()
    scene.world.gate_open = True
    scene.hear("unlock")
    await scene.until(lambda: len(scene.world.done) == 1 and scene.record.where == "road")


async def test_lock_calls_the_driver_off(scene: Scene) -> None:
    scene.hear("unlock")
    scene.hear("lock", station=None)
    scene.world.gate_open = True
    await asyncio.sleep(0.1)
    assert scene.world.done == []
    assert scene.record.locked


async def test_a_driver_who_stays_blocks_the_gate(scene: Scene) -> None:
    scene.record.stays = True
    scene.world.gate_open = True
    scene.hear("unlock")
    await asyncio.sleep(0.1)
    assert scene.world.asked == []


@pytest.mark.parametrize(
    ("vin", "more"),
    [
        (VIN, {"at": datetime.now(UTC) - timedelta(minutes=5)}),
        (VIN, {"station": None}),
        ("LSVAU2180N2999999", {}),
    ],
)
async def test_senseless_commands_are_not_obeyed(scene: Scene, vin: str, more: dict) -> None:
    scene.world.gate_open = True
    scene.hear("unlock", **{"vin": vin} | more)
    await asyncio.sleep(0.1)
    assert scene.world.asked == []
    assert scene.record.errand is None


async def test_a_command_on_another_sites_topic_is_not_obeyed(scene: Scene) -> None:
    scene.drivers.hear("nanjing", VIN, CarCommand(kind="unlock", vin=VIN, station="S0"))
    assert scene.record.errand is None
