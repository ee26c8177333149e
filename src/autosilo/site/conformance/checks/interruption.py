"""What stops a machine that moves, and what it refuses meanwhile. It never goes on by itself."""

import time
from dataclasses import dataclass

from autosilo.site.conformance.hands import happening
from autosilo.site.conformance.machine import SETTLED_S, Key, Machine
from autosilo.site.conformance.registry import Failed, Run, check, in_time
from autosilo.site.conformance.stock import a_move, gate_s, longest_move_s, run_gate, run_move, stations_of
from autosilo.wire.mailbox import (
    OPERATION_MODE,
    Fault,
    GateState,
    JobState,
    Kind,
    MachineryItemState,
    Mode,
    Reject,
    RetainedJob,
    UnitState,
)

SEEN_WITHIN_S = 2.0
FOR_GOOD_S = 1.0
"""How long a job must stand after its cause has gone, to count as not going on by itself."""


@dataclass(frozen=True)
class Cause:
    """``action`` of ``hands``; the ``State`` while it is there, the fault and the code it leads to."""

    action: str
    state: UnitState
    fault: Fault
    code: Reject


CAUSES = {
    "emergency-stop": Cause("emergency_stop", UnitState.ABORTED, Fault.EMERGENCY_STOP, Reject.EMERGENCY_STOP),
    "manual": Cause("manual", UnitState.STOPPED, Fault.MODE_CHANGED, Reject.NOT_AUTO),
    "service": Cause("service", UnitState.STOPPED, Fault.MODE_CHANGED, Reject.NOT_AUTO),
    "person": Cause("person", UnitState.HELD, Fault.PERSON_IN_ZONE, Reject.PERSON_IN_ZONE),
    "drive-fault": Cause("drive_fault", UnitState.HELD, Fault.DRIVE_FAULT, Reject.DRIVE_FAULT),
}


async def job_state(m: Machine, unit: str, key: Key) -> tuple[JobState, Fault]:
    """State and fault of a job by the retained log, where a later refusal does not hide it. Raises ``Failed``."""
    for line in await m.log(unit):
        job = RetainedJob.parse(line)
        if job is not None and (job.epoch, job.seq) == key:
            return job.state, job.fault
    raise Failed(f"{unit}: job {key} is not in the retained log")


async def stands(m: Machine, unit: str, key: Key, fault: Fault) -> None:
    """The job is interrupted by ``fault`` and nothing moves. Raises ``Failed``."""
    state, why = await job_state(m, unit, key)
    if (state, why) != (JobState.INTERRUPTED, fault):
        raise Failed(f"{unit}: the log says {state.name}, {why.name}; not INTERRUPTED, {fault.name}")
    if await m.one(unit, "Status", "FaultCode") != fault:
        raise Failed(f"{unit}: FaultCode is {await m.one(unit, 'Status', 'FaultCode')}, not {int(fault)} {fault.name}")
    group, fields = ("Status", ("PositionLift", "PositionSecond")) if "." not in unit else ("Sensors", ("Gate",))
    for field in fields:
        await m.stays(unit, group, field)


async def stays_interrupted(m: Machine, unit: str, key: Key) -> None:
    """Raises ``Failed`` when the job goes on without RESUME."""
    await m.stays(unit, "Status", "FaultCode", FOR_GOOD_S)
    state, _ = await job_state(m, unit, key)
    if state is not JobState.INTERRUPTED:
        raise Failed(f"{unit}: job {key} went on by itself, it is {state.name}")


def _of_a_move(cause: Cause) -> Run:
    async def once(m: Machine) -> str | None:
        lift, src, dst = await a_move(m)
        key = await m.accepted(lift, Kind.MOVE, src, dst)
        async with happening(m.hands, cause.action, lift):
            if (await job_state(m, lift, key))[0] is JobState.ENDED:
                return None
            await m.reaches(lift, "Status", "State", [cause.state], SEEN_WITHIN_S)
            await m.reaches(lift, "Status", "FaultCode", [cause.fault], SEEN_WITHIN_S)
            await m.reaches(lift, "Status", "JobState", [JobState.INTERRUPTED], SEEN_WITHIN_S)
            await _comes_to_rest(m, lift)
            await stands(m, lift, key, cause.fault)
            refused = await m.refused(lift, Kind.RESUME, "", "", cause.code)
        await m.reaches(lift, "Status", "State", [UnitState.HELD], SEEN_WITHIN_S)
        await stays_interrupted(m, lift, key)
        busy = await m.refused(lift, Kind.PARK, "", src, Reject.BUSY)
        await m.accepted(lift, Kind.RESUME)
        await m.ended(lift, key, longest_move_s(m, lift))
        there = await m.occupancy(lift)
        if there[src] or not there[dst]:
            raise Failed(f"after RESUME Occupancy says {src} {there[src]}, {dst} {there[dst]}")
        await run_move(m, lift, dst, src)
        return (
            f"{int(cause.state)} {cause.state.name}, fault {int(cause.fault)}; {refused}; Held; {busy}; RESUME ended it"
        )

    return in_time("the MOVE", once)


async def _comes_to_rest(m: Machine, lift: str) -> None:
    """Braking takes its time, and the PLC publishes more seldom than we look: the same twice is not at rest yet."""
    axes = m.site.tower.lift(lift)
    stopping = axes.speed_m_s / axes.acceleration_m_s2
    at, since = await m.position(lift), time.monotonic()

    async def rests() -> bool:
        nonlocal at, since
        now = await m.position(lift)
        if now != at:
            at, since = now, time.monotonic()
        return time.monotonic() - since > SETTLED_S

    await m.until(f"{lift} moves on", rests, stopping + SEEN_WITHIN_S)


def _of_new_work(cause: Cause) -> Run:
    async def run(m: Machine) -> str:
        lift, src, dst = await a_move(m)
        async with happening(m.hands, cause.action, lift):
            await m.reaches(lift, "Status", "State", [cause.state, UnitState.IDLE], SEEN_WITHIN_S)
            seen = [
                await m.refused(lift, Kind.MOVE, src, dst, cause.code),
                await m.refused(lift, Kind.PARK, "", src, cause.code),
            ]
            if cause.code in (Reject.EMERGENCY_STOP, Reject.NOT_AUTO):
                own = next(s.name for s in stations_of(m, lift) if s.name.startswith(f"{lift}."))
                seen.append(await m.refused(own, Kind.OPEN_GATE, own, "", cause.code))
        return "; ".join(seen)

    return run


for _name, _cause in CAUSES.items():
    check(
        f"interruption.{_name}",
        "Status",
        f"in mid-move {_name}: it brakes and stands, RESUME is refused, {_cause.code.name} until the cause has gone",
        hands=(_cause.action,),
    )(_of_a_move(_cause))
for _name, _cause in CAUSES.items():
    check(
        f"interruption.{_name}-refuses",
        "What the PLC guards",
        f"{_name}: nothing new begins, {_cause.code.name}",
        hands=(_cause.action,),
    )(_of_new_work(_cause))


async def _gate(m: Machine) -> str | None:
    station = m.stations[0]
    lift = station.partition(".")[0]
    key = await m.accepted(station, Kind.OPEN_GATE, station)
    async with happening(m.hands, "emergency_stop", lift):
        await m.reaches(station, "Status", "State", [UnitState.ABORTED], SEEN_WITHIN_S)
        late = (await job_state(m, station, key))[0] is JobState.ENDED
        if not late:
            await stands(m, station, key, Fault.EMERGENCY_STOP)
            refused = await m.refused(station, Kind.RESUME, "", "", Reject.EMERGENCY_STOP)
    if late:
        await m.reaches(station, "Status", "State", [UnitState.IDLE], SEEN_WITHIN_S)
        await run_gate(m, station, Kind.SHUT_GATE)
        return None
    await stays_interrupted(m, station, key)
    await m.accepted(station, Kind.RESUME)
    await m.ended(station, key, gate_s(m))
    if await m.one(station, "Sensors", "Gate") != GateState.OPEN:
        raise Failed(f"the gate of {station} is not open")
    await run_gate(m, station, Kind.SHUT_GATE)
    return f"{refused}; RESUME ended it"


check(
    "interruption.gate",
    "Status",
    "a gate stops in an emergency stop, stands, and goes on after RESUME",
    hands=("emergency_stop",),
)(in_time("the gate job", _gate))


@check(
    "interruption.modes",
    "Status",
    "the key switch shows in Mode, OperationMode and ItemState of the lift and its stations",
    hands=("manual", "service"),
)
async def modes(m: Machine) -> str:
    lift = m.lifts[0]
    units = [lift, *(station for station in m.stations if station.startswith(f"{lift}."))]
    for action, mode in (("manual", Mode.MANUAL), ("service", Mode.SERVICE)):
        async with happening(m.hands, action, lift):
            for unit in units:
                await m.reaches(unit, "Status", "Mode", [mode], SEEN_WITHIN_S)
                await m.reaches(unit, "Status", "OperationMode", [OPERATION_MODE[mode]], SEEN_WITHIN_S)
                await m.reaches(unit, "Status", "State", [UnitState.STOPPED], SEEN_WITHIN_S)
                out = MachineryItemState.OUT_OF_SERVICE
                items = [out] if mode is Mode.SERVICE else [one for one in MachineryItemState if one is not out]
                await m.reaches(unit, "Status", "ItemState", items, SEEN_WITHIN_S)
    for unit in units:
        await m.reaches(unit, "Status", "State", [UnitState.IDLE], SEEN_WITHIN_S)
    return f"{len(units)} units: Setup, Maintenance and OutOfService, Processing"
