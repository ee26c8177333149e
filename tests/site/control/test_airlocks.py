"""Stations with shutters: the lift goes on while people are at work; two lifts share stations; cars come down early."""

import asyncio
from collections.abc import Iterator

import pytest

from autosilo.site.control import CannotFetch, CannotObey, EventKind
from twin.plc.rig import Rig, vin
from twin.plc.watched import WITHIN_S, admit, fetch, leave, make_tower, running, take_in

CARS = {f"L1.B0{floor}0{column}": floor * 10 + column for floor in (2, 3) for column in (1, 2, 3)}
CARS |= {f"L2.B0{floor}0{column}": 100 + floor * 10 + column for floor in (2, 3) for column in (1, 2, 3)}
FAST = 40.0


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Two lifts, one pair of airlocks for delivery and one for intake, all shared."""
    rig = Rig(tmp_path_factory.mktemp("airlocks"), CARS, lifts=("L1", "L2"), pace=FAST, shutter_s=4.0, shared=True)
    rig.start_plc()
    yield rig
    state = rig.state()
    rig.close()
    assert state["violations"] == {}


async def test_the_lift_fetches_the_next_car_while_a_driver_is_at_work(rig: Rig) -> None:
    async with running(rig) as tower:
        first = await fetch(tower, 21)
        second = await fetch(tower, 22)
        assert {first, second} == {"L1.D1", "L1.D2"}, "both gates are open at once"
        gates = {one.station: (one.gate, one.shutter) for one in tower.snapshot().stations}
        assert gates[first] == gates[second] == ("open", "shut")
        intake = await admit(rig, tower, 777)
        bay = await take_in(tower, 777)
        assert (intake, tower.place_of(vin(777))) == ("L1.I1", bay), "and a third car is stored meanwhile"
        third = asyncio.create_task(fetch(tower, 23))
        await tower.until(EventKind.QUEUED, job_key="out-23")
        told = tower.eta(vin(23))
        assert told is not None
        assert told.likely_s > 40, "no station is free before somebody has driven off"
        await leave(rig, tower, 21, first)
        assert await third == first
        await leave(rig, tower, 22, second)
        await leave(rig, tower, 23, first)


async def test_two_lifts_never_want_the_same_station(rig: Rig) -> None:
    async with running(rig) as tower:
        stations = await asyncio.gather(fetch(tower, 121), fetch(tower, 31))
        assert sorted(stations) == ["L1.D1", "L1.D2"]
        more = [asyncio.create_task(fetch(tower, number)) for number in (122, 32)]
        await leave(rig, tower, 121, stations[0])
        await leave(rig, tower, 31, stations[1])
        assert sorted(await asyncio.gather(*more)) == ["L1.D1", "L1.D2"]
        await leave(rig, tower, 122, more[0].result())
        await leave(rig, tower, 32, more[1].result())


async def test_a_car_comes_down_ahead_of_time_and_makes_way_for_a_driver_who_waits(rig: Rig) -> None:
    async with running(rig) as tower:
        moves = rig.state()["moves_done"]
        tower.stage(vin(33))
        tower.stage(vin(33))
        staged = await tower.until(EventKind.STAGED, vin=vin(33))
        assert {one.gate for one in tower.snapshot().stations} == {"shut"}
        station = await fetch(tower, 33)
        assert station == staged.place
        assert rig.state()["moves_done"] == moves + 1, "it stood there already"
        tower.stage(vin(123))  # waits: the only other station is kept for whoever comes
        assert [one.kind for one in tower.seen if one.vin == vin(123)] == []
        await leave(rig, tower, 33, station)
        await tower.until(EventKind.STAGED, vin=vin(123))
        others = await asyncio.gather(*(fetch(tower, number) for number in (131, 132)))
        assert sorted(others) == ["L1.D1", "L1.D2"]
        assert ".B" in (tower.place_of(vin(123)) or ""), "the early car made way"
        for number, place in zip((131, 132), others, strict=True):
            await leave(rig, tower, number, place)


async def test_an_early_car_is_stored_again(rig: Rig) -> None:
    async with running(rig) as tower:
        tower.stage(vin(123))
        await tower.until(EventKind.STAGED, vin=vin(123))
        tower.unstage(vin(123))
        await tower.until(EventKind.STORED, vin=vin(123), detail="unstaged")
        assert ".B" in (tower.place_of(vin(123)) or "")


async def test_an_early_car_survives_the_end_of_controller_and_plc(rig: Rig) -> None:
    tower = make_tower(rig)
    await tower.start()
    await tower.until_true(lambda: tower.ready)
    moves = rig.state()["moves_done"]
    tower.stage(vin(123))
    await tower.until(EventKind.MOVING, vin=vin(123))
    rig.kill_plc()
    await tower.stop()
    rig.start_plc()
    async with running(rig) as tower:
        await tower.until_true(lambda: (tower.place_of(vin(123)) or "").startswith("L1.D"))
        assert tower.held is None
        assert rig.state()["moves_done"] == moves + 1
        station = await fetch(tower, 123)
        await leave(rig, tower, 123, station)
        assert rig.state()["moves_done"] == moves + 1


async def test_a_lift_out_of_service_is_left_out_and_its_cars_are_told_of(rig: Rig) -> None:
    async with running(rig) as tower:
        free = tower.free_bays()
        tower.take_out_of_service("L2", reason="rope", by="wang")
        told = [one.vin for one in tower.seen if one.kind is EventKind.SHUT_IN]
        assert sorted(told) == sorted(one for place, one in tower.inventory().items() if place.startswith("L2.B"))
        assert vin(133) in told
        with pytest.raises(CannotFetch, match="out_of_service"):
            await tower.fetch(job_key="out-133", vin=vin(133))
        assert tower.free_bays() < free
        await admit(rig, tower, 121)
        assert (await take_in(tower, 121) or "").startswith("L1.B"), "the other lift takes what comes"
        with pytest.raises(CannotObey, match="unknown_lift"):
            tower.take_out_of_service("L7", reason="", by="wang")
    async with running(rig) as tower:  # it is still so after a restart
        assert [(one.lift, one.in_service, one.reason, one.by) for one in tower.books().lifts] == [
            ("L1", True, None, None),
            ("L2", False, "rope", "wang"),
        ]
        assert [one.in_service for one in tower.snapshot().lifts] == [True, False]
        tower.return_to_service("L2", by="wang")
        await leave(rig, tower, 133, await fetch(tower, 133))


async def test_a_blocked_bay_is_not_served(rig: Rig) -> None:
    async with running(rig) as tower:
        place = tower.place_of(vin(777)) or ""
        tower.block_bay(place, reason="a leak", by="li")
        with pytest.raises(CannotFetch, match="bay_blocked"):
            await tower.fetch(job_key="out-777", vin=vin(777))
        for wrong, word in (("L1.D1", "not_a_bay"), ("L1.B9901", "unknown_place")):
            with pytest.raises(CannotObey, match=word):
                tower.block_bay(wrong, reason="", by="li")
        assert tower.snapshot().blocked == (place,)
        tower.unblock_bay(place, by="li")
        async with asyncio.timeout(WITHIN_S):
            await leave(rig, tower, 777, await fetch(tower, 777))
        free = tower.free_bays()
        tower.block_bay(place, reason="a leak", by="li")
        assert tower.free_bays() == free - 1
        tower.unblock_bay(place, by="li")
