"""What a job looks like from its acceptance to its end."""

import asyncio
import time
from typing import Any

from autosilo.site.conformance.machine import POLL_S, Key, Machine
from autosilo.site.conformance.registry import Failed, check
from autosilo.site.conformance.stock import (
    a_move,
    computed_s,
    gate_s,
    lift_of,
    longest_move_s,
    patience_s,
    places_of,
    run_move,
    run_park,
)
from autosilo.tower.geometry import Point
from autosilo.wire.mailbox import GateState, JobState, Kind, Phase, Reject, UnitState

CLOSE_MM = 20
"""Of a place: what an encoder and rounding may make of it."""
MM = 1000
CIRCLE = 360_000


@check(
    "jobs.move",
    "Status",
    "a MOVE is Running in Execute, goes through its phases, and is Ended with the car in its place",
)
async def move(m: Machine) -> str:
    seen = []
    for lift in m.lifts:
        _, src, dst = await a_move(m, lift)
        key = await m.accepted(lift, Kind.MOVE, src, dst)
        states, phases, loads, positions = await _watch(m, lift, key)
        if phases != sorted(phases) or Phase.PUTTING not in phases or phases[0] < Phase.TO_SOURCE:
            raise Failed(f"{lift}: phases {phases}")
        if states - {(UnitState.EXECUTE, JobState.RUNNING, "Executing")}:
            raise Failed(f"{lift}: State, JobState, ItemState while it ran: {sorted(states)}")
        if loads != [0, 1, 0]:
            raise Failed(f"{lift}: LoadPresent went {loads}, not 0, 1, 0")
        there = await m.occupancy(lift)
        if there[src] or not there[dst]:
            raise Failed(f"{lift}: after MOVE {src} {dst} Occupancy says {src} {there[src]}, {dst} {there[dst]}")
        seen.append(f"{lift}: {src} to {dst}, phases {phases}, {positions} positions")
        await run_move(m, lift, dst, src)
    return "; ".join(seen)


async def _watch(m: Machine, lift: str, key: Key) -> tuple[set[Any], list[int], list[int], int]:
    """Poll until the job has ended: (State, JobState, ItemState) seen, phases, loads, how many positions."""
    states: set[Any] = set()
    before: Any = None
    phases: list[int] = []
    loads: list[int] = [0]
    positions: set[tuple[int, int]] = set()
    end = time.monotonic() + longest_move_s(m, lift)
    while time.monotonic() < end:
        status = await m.status(lift)
        loads += [status["LoadPresent"]] if status["LoadPresent"] != loads[-1] else []
        if (status["LastDoneEpoch"], status["LastDoneSeq"]) == key:
            await m.ended(lift, key, 0)
            return states, phases, loads, len(positions)
        if (status["CurrentEpoch"], status["CurrentSeq"]) == key:
            state = status["State"], status["JobState"], status["ItemState"]
            states |= {state} if state == before else set()  # seen twice: a reading may straddle a change of nodes
            before = state
            phases += [status["Phase"]] if status["Phase"] not in phases[-1:] else []
            positions.add((status["PositionLift"], status["PositionSecond"]))
        await asyncio.sleep(POLL_S)
    raise Failed(f"{lift}: job {key} did not end")


@check("jobs.position", "Status", "after a MOVE the carriage stands at its destination, after a PARK at its level")
async def position(m: Machine) -> str:
    seen = []
    for lift in m.lifts:
        _, src, dst = await a_move(m, lift)
        await run_move(m, lift, src, dst)
        await _stands(m, lift, places_of(m, lift)[dst].at, level_only=False)
        await run_move(m, lift, dst, src)
        lowest = min(places_of(m, lift).values(), key=lambda place: place.at.y)
        await run_park(m, lift, lowest.name)
        await _stands(m, lift, lowest.at, level_only=True)
        seen.append(f"{lift} at {dst}, and at the level of {lowest.name}")
    return "; ".join(seen)


async def _stands(m: Machine, lift: str, at: Point, *, level_only: bool) -> None:
    up, along = await m.position(lift)
    off = [abs(up - at.y * MM)]
    if not level_only:
        way = abs(along - at.x * MM)
        off.append(min(way % CIRCLE, CIRCLE - way % CIRCLE) if lift_of(m, lift).turns else way)
    if max(off) > CLOSE_MM:
        raise Failed(f"{lift} stands at {up} mm, {along}; the site file says {at.y * MM:.0f} mm, {at.x * MM:.0f}")


@check(
    "jobs.duration",
    "Status",
    "a MOVE takes no longer than the speeds of the site file say, with half as much again to spare",
)
async def duration(m: Machine) -> str:
    """Time-outs of the controller follow from the site file."""
    seen = []
    for lift in m.lifts:
        _, src, dst = await a_move(m, lift)
        up, along = await m.position(lift)
        computed = computed_s(m, lift, Point(along / MM, up / MM), src, dst)
        began = time.monotonic()
        await run_move(m, lift, src, dst)
        took = time.monotonic() - began
        if took > patience_s(computed):
            raise Failed(f"{lift} MOVE {src} {dst} took {took:.1f} s; the site file says {computed:.1f} s")
        seen.append(f"{lift}: {took:.1f} s, computed {computed:.1f} s")
        await run_move(m, lift, dst, src)
    return "; ".join(seen)


@check("jobs.gate", "Status", "OPEN_GATE and SHUT_GATE of each station run and end, and Gate follows")
async def gate(m: Machine) -> str:
    for station in m.stations:
        for kind, ways, goal in (
            (Kind.OPEN_GATE, GateState.OPENING, GateState.OPEN),
            (Kind.SHUT_GATE, GateState.SHUTTING, GateState.SHUT),
        ):
            key = await m.accepted(station, kind, station)
            await m.reaches(station, "Sensors", "Gate", [ways, goal], gate_s(m))
            await m.ended(station, key, gate_s(m))
            if await m.one(station, "Sensors", "Gate") != goal:
                raise Failed(f"{station}: {kind.name} has ended, but Gate is {await m.one(station, 'Sensors', 'Gate')}")
    return f"{len(m.stations)} stations"


@check(
    "jobs.log",
    "The rest",
    "the log has a line for a job from its acceptance on, newest first; none for SYNC and RESUME",
)
async def log(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    job_id = 4_000_000_001
    key = await m.accepted(lift, Kind.MOVE, src, dst, job_id=job_id)
    line = ";".join(map(str, (*key, job_id, int(Kind.MOVE), src, dst)))
    running = (await m.log(lift))[0]
    if running not in {f"{line};{int(state)};0" for state in (JobState.ALLOWED_TO_START, JobState.RUNNING)}:
        raise Failed(f"while it ran: {running!r}, not {line};{int(JobState.RUNNING)};0")
    await m.ended(lift, key, longest_move_s(m, lift))
    if await m.send(lift, m.command(lift, Kind.SYNC)) is not Reject.NONE:
        raise Failed("SYNC was refused")
    ended = (await m.log(lift))[0]
    if ended != f"{line};{int(JobState.ENDED)};0":
        raise Failed(f"after it, and after a SYNC: {ended!r}, not {line};{int(JobState.ENDED)};0")
    await run_move(m, lift, dst, src)
    return f"{running}, then {ended}"


@check("jobs.log-16", "The rest", "the log keeps the last 16 jobs")
async def log_16(m: Machine) -> str:
    lift = m.lifts[-1]
    place = next(iter(await m.occupancy(lift)))
    keys = [await run_park(m, lift, place) for _ in range(18)]
    lines = await m.log(lift)
    found = [tuple(int(part) for part in line.split(";")[:2]) for line in lines]
    if found != keys[::-1][:16]:
        raise Failed(f"{len(lines)} lines; newest {found[:1]}, oldest {found[-1:]}; expected {keys[-1]} to {keys[2]}")
    return "18 jobs run, the last 16 kept, newest first"
