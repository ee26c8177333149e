"""Rear bays: the car in front goes elsewhere first, once; and no car is stored where it would be stuck."""

import asyncio
from collections.abc import Iterator

import pytest

from autosilo.site.control import EventKind
from twin.plc.rig import Rig, vin
from twin.plc.watched import admit, fetch, leave, make_tower, running, take_in

CARS = {"L1.B0201R": 1, "L1.B0201": 2, "L1.B0202R": 3, "L1.B0202": 4, "L1.B0203R": 5, "L1.B0203": 6}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("deep"), CARS, pace=40.0, shutter_s=4.0, depth=2)
    rig.start_plc()
    yield rig
    state = rig.state()
    rig.close()
    assert state["violations"] == {}


async def test_the_front_car_is_moved_away_first(rig: Rig) -> None:
    async with running(rig) as tower:
        moves = rig.state()["moves_done"]
        station = await fetch(tower, 1)
        assert rig.state()["moves_done"] == moves + 2
        relocated = await tower.until(EventKind.STORED, vin=vin(2), detail="relocated")
        assert tower.place_of(vin(2)) == relocated.place
        assert relocated.place is not None
        assert relocated.place.endswith("R"), "to a bay where it is in nobody's way"
        await leave(rig, tower, 1, station)


async def test_a_relocation_goes_on_after_the_end_of_controller_and_plc(rig: Rig) -> None:
    tower = make_tower(rig)
    await tower.start()
    await tower.until_true(lambda: tower.ready)
    moves = rig.state()["moves_done"]
    visit = asyncio.create_task(tower.fetch(job_key="out-3", vin=vin(3)))
    await tower.until(EventKind.MOVING, vin=vin(4))
    rig.kill_plc()
    visit.cancel()
    await tower.stop()
    rig.start_plc()
    async with running(rig) as tower:
        station = await fetch(tower, 3)
        assert rig.state()["moves_done"] == moves + 2
        assert tower.held is None
        await leave(rig, tower, 3, station)


async def test_a_car_that_is_itself_wanted_is_not_moved_about(rig: Rig) -> None:
    async with running(rig) as tower:
        moves = rig.state()["moves_done"]
        front, rear = await asyncio.gather(fetch(tower, 6), fetch(tower, 5))
        assert rig.state()["moves_done"] == moves + 2
        await leave(rig, tower, 6, front)
        await leave(rig, tower, 5, rear)


async def test_a_car_that_comes_in_blocks_nobody_while_there_is_another_bay(rig: Rig) -> None:
    async with running(rig) as tower:
        for number in (1, 3, 5):
            await admit(rig, tower, number)
            bay = await take_in(tower, number)
            assert bay is not None
            assert bay.endswith("R")
