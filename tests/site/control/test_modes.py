"""The key switch, cars moved by hand, and the walk that brings the journal back to what is so."""

import asyncio
from collections.abc import Iterator

import pytest

from autosilo.site.control import CannotFetch, CannotObey, EventKind
from autosilo.wire.books import LiftMode, RowState
from twin.plc.rig import Rig, vin
from twin.plc.watched import WITHIN_S, Watched, fetch, leave, make_tower, running

CARS = {"L1.B0201": 1, "L1.B0202": 2, "L1.B0203": 3, "L1.B0301": 4, "L2.B0201": 5}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("modes"), CARS, lifts=("L1", "L2"), pace=40.0, shutter_s=4.0)
    rig.start_plc()
    yield rig
    state = rig.state()
    rig.close()
    assert state["violations"] == {}


async def walk_through(rig: Rig, tower: Watched, lift: str) -> None:
    """Somebody goes from place to place and says what stands there."""
    there = rig.state()["places"]
    (walk,) = [one for one in tower.reconciliation() if one.lift == lift]
    for row in walk.rows:
        tower.confirm_bay(row.place, there.get(row.place), by="li")
    await tower.until_true(lambda: all(one.state is RowState.CONFIRMED for one in tower.reconciliation()[0].rows))
    tower.finish_reconciliation(lift, by="li")
    await tower.until_true(lambda: tower.ready)


async def turn(rig: Rig, tower: Watched, mode: str) -> None:
    rig.mode(mode)
    await tower.until_true(lambda: tower.books().lifts[0].mode == mode)


async def test_a_car_that_was_moved_by_hand_is_found_again_and_the_other_lift_goes_on(rig: Rig) -> None:
    async with running(rig) as tower:
        await turn(rig, tower, "manual")
        await leave(rig, tower, 5, await fetch(tower, 5))
        assert rig.world("/carry", {"vin": vin(1), "to": "L1.B0402"})[0] == 200
        await turn(rig, tower, "auto")
        (walk,) = tower.reconciliation()
        await tower.until_true(
            lambda: (
                {row.place for row in tower.reconciliation()[0].rows if row.state == "differs"}
                == {"L1.B0201", "L1.B0402"}
            )
        )
        tower.confirm_bay("L1.B0201", vin(1), by="li")
        with pytest.raises(CannotObey) as refused:
            tower.finish_reconciliation("L1", by="li")
        assert (refused.value.reason, refused.value.look_at) == ("differs", "L1.B0201"), "a word against a sensor"
        await walk_through(rig, tower, "L1")
        assert tower.place_of(vin(1)) == "L1.B0402"
        moved = next(one for one in tower.books().confirmations if one.place == "L1.B0402")
        assert (moved.before, moved.after, moved.by) == (None, vin(1), "li")
        assert walk.lift == "L1"
        await leave(rig, tower, 1, await fetch(tower, 1))


async def test_a_car_that_was_taken_out_by_hand_ends_its_visit(rig: Rig) -> None:
    async with running(rig) as tower:
        await turn(rig, tower, "service")
        visit = asyncio.create_task(tower.fetch(job_key="by-hand", vin=vin(2)))
        await asyncio.sleep(0.2)
        assert rig.world("/carry", {"vin": vin(2), "to": None})[0] == 200
        await turn(rig, tower, "auto")
        await walk_through(rig, tower, "L1")
        with pytest.raises(CannotFetch, match="not_here"):
            await asyncio.wait_for(visit, WITHIN_S)
        assert tower.place_of(vin(2)) is None


async def test_an_interrupted_move_goes_on_after_the_walk(rig: Rig) -> None:
    async with running(rig) as tower:
        moves = rig.state()["moves_done"]
        visit = asyncio.create_task(fetch(tower, 3))
        under_way = await tower.until(EventKind.MOVING, vin=vin(3))
        await turn(rig, tower, "manual")
        await turn(rig, tower, "auto")
        with pytest.raises(CannotObey) as refused:
            tower.confirm_bay("L1.B0203", None, by="li")
        assert refused.value.reason == "in_motion"
        (walk,) = tower.reconciliation()
        for row in walk.rows:
            if row.place not in ("L1.B0203", under_way.place):
                tower.confirm_bay(row.place, row.vin, by="li")
        tower.finish_reconciliation("L1", by="li")
        station = await visit
        assert rig.state()["moves_done"] == moves + 1
        await leave(rig, tower, 3, station)


async def test_one_lifts_walk_keeps_no_other_held(rig: Rig) -> None:
    async with running(rig) as tower:
        await turn(rig, tower, "manual")
        tower._floor.lifts["L2"].halt("something lies there", "L2.B0302")
        await tower.resolve_hold(operator="li")
        assert [one.held is None for one in tower.books().lifts] == [False, True]
        with pytest.raises(CannotObey) as refused:
            await tower.resolve_hold(operator="li")
        assert (refused.value.reason, refused.value.look_at) == ("not_auto", "L1")
        await turn(rig, tower, "auto")
        await walk_through(rig, tower, "L1")


async def test_a_walk_survives_the_end_of_the_controller(rig: Rig) -> None:
    tower = make_tower(rig)
    await tower.start()
    await tower.until_true(lambda: tower.ready)
    await turn(rig, tower, "manual")
    await turn(rig, tower, "auto")
    await tower.until_true(lambda: len(tower.reconciliation()) == 1)
    await turn(rig, tower, "auto")
    tower.confirm_bay("L1.B0301", vin(4), by="li")
    await tower.stop()
    again = make_tower(rig)
    await again.start()
    try:
        await again.until(EventKind.HELD)
        (walk,) = again.reconciliation()
        assert [row.place for row in walk.rows if row.state is RowState.CONFIRMED] == ["L1.B0301"]
        await walk_through(rig, again, "L1")
        assert [one.mode for one in again.books().lifts] == [LiftMode.AUTO, LiftMode.AUTO]
    finally:
        await again.stop()


async def test_a_stuck_sensor_asks_for_what_differs_only(rig: Rig) -> None:
    tower = make_tower(rig)
    rig.fault("sensor_stuck", "L1.B0301", value=False)
    await tower.start()
    try:
        held = await tower.until(EventKind.HELD)
        assert held.place == "L1.B0301"
        (walk,) = tower.reconciliation()
        assert not walk.every
        assert [row.place for row in walk.rows if row.state is RowState.DIFFERS] == ["L1.B0301"]
        with pytest.raises(CannotObey, match="should be here"):
            await tower.resolve_hold(operator="li")
        rig.fault("sensor_stuck", "L1.B0301", value=False, there=False)
        await tower.until_true(
            lambda: (
                tower.reconciliation()[0].rows[0] is not None
                and not any(row.state is RowState.DIFFERS for row in tower.reconciliation()[0].rows)
            )
        )
        await tower.resolve_hold(operator="li")
        await tower.until_true(lambda: tower.ready)
        assert tower.reconciliation() == []
    finally:
        await tower.stop()
