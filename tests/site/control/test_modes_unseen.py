"""A key switch that was turned while nobody was there to see it: the PLC's count tells of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from autosilo.chaos.tower.link import Cable
from autosilo.site.control import EventKind
from autosilo.wire.books import Reconciliation, RowState
from twin.plc.rig import Rig, free_port, vin
from twin.plc.watched import Watched, make_tower, running

CARS = {"L1.B0201": 1, "L1.B0202": 2, "L1.B0203": 3, "L2.B0201": 4}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("unseen"), CARS, lifts=("L1", "L2"), pace=40.0, shutter_s=4.0)
    rig.start_plc()
    yield rig
    rig.close()


@asynccontextmanager
async def started(rig: Rig) -> AsyncIterator[Watched]:
    tower = make_tower(rig)
    await tower.start()
    try:
        yield tower
    finally:
        await tower.stop()


def swap(rig: Rig) -> dict[str, str]:
    """Two cars change places by hand, with the key on Manual; no sensor shows it afterwards. What stands where."""
    places = rig.state()["places"]
    rig.mode("manual")
    for car, to in (
        (places["L1.B0201"], "L1.B0402"),
        (places["L1.B0202"], "L1.B0201"),
        (places["L1.B0201"], "L1.B0202"),
    ):
        assert rig.world("/carry", {"vin": car, "to": to})[0] == 200
    rig.mode("auto")
    there: dict[str, str] = rig.state()["places"]
    assert there == places | {"L1.B0201": places["L1.B0202"], "L1.B0202": places["L1.B0201"]}
    return there


async def asked(tower: Watched) -> Reconciliation:
    """The walk that is asked for, of the first lift alone; nothing moves before it."""
    await tower.until(EventKind.HELD)
    await tower.until_true(lambda: tower._floor.lifts["L2"].ready)
    (walk,) = tower.reconciliation()
    assert (walk.lift, walk.every) == ("L1", True)
    assert {row.state for row in walk.rows} - {RowState.APART} == {RowState.AGREES}, (
        "no sensor shows it, nobody has said anything yet"
    )
    return walk


async def walk_through(tower: Watched, there: dict[str, str]) -> None:
    for row in tower.reconciliation()[0].rows:
        tower.confirm_bay(row.place, there.get(row.place), by="li")
    tower.finish_reconciliation("L1", by="li")
    await tower.until_true(lambda: tower.ready)
    assert tower.inventory() == there


async def test_turned_while_the_controller_was_stopped(rig: Rig) -> None:
    async with running(rig):
        pass
    there = swap(rig)
    async with started(rig) as tower:
        await asked(tower)
    async with started(rig) as tower:
        await asked(tower)
        await walk_through(tower, there)


async def test_turned_while_the_link_was_cut(rig: Rig) -> None:
    port = free_port()
    cable = Cable(port=port, to=int(rig.url.rpartition(":")[2].strip("/")))
    await cable.start()
    tower = Watched(config=rig.site, home=rig.home, plc_url=f"opc.tcp://127.0.0.1:{port}/")
    tower.seen = []
    tower.subscribe(tower.seen.append)
    await tower.start()
    try:
        await tower.until_true(lambda: tower.ready)
        await cable.stop()
        await tower.until_true(lambda: not tower.connected)
        there = swap(rig)
        assert tower.reconciliation() == []
        await cable.start()
        await asked(tower)
        await walk_through(tower, there)
    finally:
        await tower.stop()
        await cable.stop()


async def test_what_was_said_before_the_key_was_turned_again_is_not_believed(rig: Rig) -> None:
    async with running(rig):
        pass
    swap(rig)
    async with started(rig) as tower:
        walk = await asked(tower)
        for row in walk.rows:
            tower.confirm_bay(row.place, row.vin, by="li")
    there = swap(rig)
    async with started(rig) as tower:
        await asked(tower)
        await walk_through(tower, there)


async def test_nothing_is_asked_for_when_nothing_was_turned(rig: Rig) -> None:
    async with running(rig):
        pass
    await asyncio.to_thread(rig.cut_power)
    async with running(rig) as tower:
        assert tower.reconciliation() == []
        assert EventKind.HELD not in [one.kind for one in tower.seen]


async def test_a_job_that_the_power_interrupted_waits_for_the_walk(rig: Rig) -> None:
    moves, power_ons = rig.state()["moves_done"], rig.happened("power_on")
    async with started(rig) as tower:
        await tower.until_true(lambda: tower.ready)
        at = {"unit": "L1", "step": "to_destination", "after_s": 0.02}
        assert rig.world("/power", {"off_s": 1.0, "at": at})[0] == 200
        fetching = asyncio.create_task(tower.fetch(job_key="cut", vin=vin(3)))
        await tower.until_true(lambda: not tower.connected)
        fetching.cancel()
    await asyncio.to_thread(rig.wait_for_power, power_ons)
    swap(rig)
    async with started(rig) as tower:
        lift = tower._floor.lifts["L1"]
        walk = await asked(tower)
        await tower.until_true(lambda: lift.exchange.holds)
        assert rig.state()["lifts"]["L1"]["job"]["fault"] == "POWER_LOSS"
        there, open_move = rig.state()["places"], lift.running()
        assert open_move is not None
        for row in walk.rows:
            if row.place not in (open_move.command.src, open_move.command.dst):
                tower.confirm_bay(row.place, there.get(row.place), by="li")
        assert rig.state()["lifts"]["L1"]["job"]["fault"] == "POWER_LOSS"
        tower.finish_reconciliation("L1", by="li")
        assert (await tower.fetch(job_key="cut", vin=vin(3))).station == open_move.command.dst
        assert rig.state()["moves_done"] == moves + 1
