import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from autosilo.site.beat import MOVING_S, Beat, rest_s
from autosilo.site.control.holding import Hold
from autosilo.site.control.types import EventKind
from autosilo.wire.books import LiftMode
from autosilo.wire.live import LiveLift, TowerLive

VIN = "LSVAA4187E2123456"


@pytest.fixture
async def shown() -> list[TowerLive]:
    return []


@pytest.fixture
async def beat(box, shown) -> AsyncIterator[Beat]:
    async def show(frame: TowerLive) -> None:
        shown.append(frame)

    one = Beat(
        site="shanghai",
        tower=box.tower,
        outbox=box.outbox,
        visits=box.visits,
        cars=box.cars,
        clock=box.clock,
        show=show,
    )
    box.tower.subscribe(one.on_tower)
    task = asyncio.create_task(one.run())
    yield one
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_inventory_is_reported_at_the_start_and_on_change(box, beat, soon) -> None:
    await soon(lambda: sorted(box.kinds()) == ["inventory_reported", "tower_books"])
    (report,) = [fact for fact in box.facts() if fact.kind == "inventory_reported"]
    assert [(car.vin, car.place) for car in report.cars] == [(VIN, "L1.B0102")]
    assert report.free_bays == 2
    box.tower.cars = {"L1.B0103": VIN}
    await soon(lambda: box.facts() and getattr(box.facts()[-1], "cars", report.cars)[0].place == "L1.B0103")


async def test_the_towers_books_are_told_at_the_start_and_on_change(box, beat, soon) -> None:
    await soon(lambda: "tower_books" in box.kinds())
    box.tower.mode = LiftMode.MANUAL
    await soon(lambda: [fact.lifts[0].mode for fact in box.facts() if fact.kind == "tower_books"] == ["manual"])


async def test_who_is_expected_for_a_car_that_is_shut_in_is_told_of(box, beat) -> None:
    mine, other = box.expect().trial, box.expect(vin="LSVAA4187E2000002", pass_digest="0" * 64).trial
    box.tower.tell(EventKind.SHUT_IN, vin=VIN, place="L1.B0102", detail="lift L1 is out of service: rope")
    (help_wanted,) = [fact for fact in box.facts() if fact.kind == "help_wanted"]
    assert (help_wanted.trial, help_wanted.reason, help_wanted.look_at) == (mine, "car_shut_in", "L1.B0102")
    assert mine != other


async def test_a_still_tower_is_shown_once_a_second_and_a_moving_one_five_times(box, beat, shown) -> None:
    await asyncio.sleep(1.3)
    assert 1 <= len(shown) <= 3
    shown.clear()
    began = time.monotonic()
    for step in range(50):
        box.tower.lift = LiveLift(lift="L1", floor=step / 10, column=1, car=None, state="moving")
        await asyncio.sleep(0.025)
    assert 4 <= len(shown) <= (time.monotonic() - began) / MOVING_S + 2


def test_a_frame_that_takes_time_to_send_delays_no_other() -> None:
    assert MOVING_S < 0.2, "five a second at least"
    assert rest_s(10.0, 10.0) == pytest.approx(MOVING_S)
    assert rest_s(10.0, 10.15) == pytest.approx(MOVING_S - 0.15)
    assert rest_s(10.0, 11.0) == 0


async def test_what_locks_a_lift_without_an_end_calls_a_person(box, beat) -> None:
    trial = box.expect().trial
    box.tower.tell(EventKind.DWELLING, job_key=f"{trial}:return", place="L1.I1", detail="car_stays")
    call = next(fact for fact in box.facts() if fact.kind == "help_wanted")
    assert (call.reason, call.look_at, call.trial) == ("car_stays", "L1.I1", trial)


async def test_a_hold_and_its_release_are_facts(box, beat) -> None:
    box.tower.tell(EventKind.HELD, place="L1.B0312", detail="a sensor disagrees")
    box.tower.tell(EventKind.RELEASED, detail="wang")
    held, released = (fact for fact in box.facts() if fact.kind in ("tower_held", "tower_released"))
    assert (held.reason, held.look_at) == ("a sensor disagrees", "L1.B0312")
    assert released.by == "wang"


async def test_when_one_part_goes_on_the_hold_of_another_is_told(box, beat) -> None:
    box.tower.hold = Hold("drive fault", "L2")
    box.tower.tell(EventKind.RELEASED, detail="wang")
    told = [fact for fact in box.facts() if fact.kind in ("tower_held", "tower_released")]
    assert [(one.kind, one.reason, one.look_at) for one in told] == [("tower_held", "drive fault", "L2")]
