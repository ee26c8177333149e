"""Between two checks: no job, no open gate. What a failed check left behind must not spoil the next one."""

from contextlib import suppress

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed
from autosilo.site.conformance.session import SessionLost
from autosilo.site.conformance.stock import gate_s, longest_move_s
from autosilo.wire.mailbox import GateState, JobState, Kind, Reject


async def settle(m: Machine) -> str | None:
    """Bring every unit to rest; returns what could not be, None when all is well."""
    try:
        return await _settle(m)
    except (Failed, SessionLost):
        with suppress(Failed, SessionLost):
            await m.connect()
            return await _settle(m)
    return "the PLC cannot be brought to rest"


async def _settle(m: Machine) -> str | None:
    m.beats_for = set(m.units)
    for unit in m.lifts:
        await _finish(m, unit, longest_move_s(m, unit))
    for unit in m.stations:
        await _finish(m, unit, gate_s(m))
        if await m.one(unit, "Sensors", "Gate") != GateState.SHUT:
            reject, key = await m.say(unit, Kind.SHUT_GATE, unit)
            if reject is not Reject.NONE:
                return f"the gate of {unit} stays open: {reject.name}"
            await m.ended(unit, key, gate_s(m))
    return None


async def _finish(m: Machine, unit: str, within_s: float) -> None:
    """Let a running job end; an interrupted one is resumed."""

    async def over() -> bool:
        current, state = await m.get(unit, "Status", "CurrentSeq", "JobState")
        if not current:
            return True
        if await _interrupted(m, unit, state):
            await m.say(unit, Kind.RESUME)
        return False

    await m.until(f"{unit}: a job is left over that does not end", over, within_s)


async def _interrupted(m: Machine, unit: str, state: int) -> bool:
    """``JobState`` tells of the last answer first; the log tells of the job itself."""
    if state == JobState.INTERRUPTED:
        return True
    return any(line.split(";")[6:7] == [str(int(JobState.INTERRUPTED))] for line in (await m.log(unit))[:1])
