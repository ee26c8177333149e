"""What the PLC refuses, over the real mailbox, and that nothing moves when it does."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autosilo.wire.mailbox import WATCHDOG_S, GateState, Kind, Reject
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


async def test_a_wrong_checksum(raw: RawController, monkeypatch: pytest.MonkeyPatch) -> None:
    command = raw.command(Kind.MOVE, "L1.B0201", "L1.D1")
    right = command.fields()
    monkeypatch.setattr(type(command), "fields", lambda _: right | {"Crc": right["Crc"] ^ 1})  # type: ignore[operator]
    assert await raw.send(command) is Reject.BAD_CRC


async def test_a_seq_that_does_not_rise(raw: RawController) -> None:
    assert await raw.say(Kind.SYNC) is Reject.NONE
    assert await raw.send(raw.command(Kind.MOVE, "L1.B0201", "L1.D1", seq=raw.seq - 3)) is Reject.OLD_SEQ
    assert await raw.send(raw.command(Kind.MOVE, "L1.B0201", "L1.D1", seq=raw.seq - 1)) is Reject.OLD_SEQ


async def test_an_epoch_that_is_past(raw: RawController) -> None:
    raw.epoch += 1
    assert await raw.say(Kind.SYNC) is Reject.NONE
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1", epoch=raw.epoch - 1) is Reject.OLD_EPOCH


async def test_a_deadline_that_has_passed(raw: RawController) -> None:
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1", deadline=int(time.time()) - 2) is Reject.EXPIRED


async def test_a_refused_seq_is_used_up(raw: RawController) -> None:
    command = raw.command(Kind.MOVE, "L1.B0201", "L1.D1", deadline=1)
    assert await raw.send(command) is Reject.EXPIRED
    await raw.link.send("L1", replace(command, deadline=int(time.time()) + 5))
    await raw.until(lambda status: status.reject is Reject.OLD_SEQ)


@pytest.mark.parametrize(
    ("kind", "src", "dst", "reject"),
    [
        (Kind.MOVE, "L1.B0303", "L1.D1", Reject.SOURCE_EMPTY),
        (Kind.MOVE, "L1.B0201", "L1.B0202", Reject.DESTINATION_TAKEN),
        (Kind.MOVE, "L1.B0201", "L1.B0909", Reject.UNKNOWN_PLACE),
        (Kind.MOVE, "L2.B0201", "L1.D1", Reject.UNKNOWN_PLACE),
        (Kind.MOVE, "L1.B0201", "L1.B0201", Reject.UNKNOWN_PLACE),
        (Kind.OPEN_GATE, "L1.B0201", "", Reject.UNKNOWN_PLACE),
        (Kind.RESUME, "", "", Reject.NOTHING_TO_RESUME),
        (77, "L1.B0201", "L1.D1", Reject.UNKNOWN_KIND),
    ],
)
async def test_what_makes_no_sense(raw: RawController, kind: int, src: str, dst: str, reject: Reject) -> None:
    assert await raw.say(kind, src, dst) is reject


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
    ],
)
async def test_every_interlock(rig: Rig, raw: RawController, kind: str, at: str, reject: Reject) -> None:
    rig.fault(kind, at)
    try:
        assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1") is reject
    finally:
        rig.fault(kind, at, there=False)


async def test_manual_mode(rig: Rig, raw: RawController) -> None:
    rig.world("/mode", {"lift": "L1", "mode": "manual"})
    try:
        assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1") is Reject.NOT_AUTO
        assert await raw.say(Kind.OPEN_GATE, "L1.D1") is Reject.NOT_AUTO
    finally:
        rig.world("/mode", {"lift": "L1", "mode": "auto"})


async def test_nothing_moves_while_a_gate_is_open(raw: RawController) -> None:
    assert await raw.say(Kind.OPEN_GATE, "L1.D2") is Reject.NONE
    await raw.done()
    assert raw.status.stations["L1.D2"].gate is GateState.OPEN
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1") is Reject.GATE_NOT_SHUT
    assert await raw.say(Kind.SHUT_GATE, "L1.D2") is Reject.NONE
    await raw.done()


async def test_a_car_in_the_intake_is_judged(rig: Rig, raw: RawController) -> None:
    for number, (change, reject) in enumerate(
        [
            ({"plugged": True}, Reject.CHARGER_PLUGGED),
            ({"length_mm": 5350}, Reject.TOO_LARGE),
            ({"mass_kg": 2600}, Reject.TOO_HEAVY),
        ],
        start=50,
    ):
        assert await raw.say(Kind.OPEN_GATE, "L1.I1") is Reject.NONE
        await raw.done()
        assert rig.world("/arrive", {"station": "L1.I1", **car(number, **change)})[0] == 200
        await raw.until(lambda status: status.stations["L1.I1"].occupied and status.stations["L1.I1"].zone_clear)
        seen = raw.status.stations["L1.I1"]
        assert (seen.plate, seen.length_mm, seen.mass_kg) == tuple(
            car(number, **change)[key] for key in ("plate", "length_mm", "mass_kg")
        )
        assert await raw.say(Kind.SHUT_GATE, "L1.I1") is Reject.NONE
        await raw.done()
        assert await raw.say(Kind.MOVE, "L1.I1", "L1.B0203") is reject
        assert await raw.say(Kind.OPEN_GATE, "L1.I1") is Reject.NONE
        await raw.done()
        assert rig.world("/depart", {"station": "L1.I1", "vin": vin(number)})[0] == 200
        await raw.until(lambda status: not status.stations["L1.I1"].occupied and status.stations["L1.I1"].zone_clear)
        assert await raw.say(Kind.SHUT_GATE, "L1.I1") is Reject.NONE
        await raw.done()


async def test_a_controller_that_fell_silent(raw: RawController, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing() -> None:
        return None

    monkeypatch.setattr(raw.link, "_heartbeat", nothing)
    await asyncio.sleep(WATCHDOG_S + 0.7)
    assert await raw.say(Kind.MOVE, "L1.B0201", "L1.D1") is Reject.CONTROLLER_SILENT


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
