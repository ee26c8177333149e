"""What the PLC refuses, over the real mailbox, and that nothing moves when it does."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autosilo.wire.mailbox import WATCHDOG_S, Kind, Reject
from twin.plc.raw import RawController
from twin.plc.rig import Rig, car, vin


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("rejects"), {"L1.B0201": 1, "L1.B0202": 2})
    rig.start_plc()
    yield rig
    assert rig.state()["violations"] == {}
    rig.close()


@pytest.fixture
async def raw(rig: Rig) -> AsyncIterator[RawController]:
    async with RawController(rig) as raw:
        moves, places = rig.state()["moves_done"], rig.state()["places"]
        yield raw
        assert (rig.state()["moves_done"], rig.state()["places"]) == (moves, places), "something moved"


async def test_a_wrong_checksum(raw: RawController) -> None:
    command = raw.command(Kind.MOVE, "L1.B0201", "L1.D1")
    assert await raw.send(command, Crc=command.checksum() ^ 1) is Reject.BAD_CRC


async def test_a_seq_that_does_not_rise(raw: RawController) -> None:
    for _ in range(4):
        assert await raw.say(Kind.SYNC) is Reject.NONE
    assert await raw.send(raw.command(Kind.MOVE, "L1.B0201", "L1.D1", seq=raw.key()[1] - 3)) is Reject.OLD_SEQ
    assert await raw.send(raw.command(Kind.MOVE, "L1.B0201", "L1.D1", seq=raw.key()[1] - 1)) is Reject.OLD_SEQ


async def test_an_epoch_that_is_past(raw: RawController) -> None:
    raw.counters["L1"].epoch += 1
    assert await raw.say(Kind.SYNC) is Reject.NONE
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1", epoch=raw.key()[0] - 1) is Reject.OLD_EPOCH


async def test_a_deadline_that_has_passed(raw: RawController) -> None:
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1", deadline=int(time.time()) - 2) is Reject.EXPIRED


async def test_a_refused_seq_is_used_up(raw: RawController) -> None:
    command = raw.command(Kind.MOVE, "L1.B0201", "L1.D1", deadline=1)
    assert await raw.send(command) is Reject.EXPIRED
    await raw.client.send("L1", replace(command, deadline=int(time.time()) + 5))
    await raw.until(lambda status: status.reject is Reject.OLD_SEQ)


@pytest.mark.parametrize(
    ("kind", "src", "dst", "reject"),
    [
        (Kind.MOVE, "L1.B0303", "L1.D1", Reject.SOURCE_EMPTY),
        (Kind.MOVE, "L1.B0201", "L1.B0202", Reject.DESTINATION_TAKEN),
        (Kind.MOVE, "L1.B0201", "L1.B0909", Reject.UNKNOWN_PLACE),
        (Kind.MOVE, "L2.B0201", "L1.D1", Reject.UNKNOWN_PLACE),
        (Kind.MOVE, "L1.B0201", "L1.B0201", Reject.UNKNOWN_PLACE),
        (Kind.RESUME, "", "", Reject.NOTHING_TO_RESUME),
        (Kind.PARK, "", "L1.B0909", Reject.UNKNOWN_PLACE),
        (77, "L1.B0201", "L1.D1", Reject.UNKNOWN_KIND),
    ],
)
async def test_what_makes_no_sense(raw: RawController, kind: int, src: str, dst: str, reject: Reject) -> None:
    assert await raw.say(kind, src, dst) is reject


@pytest.mark.parametrize(
    ("unit", "kind", "reject"),
    [
        ("L1", Kind.OPEN_GATE, Reject.UNKNOWN_KIND),
        ("L1", Kind.SHUT_GATE, Reject.UNKNOWN_KIND),
        ("L1.D1", Kind.MOVE, Reject.UNKNOWN_KIND),
        ("L1.D1", Kind.PARK, Reject.UNKNOWN_KIND),
        ("L1.D1", Kind.OPEN_GATE, Reject.UNKNOWN_PLACE),
        ("L1.D1", Kind.RESUME, Reject.NOTHING_TO_RESUME),
    ],
)
async def test_what_is_another_unit_s_business(raw: RawController, unit: str, kind: int, reject: Reject) -> None:
    assert await raw.say(kind, "L1.D2", "L1.B0301", unit=unit) is reject


async def test_a_class_that_the_bay_does_not_cover(raw: RawController) -> None:
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.B0301", vehicle_class=2) is Reject.TOO_LARGE


@pytest.mark.parametrize(
    ("kind", "at", "reject"),
    [
        ("person", "L1", Reject.PERSON_IN_ZONE),
        ("person", "L1.D2", Reject.PERSON_IN_ZONE),
        ("emergency_stop", "L1", Reject.EMERGENCY_STOP),
        ("drive_fault", "L1", Reject.DRIVE_FAULT),
        ("gate_blocked", "L1.D1", Reject.ZONE_NOT_CLEAR),
        ("plugged", "L1.B0201", Reject.CHARGER_PLUGGED),
    ],
)
async def test_every_interlock(rig: Rig, raw: RawController, kind: str, at: str, reject: Reject) -> None:
    rig.fault(kind, at)
    try:
        assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1") is reject
    finally:
        rig.fault(kind, at, there=False)


async def test_manual_mode(rig: Rig, raw: RawController) -> None:
    rig.mode("manual")
    try:
        assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1") is Reject.NOT_AUTO
        assert await raw.say(Kind.OPEN_GATE, "L1.D1") is Reject.NOT_AUTO
    finally:
        rig.mode("auto")


async def test_nothing_moves_while_a_gate_is_open(raw: RawController) -> None:
    await raw.open_gate("L1.D2")
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1") is Reject.GATE_NOT_SHUT
    assert await raw.say(Kind.PARK, dst="L1.B0201") is Reject.GATE_NOT_SHUT
    await raw.shut_gate("L1.D2")


async def test_a_gate_with_somebody_in_it_opens_but_does_not_shut(rig: Rig, raw: RawController) -> None:
    rig.fault("person", "L1.D2")
    try:
        await raw.open_gate("L1.D2")  # or whoever was locked in stays so
        assert await raw.say(Kind.SHUT_GATE, "L1.D2") is Reject.ZONE_NOT_CLEAR
    finally:
        rig.fault("person", "L1.D2", there=False)
    await raw.shut_gate("L1.D2")


@pytest.mark.parametrize(
    ("number", "change", "reject"),
    [
        (50, {"plugged": True}, Reject.CHARGER_PLUGGED),
        (51, {"engine_running": True}, Reject.ENGINE_RUNNING),
        (52, {"length_mm": 5350}, Reject.TOO_LARGE),
        (53, {"mass_kg": 2600}, Reject.TOO_HEAVY),
    ],
)
async def test_a_car_in_the_intake_is_judged(
    rig: Rig, raw: RawController, number: int, change: dict[str, Any], reject: Reject
) -> None:
    await raw.open_gate("L1.I1")
    assert rig.world("/arrive", {"station": "L1.I1", **car(number, **change)})[0] == 200
    await raw.until_sensors("L1.I1", Occupied=1, ZoneClear=1)
    seen, told = await raw.client.group("L1.I1", "Intake"), car(number, **change)
    assert (seen["Plate"], seen["LengthMm"], seen["MassKg"]) == (told["plate"], told["length_mm"], told["mass_kg"])
    assert seen["Plugged"] == int("plugged" in change)
    assert seen["EngineRunning"] == int("engine_running" in change)
    await raw.shut_gate("L1.I1")
    assert await raw.say(Kind.MOVE, "L1.I1", "L1.B0203") is reject
    await raw.open_gate("L1.I1")
    assert rig.world("/depart", {"station": "L1.I1", "vin": vin(number)})[0] == 200
    await raw.until_sensors("L1.I1", Occupied=0, ZoneClear=1)
    await raw.shut_gate("L1.I1")


async def test_a_controller_that_fell_silent(raw: RawController) -> None:
    raw.client.alive = False
    await asyncio.sleep(WATCHDOG_S + 0.7)
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1") is Reject.CONTROLLER_SILENT
    assert await raw.say(Kind.SYNC) is Reject.NONE


async def test_drivers_find_shut_gates_shut(rig: Rig, raw: RawController) -> None:
    assert rig.world("/depart", {"station": "L1.D1", "vin": vin(1)}) == (409, {"error": "gate_shut"})
    assert rig.world("/arrive", {"station": "L1.I1", **car(60)}) == (409, {"error": "gate_shut"})
    assert rig.world("/arrive", {"station": "L1.I1"})[0] == 400


def test_a_plc_without_its_environment_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rig: Rig, tmp_path: Path
) -> None:
    from autosilo.twin.plc.main import main

    monkeypatch.setenv("AUTOSILO_SITES", str(rig.sites))
    monkeypatch.delenv("AUTOSILO_PLC_URL", raising=False)
    monkeypatch.setattr("autosilo.logs.configure", lambda *_: None)
    assert main(["testtown"]) == 1
    assert "AUTOSILO_PLC_URL is not set" in capsys.readouterr().err
    assert main(["nowhere"]) == 1
    assert "nowhere.toml" in capsys.readouterr().err
