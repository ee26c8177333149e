"""Airlocks: stations with a shutter. Gate and shutter are never both open, and each lift goes on meanwhile."""

import asyncio
import time

from autosilo.site.conformance.hands import happening
from autosilo.site.conformance.machine import POLL_S, Machine
from autosilo.site.conformance.registry import Failed, Skipped, check
from autosilo.site.conformance.stock import (
    a_move,
    gate_s,
    longest_move_s,
    moves,
    run_gate,
    run_move,
    stations_of,
)
from autosilo.tower.geometry import Place, lifts_at
from autosilo.wire.mailbox import Fault, GateState, Kind, Reject, UnitState

STANDS_MM = 5
USED = Reject.STATION_IN_USE


async def _airlock_and_car(m: Machine) -> tuple[str, Place, str, str]:
    """(lift, empty airlock, bay with a car, another empty bay)."""
    for lift in m.lifts:
        ways = await moves(m, lift)
        for station in stations_of(m, lift, airlock=True):
            if ways and not await m.one(station.name, "Sensors", "Occupied"):
                return lift, station, *ways[0]
    raise Skipped("no lift has an empty station with a shutter, and a car")


async def _bring_back(m: Machine, lift: str, station: str, bay: str) -> None:
    """The intake's checks hold for a car from an intake, too; it came from that bay, so it fits."""
    await run_move(m, lift, station, bay)


@check(
    "airlock.transfer",
    "What the PLC guards",
    "the shutter opens only before a standing carriage, with the gate shut, for the transfer",
)
async def transfer(m: Machine) -> str:
    lift, station, bay, _ = await _airlock_and_car(m)
    key = await m.accepted(lift, Kind.MOVE, bay, station.name)
    ways: list[int] = []
    while True:
        shutter, gate = await m.get(station.name, "Sensors", "Shutter", "Gate")
        ways += [shutter] if shutter not in ways[-1:] else []
        if shutter != GateState.SHUT:
            if gate != GateState.SHUT:
                raise Failed(f"{station.name}: shutter {shutter} and gate {gate} at once")
            await _at_rest(m, lift, station)
        if tuple(await m.get(lift, "Status", "LastDoneEpoch", "LastDoneSeq")) == key:
            ways.append(await m.one(station.name, "Sensors", "Shutter"))
            break
        await asyncio.sleep(POLL_S)
    if GateState.OPEN not in ways or ways[-1] != GateState.SHUT:
        raise Failed(f"{station.name}: the shutter went {ways}")
    await _bring_back(m, lift, station.name, bay)
    return f"{station.name}: shutter {ways}, gate shut, carriage at rest"


async def _at_rest(m: Machine, lift: str, station: Place) -> None:
    up, _ = await m.position(lift)
    if abs(up - station.at.y * 1000) > STANDS_MM:
        raise Failed(f"{lift} is at {up} mm while the shutter of {station.name} is not shut")


@check(
    "airlock.gate-refused",
    "What the PLC guards",
    "while a lift serves the station its gate stays shut: STATION_IN_USE, from the acceptance of the MOVE on",
)
async def gate_refused(m: Machine) -> str:
    lift, station, bay, _ = await _airlock_and_car(m)
    key = await m.accepted(lift, Kind.MOVE, bay, station.name)
    seen = await m.refused(station.name, Kind.OPEN_GATE, station.name, "", USED)
    await m.ended(lift, key, longest_move_s(m, lift))
    await run_gate(m, station.name, Kind.OPEN_GATE)
    await run_gate(m, station.name, Kind.SHUT_GATE)
    await _bring_back(m, lift, station.name, bay)
    return f"{seen}; opened after it"


@check("airlock.lift-goes-on", "Units", "while the gate of an airlock is open its lift moves cars elsewhere")
async def lift_goes_on(m: Machine) -> str:
    lift, station, src, dst = await _airlock_and_car(m)
    await run_gate(m, station.name, Kind.OPEN_GATE)
    await run_move(m, lift, src, dst)
    if await m.one(station.name, "Sensors", "Gate") != GateState.OPEN:
        raise Failed(f"the gate of {station.name} did not stay open")
    await run_move(m, lift, dst, src)
    await run_gate(m, station.name, Kind.SHUT_GATE)
    return f"{station.name} open, {lift} moved {src} to {dst} and back"


@check(
    "airlock.open-gate-refuses-move",
    "What the PLC guards",
    "a MOVE from or to a station whose gate is open: GATE_NOT_SHUT",
)
async def open_gate_refuses_move(m: Machine) -> str:
    lift, station, src, _ = await _airlock_and_car(m)
    await run_gate(m, station.name, Kind.OPEN_GATE)
    seen = await m.refused(lift, Kind.MOVE, src, station.name, Reject.GATE_NOT_SHUT)
    await run_gate(m, station.name, Kind.SHUT_GATE)
    return seen


@check(
    "airlock.gate-job-refuses-move",
    "What the PLC guards",
    "a MOVE to a station with a gate job: STATION_IN_USE or GATE_NOT_SHUT",
)
async def gate_job_refuses_move(m: Machine) -> str:
    lift, station, src, _ = await _airlock_and_car(m)
    key = await m.accepted(station.name, Kind.OPEN_GATE, station.name)
    seen = await m.refused(lift, Kind.MOVE, src, station.name, USED, Reject.GATE_NOT_SHUT)
    await m.ended(station.name, key, gate_s(m))
    await run_gate(m, station.name, Kind.SHUT_GATE)
    return seen


@check(
    "airlock.shared",
    "What the PLC guards",
    "a station that one lift serves is refused to another: STATION_IN_USE or DESTINATION_TAKEN",
)
async def shared(m: Machine) -> str:
    for station in m.stations:
        lifts = lifts_at(m.site.tower, station)
        if len(lifts) < 2 or await m.one(station, "Sensors", "Occupied"):
            continue
        (one, src, _), (other, theirs, _) = await a_move(m, lifts[0]), await a_move(m, lifts[1])
        key = await m.accepted(one, Kind.MOVE, src, station)
        seen = await m.refused(other, Kind.MOVE, theirs, station, USED, Reject.DESTINATION_TAKEN)
        await m.ended(one, key, longest_move_s(m, one))
        await _bring_back(m, one, station, src)
        return seen
    raise Skipped("no empty station is shared by two lifts")


@check("airlock.shared-lift-goes-on", "Units", "while one lift serves a shared station the other moves cars elsewhere")
async def shared_lift_goes_on(m: Machine) -> str:
    for station in m.stations:
        lifts = lifts_at(m.site.tower, station)
        if len(lifts) < 2 or await m.one(station, "Sensors", "Occupied"):
            continue
        (one, src, _), (other, theirs, dst) = await a_move(m, lifts[0]), await a_move(m, lifts[1])
        key = await m.accepted(one, Kind.MOVE, src, station)
        await run_move(m, other, theirs, dst)
        await m.ended(one, key, longest_move_s(m, one))
        await _bring_back(m, one, station, src)
        await run_move(m, other, dst, theirs)
        return f"{one} served {station}, {other} moved {theirs} to {dst}"
    raise Skipped("no empty station is shared by two lifts")


@check(
    "airlock.person-inside",
    "Units",
    "a person in an airlock does not stop the lift, but nothing is moved from or to that station",
    hands=("person",),
)
async def person_inside(m: Machine) -> str:
    lift, station, src, dst = await _airlock_and_car(m)
    async with happening(m.hands, "person", station.name):
        await m.reaches(station.name, "Sensors", "PersonDetected", [1], 2)
        refused = await m.refused(lift, Kind.MOVE, src, station.name, Reject.ZONE_NOT_CLEAR, Reject.PERSON_IN_ZONE)
        await run_move(m, lift, src, dst)
        if await m.one(lift, "Safety", "PersonDetected"):
            raise Failed(f"{lift}.Safety.PersonDetected counts a person in the airlock {station.name}")
    await run_move(m, lift, dst, src)
    return f"{refused}; {src} to {dst} moved"


@check(
    "airlock.shutter-blocked",
    "Status",
    "a shutter that is blocked opens again; the job stands, Held, until RESUME",
    hands=("shutter_blocked",),
)
async def shutter_blocked(m: Machine) -> str:
    lift, station, bay, _ = await _airlock_and_car(m)
    key = await m.accepted(lift, Kind.MOVE, bay, station.name)
    async with happening(m.hands, "shutter_blocked", station.name):
        await m.reaches(lift, "Status", "FaultCode", [Fault.SHUTTER_BLOCKED], longest_move_s(m, lift))
        state = await m.one(lift, "Status", "State")
        if state != UnitState.HELD:
            raise Failed(f"{lift}: State is {state}, not 11 Held")
        await m.reaches(station.name, "Sensors", "Shutter", [GateState.OPEN], longest_move_s(m, lift))
        gate = await m.refused(station.name, Kind.OPEN_GATE, station.name, "", USED, Reject.SHUTTER_NOT_SHUT)
        if await m.one(lift, "Safety", "DoorsShut"):
            raise Failed(f"{lift}.Safety.DoorsShut is 1 with the shutter of {station.name} open")
    await m.accepted(lift, Kind.RESUME)
    await m.ended(lift, key, longest_move_s(m, lift))
    await _bring_back(m, lift, station.name, bay)
    return f"8 SHUTTER_BLOCKED, Held, open again; {gate}; RESUME ended it"


@check("airlock.other-lift-moves", "Units", "gate jobs of several stations run at the same time as a MOVE")
async def at_the_same_time(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    gates = [station.name for one in m.lifts for station in stations_of(m, one, airlock=True)]
    free = [name for name in dict.fromkeys(gates) if name not in (src, dst)]
    if not free:
        raise Skipped("there is no station with a shutter")
    began = time.monotonic()
    keys = {station: await m.accepted(station, Kind.OPEN_GATE, station) for station in free}
    key = await m.accepted(lift, Kind.MOVE, src, dst)
    for station, one in keys.items():
        await m.ended(station, one, gate_s(m))
    await m.ended(lift, key, longest_move_s(m, lift))
    for station in free:
        await run_gate(m, station, Kind.SHUT_GATE)
    await run_move(m, lift, dst, src)
    return f"{len(free)} gates and {lift} in {time.monotonic() - began:.1f} s"
