"""Moves that are broken off in the middle: people, emergency stop, gates, power."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from autosilo.wire.mailbox import Fault, GateState, JobState, Kind, Phase, Reject, UnitState
from twin.plc.raw import RawController, Seen
from twin.plc.rig import Rig, vin

PHASES = [Phase.TAKING, Phase.TO_DESTINATION]
"""Over the wire a sample is enough; ``test_faults`` goes through every step."""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("interruptions"), {"L1.B0401": 1, "L1.B0201": 2})
    rig.start_plc()
    yield rig
    assert rig.state()["violations"] == {}
    rig.close()


@pytest.fixture
async def raw(rig: Rig) -> AsyncIterator[RawController]:
    async with RawController(rig) as raw:
        yield raw


@pytest.fixture
def there_and_back(rig: Rig) -> tuple[str, str]:
    """From where the car stands to the other end."""
    place = place_of(rig, vin(1))
    return place, "L1.B0401" if place != "L1.B0401" else "L1.B0403"


def place_of(rig: Rig, one: str) -> str:
    return next(place for place, car in rig.state()["places"].items() if car == one)


async def begin(rig: Rig, raw: RawController, way: tuple[str, str], phase: Phase) -> tuple[str, str]:
    """A move along ``way`` or back, up to ``phase``; returns the way that was taken.

    A phase lasts a fraction of a second at this pace; on a busy machine it may pass unseen, then it is tried again.
    """
    for _ in range(4):
        assert await raw.say(Kind.MOVE, *way) is Reject.NONE
        key = raw.key()
        seen = await raw.until(lambda status, key=key: status.phase is phase or status.last_done == key)  # type: ignore[misc]
        if seen.phase is phase:
            return way
        way = (way[1], way[0])
    raise AssertionError(f"{phase.name} was never seen")


async def interrupted(raw: RawController) -> Seen:
    return await raw.until(lambda status: status.fault is not Fault.NONE)


@pytest.mark.parametrize(
    ("kind", "fault", "state"),
    [
        ("person", Fault.PERSON_IN_ZONE, UnitState.HELD),
        ("emergency_stop", Fault.EMERGENCY_STOP, UnitState.ABORTED),
        ("drive_fault", Fault.DRIVE_FAULT, UnitState.HELD),
    ],
)
@pytest.mark.parametrize("phase", PHASES)
async def test_it_stops_says_why_and_goes_on_when_told(
    rig: Rig,
    raw: RawController,
    there_and_back: tuple[str, str],
    kind: str,
    fault: Fault,
    state: UnitState,
    phase: Phase,
) -> None:
    way = await begin(rig, raw, there_and_back, phase)
    moves, key = rig.state()["moves_done"], raw.key()
    rig.fault(kind, "L1")
    try:
        seen = await interrupted(raw)
        assert (seen.fault, seen.state) == (fault, state)
        await asyncio.sleep(0.2)
        where = (await raw.status()).position
        await asyncio.sleep(0.2)
        assert where == (await raw.status()).position, "it stands"
        assert await raw.say(Kind.RESUME) is not Reject.NONE, "not while the cause is there"
        assert await raw.say(Kind.MOVE, "L1.B0301", "L1.D1") is Reject.BUSY
    finally:
        rig.fault(kind, "L1", there=False)
    await asyncio.sleep(0.2)
    assert (await raw.status()).current == key, "it does not go on by itself"
    assert await raw.say(Kind.RESUME) is Reject.NONE
    assert (await raw.done(key=key)).outcome == (JobState.ENDED, Fault.NONE)
    assert place_of(rig, vin(1)) == way[1]
    assert rig.state()["moves_done"] == moves + 1


async def test_a_gate_that_meets_something_opens_again(rig: Rig, raw: RawController) -> None:
    await raw.open_gate("L1.D1")
    assert await raw.say(Kind.SHUT_GATE, "L1.D1") is Reject.NONE
    rig.fault("gate_blocked", "L1.D1")
    try:
        assert (await raw.done(unit="L1.D1")).outcome == (JobState.ABORTED, Fault.GATE_BLOCKED)
        await raw.until_sensors("L1.D1", Gate=GateState.OPEN)
        assert await raw.say(Kind.SHUT_GATE, "L1.D1") is Reject.ZONE_NOT_CLEAR
    finally:
        rig.fault("gate_blocked", "L1.D1", there=False)
    await raw.shut_gate("L1.D1")


@pytest.mark.parametrize("cut", ["power", "kill"])
@pytest.mark.parametrize("phase", PHASES)
async def test_a_move_survives_a_power_cut(rig: Rig, there_and_back: tuple[str, str], cut: str, phase: Phase) -> None:
    async with RawController(rig) as raw:
        way = await begin(rig, raw, there_and_back, phase)
        moves, key = rig.state()["moves_done"], raw.key()
    if cut == "kill":
        rig.kill_plc()
        rig.start_plc()
    else:
        rig.cut_power()
    async with RawController(rig) as raw:
        status = await raw.status()
        assert status.current == key
        assert (status.state, status.fault) == (UnitState.SUSPENDED, Fault.POWER_LOSS)
        assert rig.state()["moves_done"] == moves, "it stands until it is told to go on"
        assert await raw.say(Kind.RESUME) is Reject.NONE
        await raw.until(lambda status: status.last_done == key)
        log = await raw.retained()
        assert [line.state for line in log if (line.epoch, line.seq) == key] == [JobState.ENDED]
    assert place_of(rig, vin(1)) == way[1]
    assert rig.state()["moves_done"] == moves + 1


async def test_the_numbers_survive_a_power_cut(rig: Rig) -> None:
    async with RawController(rig) as raw:
        assert await raw.say(Kind.SYNC) is Reject.NONE
        epoch, seq = raw.key()
    rig.kill_plc()
    rig.start_plc()
    async with RawController(rig) as raw:
        assert raw.key()[0] == epoch + 1
        assert await raw.say(Kind.SYNC) is Reject.NONE
        command = raw.command(Kind.MOVE, "L1.B0401", "L1.D1", epoch=epoch, seq=seq)
        assert await raw.send(command) is Reject.OLD_EPOCH
