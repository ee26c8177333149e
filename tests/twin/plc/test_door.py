"""The world's door over HTTP, and a real process that is killed and loses its power while a car is on its way."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
from asyncua import ua

from autosilo.wire import mailbox
from autosilo.wire.mailbox import Command, Fault, JobState, Kind, Mode, Reject, UnitState
from twin.plc.raw import RawController
from twin.plc.rig import Rig, car, vin
from twin.plc.test_chance import places_by_ledger

STEPS = ["take_open", "put"]
CARS = {"L1.I1": 1, "L1.B0201": 2}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("door"), CARS, shutter_s=4.0)
    rig.start_plc()
    yield rig
    assert rig.state()["violations"] == {}
    rig.close()


@pytest.fixture
async def raw(rig: Rig) -> AsyncIterator[RawController]:
    async with RawController(rig) as raw:
        yield raw


def place_of(rig: Rig, one: str) -> str:
    return next(place for place, car in rig.state()["places"].items() if car == one)


@pytest.mark.parametrize("step", STEPS)  # of the others, and without a process: test_faults
async def test_the_power_goes_at_the_wanted_moment(rig: Rig, step: str) -> None:
    src = place_of(rig, vin(1))
    dst = "L1.D1" if src != "L1.D1" else "L1.I1"
    async with RawController(rig) as raw:
        assert await raw.say(Kind.PARK, dst="L1.B0403") is Reject.NONE  # away, so that each step takes its time
        await raw.done()
        power_ons = rig.happened("power_on")
        assert rig.world("/power", {"off_s": 0.1, "at": {"unit": "L1", "step": step, "after_s": 0.02}})[0] == 200
        await raw.client.send("L1", raw.command(Kind.MOVE, src, dst))
        key = raw.key()
        await asyncio.to_thread(rig.wait_for_power, power_ons)
    job = rig.state()["lifts"]["L1"]["job"]
    assert (job["step"], job["state"], job["fault"]) == (step, "INTERRUPTED", "POWER_LOSS")
    async with RawController(rig) as raw:
        status = await raw.status()
        assert (status.current, status.state, status.fault) == (key, UnitState.SUSPENDED, Fault.POWER_LOSS)
        assert await raw.say(Kind.RESUME) is Reject.NONE
        assert (await raw.done(key=key)).outcome == (JobState.ENDED, Fault.NONE)
    assert place_of(rig, vin(1)) == dst


@pytest.mark.slow
async def test_kills_at_any_moment_move_no_car_twice(rig: Rig) -> None:
    chance = random.Random(7)
    for _ in range(4):
        async with RawController(rig) as raw:
            if (await raw.status()).current != (0, 0):
                assert await raw.say(Kind.RESUME) is Reject.NONE
                await raw.until(lambda status: status.current == (0, 0))
            src = place_of(rig, vin(2))
            dst = "L1.B0201" if src != "L1.B0201" else "L1.D2"
            assert await raw.say(Kind.MOVE, src, dst) is Reject.NONE
        time.sleep(chance.uniform(0, 2.5))
        rig.kill_plc()
        rig.start_plc()
    async with RawController(rig) as raw:
        if (await raw.status()).current != (0, 0):
            assert await raw.say(Kind.RESUME) is Reject.NONE
            await raw.until(lambda status: status.current == (0, 0))
    told, loads = places_by_ledger(rig.ledger(), {place: vin(number) for place, number in CARS.items()})
    assert (told, loads) == (rig.state()["places"], {})
    events = rig.ledger()
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))
    ran = [(e["unit"], e["epoch"], e["seq"]) for e in events if e["event"] == "began"]
    assert len(ran) == len(set(ran))
    for kind in ("took", "put"):
        moved = [(e["unit"], e["epoch"], e["seq"]) for e in events if e["event"] == kind]
        assert len(moved) == len(set(moved))


async def test_a_command_that_is_written_field_by_field_is_begun_once_it_is_whole(raw: RawController) -> None:
    command = raw.command(Kind.PARK, dst="L1.B0102")
    assert await raw.say(Kind.PARK, dst="L1.B0401") is Reject.NONE
    await raw.done()
    command = raw.command(Kind.PARK, dst="L1.B0102")
    for field, value in command.fields().items():
        await raw.client.write({mailbox.node("L1", "Command", field): value})
        time.sleep(0.04)
    seen = await raw.until(lambda status: status.last_done == raw.key())
    assert seen.reject is Reject.NONE


@pytest.mark.parametrize(
    ("field", "variant"),
    [
        ("Seq", ua.Variant("7", ua.VariantType.String)),
        ("Seq", ua.Variant(7, ua.VariantType.Int64)),
        ("Seq", ua.Variant(None, ua.VariantType.Null)),
        ("Src", ua.Variant(None, ua.VariantType.String)),
        ("Src", ua.Variant("x" * 100_000, ua.VariantType.String)),
        ("Kind", ua.Variant([1, 2], ua.VariantType.UInt32)),
        ("Deadline", ua.Variant(2**32 - 1, ua.VariantType.UInt32)),
    ],
)
async def test_what_is_written_badly_does_not_stop_the_plc(
    rig: Rig, raw: RawController, field: str, variant: ua.Variant
) -> None:
    with suppress(ua.UaError):  # refused at the door: as good
        await raw.client.write_variant(mailbox.node("L1", "Command", field), variant)
    scans = scans_of(rig)
    assert await raw.say(Kind.SYNC) is Reject.NONE
    assert scans_of(rig) > scans


def scans_of(rig: Rig) -> int:
    return int(rig.metrics()["autosilo_twin_plc_scans_total"])


def test_the_door_checks_what_it_is_told(rig: Rig) -> None:
    assert rig.world("/fault", {"kind": "person", "at": "L7"}) == (400, {"error": "no_such_place"})
    assert rig.world("/fault", {"kind": "earthquake", "at": "L1"})[0] == 400
    assert rig.world("/fault", {"kind": "engine_on", "at": "L1.B0303"}) == (400, {"error": "no_car_there"})
    assert rig.world("/mode", {"lift": "L7", "mode": "auto"}) == (409, {"error": "no_such_lift"})
    assert rig.world("/mode", {"lift": "L1", "mode": "fast"})[0] == 400
    assert rig.world("/abandon", {"unit": "L7"}) == (409, {"error": "no_such_unit"})
    assert rig.world("/carry", {"vin": vin(1), "to": None}) == (409, {"error": "lift_in_auto"})
    assert rig.world("/power", {"off_s": -1})[0] == 400
    assert rig.world("/power", {"at": {"unit": "L7", "step": "take"}}) == (409, {"error": "no_such_unit"})
    assert rig.world("/ledger?after=x")[0] == 400
    assert rig.world("/depart", {"station": "L7.D1", "vin": vin(1)}) == (409, {"error": "no_such_station"})
    assert rig.world("/arrive", {"station": "L1.I1", **car(60, mass_kg=0)})[0] == 400


def test_faults_are_listed_and_taken_away(rig: Rig) -> None:
    rig.fault("sensor_stuck", "L1.B0303", value=True)
    rig.fault("mail_delayed", "L1", seconds=2)
    try:
        assert rig.state()["faults"] == [
            {"kind": "sensor_stuck", "at": "L1.B0303", "value": True},
            {"kind": "mail_delayed", "at": "L1", "seconds": 2.0},
        ]
        rig.fault("mail_delayed", "L1", there=False)
        assert [fault["kind"] for fault in rig.state()["faults"]] == ["sensor_stuck"]
    finally:
        assert rig.world("/faults/clear", {})[0] == 200
    assert rig.state()["faults"] == []


async def test_a_technician_s_work_is_seen_in_the_mailbox(rig: Rig, raw: RawController) -> None:
    where = place_of(rig, vin(2))
    rig.mode("manual")
    try:
        seen = await raw.until(lambda status: status.raw["Mode"] == Mode.MANUAL)
        assert (seen.state, seen.raw["OperationMode"], seen.raw["ItemState"]) == (
            UnitState.STOPPED,
            "Setup",
            "NotExecuting",
        )
        station = await raw.status("L1.D1")
        assert (station.raw["Mode"], station.raw["OperationMode"]) == (Mode.MANUAL, "Setup")
        assert rig.world("/carry", {"vin": vin(2), "to": "L1.B0302"})[0] == 200
        while (seen := await occupied(raw)) != {"L1.B0302", place_of(rig, vin(1))}:
            assert where in seen, "nothing else has happened"
        rig.mode("service")
        seen = await raw.until(lambda status: status.raw["Mode"] == Mode.SERVICE)
        assert (seen.raw["OperationMode"], seen.raw["ItemState"]) == ("Maintenance", "OutOfService")
    finally:
        assert rig.world("/carry", {"vin": vin(2), "to": where})[0] == 200
        rig.mode("auto")


async def occupied(raw: RawController) -> set[str]:
    """Places in which the lift's sensors see a car."""
    safety = await raw.client.group("L1", "Safety")
    pairs = zip(safety["Places"].split(","), safety["Occupancy"], strict=True)
    return {place for place, one in pairs if one == "1"}


async def test_a_late_answer_comes(rig: Rig, raw: RawController) -> None:
    assert await raw.say(Kind.SYNC) is Reject.NONE
    rig.fault("answer_late", "L1", seconds=1.0)
    command: Command = raw.command(Kind.SYNC)
    start = time.monotonic()
    beats = (await raw.client.group("L1", "Heartbeat"))["Plc"]
    assert await raw.send(command) is Reject.NONE
    assert time.monotonic() - start > 0.7
    assert (await raw.client.group("L1", "Heartbeat"))["Plc"] != beats


async def test_a_key_that_is_turned_without_power_is_found_at_power_on(rig: Rig) -> None:
    before = rig.state()["lifts"]["L1"]["mode_changes"]
    power_ons = rig.happened("power_on")
    assert rig.world("/power", {"off_s": 1.0})[0] == 200
    while rig.happened("power_on") != -1:
        await asyncio.sleep(0.01)
    assert rig.world("/mode", {"lift": "L7", "mode": "manual"}) == (409, {"error": "no_such_lift"})
    rig.mode("manual")
    await asyncio.to_thread(rig.wait_for_power, power_ons)
    try:
        lift = rig.state()["lifts"]["L1"]
        assert (lift["mode"], lift["mode_changes"]) == ("MANUAL", before + 1)
    finally:
        rig.mode("auto")
