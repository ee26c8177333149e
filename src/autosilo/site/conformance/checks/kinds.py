"""Kinds of commands: each unit does its own, and refuses the rest."""

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Level, check
from autosilo.wire.mailbox import Kind, Reject, is_lift

NO_KIND = (7, 99)


@check("kinds.unknown", "Command", "a kind that there is not is refused with UNKNOWN_KIND", level=Level.NO_MOTION)
async def unknown(m: Machine) -> str:
    for unit in m.units:
        for kind in NO_KIND:
            seen = await m.refused(unit, kind, "", "", Reject.UNKNOWN_KIND)
    return f"{seen}; {len(m.units)} units"


@check(
    "kinds.of-another-unit",
    "Command",
    "a lift has no gate, a station moves no car: UNKNOWN_KIND",
    level=Level.NO_MOTION,
)
async def of_another_unit(m: Machine) -> str:
    for unit in m.units:
        for kind in (Kind.OPEN_GATE, Kind.SHUT_GATE) if is_lift(unit) else (Kind.MOVE, Kind.PARK):
            seen = await m.refused(unit, kind, "", "", Reject.UNKNOWN_KIND)
    return f"{seen}; {len(m.units)} units"


@check(
    "kinds.nothing-to-resume", "Command", "RESUME without an interrupted job: NOTHING_TO_RESUME", level=Level.NO_MOTION
)
async def nothing_to_resume(m: Machine) -> str:
    for unit in m.units:
        seen = await m.refused(unit, Kind.RESUME, "", "", Reject.NOTHING_TO_RESUME)
    return f"{seen}; {len(m.units)} units"
