"""Collections and returns with the real PLC twin over OPC UA."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from autosilo.site.control import (
    CannotAdmit,
    CannotFetch,
    CannotHandOver,
    CannotObey,
    CannotResolve,
    CannotTakeIn,
    EventKind,
)
from autosilo.tower.geometry import Role
from twin.plc.rig import Rig, car, vin
from twin.plc.watched import WITHIN_S, Watched, make_tower

CARS = {f"L1.B0{floor}0{column}": floor * 10 + column for floor in (2, 3) for column in (1, 2, 3)}
CARS |= {f"L2.B0{floor}0{column}": 100 + floor * 10 + column for floor in (2, 3) for column in (1, 2, 3)}
SHORT_PATIENCE_S = 1.0
FAST = 40.0


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("visits"), CARS, lifts=("L1", "L2"), pace=FAST)
    rig.start_plc()
    yield rig
    state = rig.state()
    rig.close()
    assert state["violations"] == {}


@pytest.fixture
async def tower(rig: Rig) -> AsyncIterator[Watched]:
    tower = make_tower(rig)
    await tower.start()
    yield tower
    assert tower.inventory() == rig.state()["places"]
    await tower.stop()


async def drive_out(rig: Rig, tower: Watched, number: int) -> str:
    async with asyncio.timeout(WITHIN_S):
        result = await tower.fetch(job_key=f"trial-{number}", vin=vin(number))
        assert rig.world("/depart", {"station": result.station, "vin": vin(number)})[0] == 200
        await tower.hand_over(job_key=f"trial-{number}", vin=vin(number))
    return result.station


async def drive_in(rig: Rig, tower: Watched, number: int, **changes: Any) -> str:
    """Admit and let the car drive in; the caller takes it in."""
    async with asyncio.timeout(WITHIN_S):
        admitted = await tower.admit(job_key=f"trial-{number}", vin=vin(number), plate=car(number)["plate"])
        assert rig.world("/arrive", {"station": admitted.station, **car(number, **changes)})[0] == 200
    return admitted.station


async def test_a_car_goes_out_and_comes_back(rig: Rig, tower: Watched) -> None:
    await tower.until_true(lambda: tower.ready)
    free = tower.free_bays()
    told = tower.eta(vin(21))
    assert told is not None
    assert 0 <= told.low_s <= told.likely_s < 10
    assert told.likely_s < told.high_s
    station = await drive_out(rig, tower, 21)
    assert tower.place_of(vin(21)) is None
    assert tower.free_bays() == free + 1
    await drive_in(rig, tower, 21)
    result = await tower.take_in(job_key="trial-21", vin=vin(21))
    assert result.refused is None
    assert tower.place_of(vin(21)) == result.bay
    assert tower.free_bays() == free
    kinds = [event.kind for event in tower.seen if event.job_key == "trial-21"]
    assert kinds == [
        EventKind.FETCHING,
        EventKind.MOVING,
        EventKind.AT_GATE,
        EventKind.GATE_OPEN,
        EventKind.LEFT,
        EventKind.HANDED_OVER,
        EventKind.GATE_OPEN,
        EventKind.ARRIVED,
        EventKind.STORING,
        EventKind.MOVING,
        EventKind.STORED,
    ]
    assert {one.gate for one in tower.snapshot().stations} == {"shut"}
    assert station.startswith("L1.D")


async def test_calling_again_joins_and_moves_nothing_twice(rig: Rig, tower: Watched) -> None:
    moves = rig.state()["moves_done"]
    calls = [asyncio.create_task(tower.fetch(job_key="trial-22", vin=vin(22))) for _ in range(3)]
    first, *others = await asyncio.gather(*calls)
    assert others == [first, first]
    assert rig.world("/depart", {"station": first.station, "vin": vin(22)})[0] == 200
    await asyncio.gather(*(tower.hand_over(job_key="trial-22", vin=vin(22)) for _ in range(3)))
    again = await tower.fetch(job_key="trial-22", vin=vin(22))
    assert (again.station, again.done) == (first.station, True)
    await tower.hand_over(job_key="trial-22", vin=vin(22))
    assert rig.state()["moves_done"] == moves + 1


async def test_one_lift_serves_one_after_another_and_two_lifts_in_parallel(rig: Rig, tower: Watched) -> None:
    visits = [asyncio.create_task(drive_out(rig, tower, number)) for number in (23, 31, 121, 122)]
    async with asyncio.timeout(60):
        stations = await asyncio.gather(*visits)
    assert [station[:2] for station in stations] == ["L1", "L1", "L2", "L2"]
    steps = [(event.kind, event.job_key) for event in tower.seen if event.job_key]
    fetching = [key for kind, key in steps if kind is EventKind.FETCHING]
    first = {key in ("trial-23", "trial-31") for key in fetching[:2]}
    assert first == {True, False}, "the second lift did not wait for the first"
    for lift in (("trial-23", "trial-31"), ("trial-121", "trial-122")):
        one, other = sorted(lift, key=fetching.index)
        done, begun = steps.index((EventKind.HANDED_OVER, one)), steps.index((EventKind.FETCHING, other))
        assert done < begun, "an open gate without a shutter locks its lift"


async def test_the_picture_moves(rig: Rig, tower: Watched) -> None:
    visit = asyncio.create_task(drive_out(rig, tower, 32))
    frames = []
    while not visit.done():
        frames.append(tower.snapshot())
        await asyncio.sleep(0.05)
    await visit
    lifts = [frame.lifts[0] for frame in frames]
    assert {"moving", "transferring", "idle"} <= {lift.state for lift in lifts}
    assert len({lift.floor for lift in lifts}) > 3
    for frame in frames:
        standing = [one for one in frame.bays.values() if one] + [one.car for one in frame.stations if one.car]
        carried = [lift.car for lift in frame.lifts if lift.car]
        assert (standing + carried).count(vin(32)) <= 1, "never in two places"
    assert vin(32) in [lift.car for lift in lifts]


async def test_what_cannot_be_is_said(rig: Rig, tower: Watched) -> None:
    with pytest.raises(CannotFetch, match="not_here"):
        await tower.fetch(job_key="x", vin=vin(999))
    with pytest.raises(CannotFetch, match="not_here"):
        tower.eta(vin(999))
    with pytest.raises(CannotHandOver, match="not_fetched"):
        await tower.hand_over(job_key="x", vin=vin(33))
    with pytest.raises(CannotAdmit, match="already_here"):
        await tower.admit(job_key="x", vin=vin(33), plate="A")
    with pytest.raises(CannotTakeIn, match="not_admitted"):
        await tower.take_in(job_key="x", vin=vin(33))


async def test_the_wrong_car_is_sent_away_and_the_right_one_taken_in(rig: Rig, tower: Watched) -> None:
    """Car 22 is out (see above); somebody else's car drives in instead."""
    plate = car(22)["plate"]
    station = (await tower.admit(job_key="back-22", vin=vin(22), plate=plate)).station
    assert rig.world("/arrive", {"station": station, **car(777)})[0] == 200
    assert (await tower.take_in(job_key="back-22", vin=vin(22))).refused == "wrong_car"
    assert rig.world("/depart", {"station": station, "vin": vin(777)})[0] == 200
    await tower.until_true(lambda: not tower._floor.journal.open_jobs())
    again = await tower.admit(job_key="back-22", vin=vin(22), plate=plate)
    assert rig.world("/arrive", {"station": again.station, **car(22)})[0] == 200
    result = await tower.take_in(job_key="back-22", vin=vin(22))
    assert (result.refused, tower.place_of(vin(22))) == (None, result.bay)


async def test_a_plugged_in_car_is_taken_in_once_it_is_unplugged(rig: Rig, tower: Watched) -> None:
    """Car 23 is out."""
    station = await drive_in(rig, tower, 23, plugged=True)
    assert (await tower.take_in(job_key="trial-23", vin=vin(23))).refused == "plugged_in"
    assert rig.world("/unplug", {"station": station})[0] == 200
    await tower.until(EventKind.STORED, job_key="trial-23")
    assert (await tower.take_in(job_key="trial-23", vin=vin(23))).bay == tower.place_of(vin(23))


async def test_a_heavy_car_goes_to_the_floor_that_carries_it(rig: Rig, tower: Watched) -> None:
    """Car 31 is out, and comes back with a load."""
    await drive_in(rig, tower, 31, mass_kg=2900)
    bay = (await tower.take_in(job_key="trial-31", vin=vin(31))).bay
    assert bay is not None
    assert bay[3:6] == "B01"


async def test_an_emergency_stop_holds_until_an_operator_releases(rig: Rig, tower: Watched) -> None:
    fetch = asyncio.create_task(tower.fetch(job_key="trial-131", vin=vin(131)))
    await tower.until(EventKind.MOVING, job_key="trial-131")
    rig.fault("emergency_stop", "L2")
    held = await tower.until(EventKind.HELD)
    assert held.detail == "emergency stop"
    assert tower.held is not None
    assert {lift.lift: lift.state for lift in tower.snapshot().lifts}["L2"] == "held"
    with pytest.raises(CannotResolve, match="emergency stop"):
        await tower.resolve_hold(operator="op")
    rig.fault("emergency_stop", "L2", there=False)
    await tower.until_true(lambda: not tower._floor.lifts["L2"].status.emergency)  # type: ignore[union-attr]
    await tower.resolve_hold(operator="op")
    station = (await asyncio.wait_for(fetch, WITHIN_S)).station
    assert tower.held is None
    assert rig.world("/depart", {"station": station, "vin": vin(131)})[0] == 200
    await tower.hand_over(job_key="trial-131", vin=vin(131))


async def test_a_person_in_the_zone_only_delays_the_start(rig: Rig, tower: Watched) -> None:
    rig.fault("person", "L2")
    fetch = asyncio.create_task(tower.fetch(job_key="trial-132", vin=vin(132)))
    await tower.until(EventKind.FETCHING, job_key="trial-132")
    await asyncio.sleep(1.0)
    assert tower.place_of(vin(132)) == "L2.B0302"
    assert tower.held is None
    rig.fault("person", "L2", there=False)
    station = (await asyncio.wait_for(fetch, WITHIN_S)).station
    assert rig.world("/depart", {"station": station, "vin": vin(132)})[0] == 200
    await tower.hand_over(job_key="trial-132", vin=vin(132))


async def test_a_blocked_gate_is_tried_again(rig: Rig, tower: Watched) -> None:
    station = (await tower.fetch(job_key="trial-133", vin=vin(133))).station
    assert rig.world("/depart", {"station": station, "vin": vin(133)})[0] == 200
    await tower.until(EventKind.LEFT, job_key="trial-133")
    rig.fault("gate_blocked", station)
    await asyncio.sleep(1.5)
    assert rig.state()["stations"][station]["gate"] != "SHUT"
    rig.fault("gate_blocked", station, there=False)
    await asyncio.wait_for(tower.hand_over(job_key="trial-133", vin=vin(133)), WITHIN_S)
    assert rig.state()["stations"][station]["gate"] == "SHUT"
    assert tower.held is None


async def test_the_key_switch_suspends_until_every_bay_was_confirmed(rig: Rig, tower: Watched) -> None:
    await tower.until_true(lambda: tower.ready)
    rig.mode("manual", "L2")
    await tower.until(EventKind.HELD)
    with pytest.raises(CannotObey, match="not on Auto"):
        await tower.resolve_hold(operator="op")
    rig.mode("auto", "L2")
    await tower.until(EventKind.HELD, detail="the key switch was turned: every bay must be confirmed")
    with pytest.raises(CannotResolve) as refused:
        await tower.resolve_hold(operator="op")
    assert refused.value.reason == "not_confirmed", "turning the key back is not enough"
    (walk,) = tower.reconciliation()
    assert (walk.lift, walk.every) == ("L2", True)
    with pytest.raises(CannotObey) as unconfirmed:
        tower.finish_reconciliation("L2", by="op")
    assert (unconfirmed.value.reason, unconfirmed.value.look_at) == ("not_confirmed", walk.rows[0].place)
    for row in walk.rows:
        tower.confirm_bay(row.place, row.vin, by="op")
    assert {row.state for row in tower.reconciliation()[0].rows} == {"confirmed"}
    tower.finish_reconciliation("L2", by="op")
    await tower.until_true(lambda: tower.ready)
    assert tower.reconciliation() == []


def short(tmp_path: Path, cars: dict[str, int]) -> Rig:
    rig = Rig(tmp_path, cars, patience=SHORT_PATIENCE_S, pace=FAST)
    rig.start_plc()
    return rig


async def test_impatience(tmp_path: Path) -> None:
    """A car that nobody takes is stored again; an intake to which nobody comes is shut; both may begin anew."""
    rig = short(tmp_path, {"L1.B0201": 1})
    tower = make_tower(rig)
    await tower.start()
    try:
        await tower.fetch(job_key="k", vin=vin(1))
        with pytest.raises(CannotHandOver, match="abandoned"):
            await tower.hand_over(job_key="k", vin=vin(1))
        assert (tower.place_of(vin(1)) or "").startswith("L1.B")
        await drive_out_now(rig, tower, "k")
        await tower.admit(job_key="k", vin=vin(1), plate=car(1)["plate"])
        assert (await tower.take_in(job_key="k", vin=vin(1))).refused == "timed_out"
        await tower.until_true(lambda: not tower._floor.journal.open_jobs())
        assert rig.state()["stations"]["L1.I1"]["gate"] == "SHUT"
        admitted = await tower.admit(job_key="k", vin=vin(1), plate=car(1)["plate"])
        assert rig.world("/arrive", {"station": admitted.station, **car(1)})[0] == 200
        assert (await tower.take_in(job_key="k", vin=vin(1))).bay == tower.place_of(vin(1))
        assert rig.state()["violations"] == {}
    finally:
        await tower.stop()
        rig.close()


async def test_a_car_that_no_bay_takes_waits_and_a_person_is_told(tmp_path: Path) -> None:
    rig = short(tmp_path, {"L1.B0201": 1})
    tower = make_tower(rig)
    await tower.start()
    try:
        await tower.until_true(lambda: tower.ready)
        bays = [place.name for place in tower._floor.lifts["L1"].places.values() if place.role is Role.BAY]
        fetched = await tower.fetch(job_key="k", vin=vin(1))
        for bay in bays:
            tower.block_bay(bay, reason="paint", by="li")
        held = await tower.until(EventKind.HELD)
        assert (held.place, held.detail) == (fetched.station, "no free bay takes the car in this station")
        tower.unblock_bay(bays[5], by="li")
        await tower.until(EventKind.STORED, job_key="k", detail="abandoned")
        assert tower.place_of(vin(1)) == bays[5]
        await tower.until_true(lambda: tower.held is None)
    finally:
        await tower.stop()
        rig.close()


async def test_who_stays_before_a_gate_is_told_of(tmp_path: Path) -> None:
    """A zone that is not left, a refused car that does not leave: a person is called, again and again."""
    rig = Rig(tmp_path, {"L1.B0201": 1}, dwell=0.4, pace=FAST)
    rig.start_plc()
    tower = make_tower(rig)
    await tower.start()
    try:
        station = (await tower.fetch(job_key="k", vin=vin(1))).station
        rig.fault("person", station)
        assert rig.world("/depart", {"station": station, "vin": vin(1)})[0] == 200
        await tower.until_true(lambda: [event.kind for event in tower.seen].count(EventKind.DWELLING) >= 2)
        told = await tower.until(EventKind.DWELLING)
        assert (told.job_key, told.place, told.detail) == ("k", station, "zone_not_clear")
        rig.fault("person", station, there=False)
        await tower.hand_over(job_key="k", vin=vin(1))
        tower.seen.clear()
        station = await drive_in_now(rig, tower, plugged=True)
        assert (await tower.take_in(job_key="k", vin=vin(1))).refused == "plugged_in"
        told = await tower.until(EventKind.DWELLING)
        assert (told.place, told.detail) == (station, "car_stays")
        assert rig.world("/depart", {"station": station, "vin": vin(1)})[0] == 200
        await tower.until_true(lambda: not tower._floor.journal.open_jobs())
        tower.seen.clear()
        await asyncio.sleep(0.6)
        assert tower.seen == []
    finally:
        await tower.stop()
        rig.close()


async def drive_in_now(rig: Rig, tower: Watched, **changes: Any) -> str:
    station = (await tower.admit(job_key="k", vin=vin(1), plate=car(1)["plate"])).station
    assert rig.world("/arrive", {"station": station, **car(1, **changes)})[0] == 200
    return station


async def drive_out_now(rig: Rig, tower: Watched, key: str) -> None:
    station = (await tower.fetch(job_key=key, vin=vin(1))).station
    assert rig.world("/depart", {"station": station, "vin": vin(1)})[0] == 200
    await tower.hand_over(job_key=key, vin=vin(1))


async def test_a_tower_that_disagrees_with_its_sensors_is_held_and_says_where(tmp_path: Path) -> None:
    rig = Rig(tmp_path, {"L1.B0201": 1, "L1.B0202": 2})
    (rig.home / "sites/testtown/commissioning.json").write_text(f'{{"L1.B0201": "{vin(1)}", "L1.B0303": "{vin(3)}"}}')
    rig.start_plc()
    tower = make_tower(rig)
    await tower.start()
    try:
        held = await tower.until(EventKind.HELD)
        assert held.place == "L1.B0202"
        assert "should be empty" in (held.detail or "")
        assert "1 more" in (held.detail or "")
        with pytest.raises(CannotResolve, match=r"L1\.B0202"):
            await tower.resolve_hold(operator="op")
        assert rig.state()["moves_done"] == 0
    finally:
        await tower.stop()
        rig.close()


async def test_a_commissioning_file_with_an_unknown_place_is_refused(tmp_path: Path) -> None:
    rig = Rig(tmp_path, {})
    (rig.home / "sites/testtown/commissioning.json").write_text('{"L1.B9999": "V"}')
    with pytest.raises(ValueError, match=r"commissioning\.json: no such place: L1\.B9999"):
        await make_tower(rig).start()
    rig.close()
