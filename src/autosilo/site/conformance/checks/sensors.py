"""Sensors that contradict each other after a transfer."""

from autosilo.site.conformance.checks.interruption import stands, stays_interrupted
from autosilo.site.conformance.hands import happening
from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, check
from autosilo.site.conformance.stock import a_move, longest_move_s, run_move
from autosilo.wire.mailbox import Fault, Kind, Reject, UnitState


@check(
    "sensors.mismatch",
    "Status",
    "a source that still shows a car after it was taken: SENSOR_MISMATCH, Held; RESUME is refused until they agree",
    hands=("sensor_stuck",),
)
async def mismatch(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    key = await m.accepted(lift, Kind.MOVE, src, dst)
    async with happening(m.hands, "sensor_stuck", src):
        await m.reaches(lift, "Status", "FaultCode", [Fault.SENSOR_MISMATCH], longest_move_s(m, lift))
        state = await m.one(lift, "Status", "State")
        if state != UnitState.HELD:
            raise Failed(f"{lift}: State is {state}, not 11 Held")
        await stands(m, lift, key, Fault.SENSOR_MISMATCH)
        reject, _ = await m.say(lift, Kind.RESUME)
        if reject is Reject.NONE:
            raise Failed("RESUME was accepted while the sensors contradict each other")
    await stays_interrupted(m, lift, key)
    await m.accepted(lift, Kind.RESUME)
    await m.ended(lift, key, longest_move_s(m, lift))
    await run_move(m, lift, dst, src)
    return f"7 SENSOR_MISMATCH, Held; RESUME: {int(reject)} {reject.name}; agreed again: RESUME ended it"
