"""Gates: clear zones, and stations without a shutter, where an open gate locks the lift."""

from autosilo.site.conformance.hands import happening
from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, check
from autosilo.site.conformance.stock import a_move, a_station, gate_s, longest_move_s, run_gate, run_move
from autosilo.wire.mailbox import Fault, GateState, JobState, Kind, Reject


@check("gates.open-locks-lift", "What the PLC guards", "without a shutter an open gate locks the lift: GATE_NOT_SHUT")
async def open_locks_lift(m: Machine) -> str:
    lift, station = await a_station(m, airlock=False)
    _, src, dst = await a_move(m, lift)
    await run_gate(m, station.name, Kind.OPEN_GATE)
    if await m.one(lift, "Safety", "DoorsShut"):
        raise Failed(f"the gate of {station.name} is open, but {lift}.Safety.DoorsShut is 1")
    seen = [
        await m.refused(lift, Kind.MOVE, src, dst, Reject.GATE_NOT_SHUT),
        await m.refused(lift, Kind.PARK, "", src, Reject.GATE_NOT_SHUT),
    ]
    await run_gate(m, station.name, Kind.SHUT_GATE)
    await run_move(m, lift, src, dst)
    await run_move(m, lift, dst, src)
    return "; ".join([*seen, "shut again: moved"])


@check(
    "gates.lift-locks-gate",
    "What the PLC guards",
    "without a shutter the gate stays shut while a job runs on its lift: STATION_IN_USE",
)
async def lift_locks_gate(m: Machine) -> str:
    lift, station = await a_station(m, airlock=False, empty=False)
    _, src, dst = await a_move(m, lift)
    key = await m.accepted(lift, Kind.MOVE, src, dst)
    seen = await m.refused(station.name, Kind.OPEN_GATE, station.name, "", Reject.STATION_IN_USE)
    await m.ended(lift, key, longest_move_s(m, lift))
    await run_move(m, lift, dst, src)
    return seen


@check(
    "gates.clear-zone",
    "What the PLC guards",
    "a gate shuts only on a clear zone: ZONE_NOT_CLEAR",
    hands=("gate_blocked",),
)
async def clear_zone(m: Machine) -> str:
    station = m.stations[0]
    await run_gate(m, station, Kind.OPEN_GATE)
    async with happening(m.hands, "gate_blocked", station):
        await m.reaches(station, "Sensors", "ZoneClear", [0], 2)
        seen = await m.refused(station, Kind.SHUT_GATE, station, "", Reject.ZONE_NOT_CLEAR)
    await m.reaches(station, "Sensors", "ZoneClear", [1], 2)
    await run_gate(m, station, Kind.SHUT_GATE)
    return seen


@check(
    "gates.blocked",
    "Status",
    "a gate that meets something while it shuts opens again, its job Aborted with GATE_BLOCKED",
    hands=("gate_blocked",),
)
async def blocked(m: Machine) -> str:
    station = m.stations[0]
    await run_gate(m, station, Kind.OPEN_GATE)
    key = await m.accepted(station, Kind.SHUT_GATE, station)
    async with happening(m.hands, "gate_blocked", station):
        fault = await m.ended(station, key, gate_s(m), JobState.ABORTED)
        if fault is not Fault.GATE_BLOCKED:
            raise Failed(f"aborted with fault {int(fault)} {fault.name}")
        await m.reaches(station, "Sensors", "Gate", [GateState.OPEN], gate_s(m))
    await m.reaches(station, "Sensors", "ZoneClear", [1], 2)
    await run_gate(m, station, Kind.SHUT_GATE)
    return f"{station}: Aborted, 6 GATE_BLOCKED, open again"
