"""The heartbeats: a silent controller starts nothing, and what runs goes on."""

import asyncio

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Level, check
from autosilo.site.conformance.stock import a_move, gate_s, longest_move_s, run_gate
from autosilo.wire.mailbox import WATCHDOG_S, Kind, Reject

OFTEN = 3


@check(
    "heartbeat.plc", "The rest", "the PLC's counter changes at least every 2 s, in every unit", level=Level.READ_ONLY
)
async def plc(m: Machine) -> str:
    async def changes(unit: str) -> None:
        last = await m.one(unit, "Heartbeat", "Plc")
        for _ in range(OFTEN):
            before = last

            async def changed() -> bool:
                nonlocal last
                last = await m.one(unit, "Heartbeat", "Plc")
                return bool(last != before)  # noqa: B023  it is awaited before the loop goes on

            await m.until(f"{unit}.Heartbeat.Plc stood at {before}", changed, WATCHDOG_S)

    await asyncio.gather(*(changes(unit) for unit in m.units))
    return f"{OFTEN} beats of {len(m.units)} units"


@check(
    "heartbeat.sync-while-silent",
    "Command",
    "SYNC is accepted while the controller's heartbeat stands still",
    level=Level.NO_MOTION,
)
async def sync_while_silent(m: Machine) -> str:
    unit = m.units[0]
    async with m.silence(unit):
        reject = await m.send(unit, m.command(unit, Kind.SYNC))
    if reject is not Reject.NONE:
        raise Failed(f"{unit} SYNC: {int(reject)} {reject.name}")
    return f"{unit}: accepted"


@check(
    "heartbeat.watchdog", "Command", "2 s after the last beat nothing new is accepted: CONTROLLER_SILENT, unit by unit"
)
async def watchdog(m: Machine) -> str:
    lift, station = m.lifts[0], m.stations[0]
    place = next(iter(await m.occupancy(lift)))
    async with m.silence(lift, station):
        seen = [
            await m.refused(lift, Kind.PARK, "", place, Reject.CONTROLLER_SILENT),
            await m.refused(station, Kind.OPEN_GATE, station, "", Reject.CONTROLLER_SILENT),
        ]
        other = next((unit for unit in m.stations if unit != station), None)
        if other:
            await run_gate(m, other, Kind.SHUT_GATE)
            seen.append(f"{other}, whose heartbeat went on, obeyed")
    return "; ".join(seen)


@check("heartbeat.running-job", "The rest", "a job that runs when the heartbeat stops is finished")
async def running_job(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    key = await m.accepted(lift, Kind.MOVE, src, dst)
    async with m.silence(lift):
        await m.ended(lift, key, longest_move_s(m, lift))
        return f"{lift} MOVE {src} {dst} ended without a heartbeat"


@check("heartbeat.comes-back", "Command", "when the heartbeat moves again, commands are accepted again")
async def comes_back(m: Machine) -> str:
    station = m.stations[0]
    async with m.silence(station):
        await m.refused(station, Kind.SHUT_GATE, station, "", Reject.CONTROLLER_SILENT)
    key = await m.accepted(station, Kind.SHUT_GATE, station)
    await m.ended(station, key, gate_s(m))
    return f"{station}: refused in silence, accepted after it"
