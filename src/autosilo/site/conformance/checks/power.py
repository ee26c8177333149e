"""Power cuts: what was told was retained, nothing goes on by itself, nothing runs twice."""

from dataclasses import replace

from autosilo.site.conformance.checks.interruption import SEEN_WITHIN_S, job_state, stands, stays_interrupted
from autosilo.site.conformance.hands import happening
from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Skipped, check, in_time
from autosilo.site.conformance.stock import (
    gate_s,
    longest_move_s,
    moves,
    run_gate,
    run_move,
    run_park,
    stations_of,
)
from autosilo.wire import mailbox
from autosilo.wire.mailbox import Fault, GateState, JobState, Kind, Reject, UnitState

HANDS = ("power",)
TRIES = 2
RETAINED = ("AckEpoch", "AckSeq", "LastDoneEpoch", "LastDoneSeq", "LastDoneState", "LastDoneFault")


async def cut(m: Machine) -> None:
    """The power goes and comes back; a new session."""
    await m.disconnect(cut=True)
    await m.hands.cut_power()
    await m.connect()


@check(
    "power.at-rest",
    "Command",
    "a power cut at rest: numbers, outcome and the 16 lines of the log survive, nothing begins before a heartbeat, and "
    "what was sent before is OLD_SEQ or OLD_EPOCH and does not run",
    hands=HANDS,
)
async def at_rest(m: Machine) -> str:
    lift = m.lifts[0]
    place = next(iter(await m.occupancy(lift)))
    await m.accepted(lift, Kind.SYNC, epoch=m.numbers.last(lift)[0] + 1, seq=1)  # so that there is an older epoch
    for _ in range(17):
        epoch, seq = await run_park(m, lift, place)
    command = m.command(lift, Kind.PARK, "", place)
    await m.answered(lift, command, Reject.NONE)
    await m.ended(lift, (command.epoch, command.seq), longest_move_s(m, lift))
    before, log = await m.get(lift, "Status", *RETAINED), await m.log(lift)
    m.beats_for -= {lift}
    try:
        await cut(m)
        await _as_before(m, lift, before, log)
        silent = await m.refused(lift, Kind.PARK, "", place, Reject.CONTROLLER_SILENT)
    finally:
        m.beats_for |= {lift}
    await m.answered(lift, command, Reject.OLD_SEQ)
    await m.answered(lift, replace(command, epoch=epoch - 1, seq=seq + 99), Reject.OLD_EPOCH)
    await m.stays(lift, "Status", "CurrentSeq")
    if await m.log(lift) != log:
        raise Failed("an old command left a line in the log")
    return f"{len(log)} lines and {', '.join(RETAINED)}; {silent}; old commands: 3 OLD_SEQ, 2 OLD_EPOCH"


async def _as_before(m: Machine, lift: str, before: list[int], log: list[str]) -> None:
    after, lines = await m.get(lift, "Status", *RETAINED), await m.log(lift)
    if before != after:
        raise Failed(f"{', '.join(RETAINED)} went from {before} to {after}")
    if lines != log or len(log) != mailbox.RETAINED_JOBS:
        raise Failed(f"the log had {len(log)} lines, and has {len(lines)} after the power cut")


async def _mid_move(m: Machine) -> str | None:
    lift, bay, station = await _to_a_station(m)
    key = await m.accepted(lift, Kind.MOVE, bay, station)
    await cut(m)
    if (await job_state(m, lift, key))[0] is JobState.ENDED:
        await run_move(m, lift, station, bay)
        return None
    state, job = await m.get(lift, "Status", "State", "JobState")
    if (state, job) != (UnitState.SUSPENDED, JobState.INTERRUPTED):
        raise Failed(f"{lift}: State {state}, JobState {job}; not 5 Suspended, 4 Interrupted")
    if tuple(await m.get(lift, "Status", "CurrentEpoch", "CurrentSeq")) != key:
        raise Failed(f"the current job is not {key}")
    await stands(m, lift, key, Fault.POWER_LOSS)
    await stays_interrupted(m, lift, key)
    busy = await m.refused(lift, Kind.PARK, "", bay, Reject.BUSY)
    used = await m.refused(station, Kind.OPEN_GATE, station, "", Reject.STATION_IN_USE, Reject.SHUTTER_NOT_SHUT)
    await m.accepted(lift, Kind.RESUME)
    await m.ended(lift, key, longest_move_s(m, lift))
    there = await m.occupancy(lift)
    if there[bay] or not there[station]:
        raise Failed(f"after RESUME Occupancy says {bay} {there[bay]}, {station} {there[station]}")
    await run_move(m, lift, station, bay)
    return f"5 Suspended, 1 POWER_LOSS; {busy}; {used}; RESUME ended it"


check(
    "power.mid-move",
    "Status",
    "a power cut in mid-move: Suspended with POWER_LOSS, it stands until RESUME and keeps its station, then ends with "
    "the car in place",
    hands=HANDS,
)(in_time("the MOVE", _mid_move))


async def _to_a_station(m: Machine) -> tuple[str, str, str]:
    """(lift, bay with a car, empty station)."""
    for lift in m.lifts:
        ways = await moves(m, lift)
        for station in stations_of(m, lift):
            if ways and not await m.one(station.name, "Sensors", "Occupied"):
                return lift, ways[0][0], station.name
    raise Skipped("no lift has an empty station and a car")


async def _gate(m: Machine) -> str | None:
    station = m.stations[0]
    key = await m.accepted(station, Kind.OPEN_GATE, station)
    await cut(m)
    if (await job_state(m, station, key))[0] is JobState.ENDED:
        await run_gate(m, station, Kind.SHUT_GATE)
        return None
    state = await m.one(station, "Status", "State")
    if state != UnitState.SUSPENDED:
        raise Failed(f"{station}: State {state}, not 5 Suspended")
    await stands(m, station, key, Fault.POWER_LOSS)
    await m.accepted(station, Kind.RESUME)
    await m.ended(station, key, gate_s(m))
    if await m.one(station, "Sensors", "Gate") != GateState.OPEN:
        raise Failed(f"the gate of {station} is not open")
    await run_gate(m, station, Kind.SHUT_GATE)
    return f"{station}: 5 Suspended, 1 POWER_LOSS; RESUME ended it"


check("power.gate", "Status", "a power cut while a gate runs: it stands, Suspended, until RESUME", hands=HANDS)(
    in_time("the gate job", _gate)
)


@check(
    "power.mode-changes",
    "Status",
    "ModeChanges of the lift and its stations rises by one at each turn of the key switch, not otherwise, and survives "
    "a power cut",
    hands=("manual", "power"),
)
async def mode_changes(m: Machine) -> str:
    lift = m.lifts[0]
    units = [lift, *(station for station in m.stations if station.startswith(f"{lift}."))]
    first = await m.stays(lift, "Status", "ModeChanges")
    async with happening(m.hands, "manual", lift):
        await _count(m, units, first + 1)
    await _count(m, units, first + 2)
    await cut(m)
    await _count(m, units, first + 2)
    after = await m.stays(lift, "Status", "ModeChanges")
    return f"{len(units)} units: from {first} to {after}, also after the power cut"


async def _count(m: Machine, units: list[str], wanted: int) -> None:
    """It wraps at 2^32."""
    for unit in units:
        await m.reaches(unit, "Status", "ModeChanges", [wanted % 2**32], SEEN_WITHIN_S)


@check(
    "power.told-only-when-retained",
    "Status",
    "what was acknowledged before the power went is known after it",
    hands=HANDS,
)
async def told_only_when_retained(m: Machine) -> str:
    lift = m.lifts[0]
    for _ in range(TRIES):
        place = next(iter(await m.occupancy(lift)))
        key = await m.accepted(lift, Kind.PARK, "", place)
        await m.hands.cut_power()
        await m.connect()
        last = tuple(await m.get(lift, "Status", "AckEpoch", "AckSeq"))
        if last != key:
            raise Failed(f"acknowledged {key}, after the power cut the last number is {last}")
        state, _ = await job_state(m, lift, key)
        if state is JobState.INTERRUPTED:
            await m.accepted(lift, Kind.RESUME)
            await m.ended(lift, key, longest_move_s(m, lift))
    return f"{TRIES} times"
