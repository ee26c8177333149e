"""A real PLC whose clock differs, and one that is at a job of a journal that is gone."""

import asyncio
from collections.abc import Iterator

import pytest

from autosilo.site.control import EventKind
from autosilo.wire.books import RowState
from twin.plc.rig import Rig, vin
from twin.plc.watched import fetch, leave, make_tower, running

CARS = {"L1.B0201": 1, "L1.B0202": 2}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("strangers"), CARS, pace=40.0, shutter_s=4.0, dwell=20)
    rig.start_plc()
    yield rig
    state = rig.state()
    rig.close()
    assert state["violations"] == {}


async def test_a_plc_whose_clock_differs_is_shown_and_serves_as_soon_as_it_is_set(rig: Rig) -> None:
    async with running(rig) as tower:
        rig.fault("clock_wrong", "plc", seconds=60.0)
        visit = asyncio.create_task(fetch(tower, 1))
        held = await tower.until(EventKind.HELD)
        assert "the clocks of PLC and controller differ" in (held.detail or "")
        rig.fault("clock_wrong", "plc", seconds=0.0, there=False)
        station = await visit
        assert tower.held is None
        await leave(rig, tower, 1, station)


async def test_a_job_of_a_journal_that_is_gone_is_let_go_on_and_the_books_follow(rig: Rig) -> None:
    tower = make_tower(rig)
    await tower.start()
    await tower.until_true(lambda: tower.ready)
    visit = asyncio.create_task(fetch(tower, 2))
    under_way = await tower.until(EventKind.MOVING, vin=vin(2))
    await tower.until_true(lambda: bool(tower.snapshot().lifts[0].car))
    rig.kill_plc()
    visit.cancel()
    await tower.stop()
    for path in (rig.home / "sites" / rig.site.slug).glob("journal.db*"):
        path.unlink()
    rig.start_plc()
    tower = make_tower(rig)
    await tower.start()
    try:
        held = await tower.until(EventKind.HELD)
        assert "the journal does not know" in (held.detail or "")
        assert held.place == under_way.place
        await tower.resolve_hold(operator="li")
        await tower.until_true(lambda: bool(tower.reconciliation()))
        places = rig.state()["places"]
        assert places == {under_way.place: vin(2)}, "the job went on to its end"
        for row in tower.reconciliation()[0].rows:
            if row.state is RowState.DIFFERS:
                tower.confirm_bay(row.place, places.get(row.place), by="li")
        tower.finish_reconciliation("L1", by="li")
        await tower.until_true(lambda: tower.ready)
        assert tower.inventory() == places
    finally:
        await tower.stop()
