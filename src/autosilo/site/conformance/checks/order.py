"""Epoch, Seq and checksum: each command is looked at once, and nothing old begins."""

import time
from dataclasses import replace
from typing import Any

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Level, check
from autosilo.site.conformance.stock import a_move, longest_move_s, run_park
from autosilo.wire.mailbox import MAX_UINT32, Kind, Reject

FAR_AHEAD = 1000
UMLAUTS = "沪A·12345;é"
"""A text whose checksum is right only if it was made over UTF-8."""


@check("order.sync", "Command", "SYNC raises the epoch of each unit and moves nothing", level=Level.NO_MOTION)
async def sync(m: Machine) -> str:
    for unit in m.units:
        before = await m.get(unit, "Status", "LastDoneEpoch", "LastDoneSeq", "CurrentSeq")
        lines = await m.log(unit)
        epoch = m.numbers.last(unit)[0] + 1
        await _accepted(m, unit, Kind.SYNC, epoch=epoch, seq=1)
        if (
            await m.get(unit, "Status", "LastDoneEpoch", "LastDoneSeq", "CurrentSeq") != before
            or await m.log(unit) != lines
        ):
            raise Failed(f"{unit}: SYNC left a trace in LastDone…, Current… or the log")
    return f"{len(m.units)} units"


@check(
    "order.bad-crc",
    "Command",
    "a wrong checksum is refused with BAD_CRC, and the Seq is not used up",
    level=Level.NO_MOTION,
)
async def bad_crc(m: Machine) -> str:
    for unit in m.units:
        command = m.command(unit, Kind.SYNC)
        await m.answered(unit, command, Reject.BAD_CRC, crc=command.checksum() ^ 1)
        await m.answered(unit, command, Reject.NONE)
    return f"{len(m.units)} units; the same Seq with the right checksum was accepted"


@check("order.crc-fields", "Command", "the checksum is made over all fields, as UTF-8", level=Level.NO_MOTION)
async def crc_fields(m: Machine) -> str:
    unit = m.units[0]
    far: dict[str, Any] = {"job_id": MAX_UINT32, "vehicle_class": MAX_UINT32, "deadline": MAX_UINT32}
    for src, dst, more in ((UMLAUTS, "", {}), ("", UMLAUTS, {}), ("", "", far), ("a" * 200, "b" * 200, {})):
        command = m.command(unit, Kind.SYNC, src, dst, **more)
        await m.answered(unit, command, Reject.NONE)
    changed: dict[str, Any] = {"job_id": MAX_UINT32, "src": "x", "dst": "x", "vehicle_class": 1, "deadline": MAX_UINT32}
    for field, value in changed.items():
        command = m.command(unit, Kind.SYNC)
        other = replace(command, **{field: value})
        await m.answered(unit, other, Reject.BAD_CRC, crc=command.checksum())
    return f"texts in UTF-8, largest numbers; a change of {', '.join(changed)} was noticed"


@check("order.old-epoch", "Command", "a lower epoch is refused with OLD_EPOCH, whatever its Seq", level=Level.NO_MOTION)
async def old_epoch(m: Machine) -> str:
    for unit in m.units:
        epoch = m.numbers.last(unit)[0] + 2
        await _accepted(m, unit, Kind.SYNC, epoch=epoch, seq=1)
        await m.answered(unit, m.command(unit, Kind.SYNC, epoch=epoch - 1, seq=FAR_AHEAD), Reject.OLD_EPOCH)
    return f"{len(m.units)} units"


@check(
    "order.old-seq",
    "Command",
    "within an epoch a Seq that is not higher is refused with OLD_SEQ",
    level=Level.NO_MOTION,
)
async def old_seq(m: Machine) -> str:
    for unit in m.units:
        epoch, _ = m.numbers.last(unit)
        first = m.command(unit, Kind.SYNC, epoch=epoch + 1, seq=7)
        await m.answered(unit, first, Reject.NONE)
        await m.answered(unit, replace(first, seq=6), Reject.OLD_SEQ)
        await m.answered(unit, replace(first, job_id=first.job_id + 1), Reject.OLD_SEQ)  # the same Seq, another command
    return f"{len(m.units)} units: lower and equal"


@check("order.gap", "Command", "Seq may leave numbers out, and begins anew in a higher epoch", level=Level.NO_MOTION)
async def gap(m: Machine) -> str:
    unit = m.units[0]
    epoch, seq = m.numbers.last(unit)
    await _accepted(m, unit, Kind.SYNC, epoch=max(epoch, 1), seq=seq + FAR_AHEAD)
    await _accepted(m, unit, Kind.SYNC, epoch=max(epoch, 1) + 1, seq=1)
    return f"{FAR_AHEAD} numbers left out; then 1 in the next epoch"


@check("order.used-up", "Command", "the Seq of a command that was refused is used up", level=Level.NO_MOTION)
async def used_up(m: Machine) -> str:
    unit = m.units[0]
    command = m.command(unit, 99)
    answer = await m.send(unit, command)
    if answer not in (Reject.UNKNOWN_KIND, Reject.CONTROLLER_SILENT):
        raise Failed(f"kind 99 was answered with {int(answer)} {answer.name}")
    await m.answered(unit, replace(command, kind=Kind.SYNC), Reject.OLD_SEQ)
    return "kind 99 refused; SYNC with the same Seq: 3 OLD_SEQ"


@check("order.seq-zero", "Command", "nothing is looked at while Seq is 0", level=Level.NO_MOTION)
async def seq_zero(m: Machine) -> str:
    unit = m.units[0]
    before = await m.get(unit, "Status", "AckEpoch", "AckSeq", "RejectCode")
    epoch, _ = m.numbers.last(unit)
    command = m.command(unit, Kind.SYNC, epoch=epoch + 1, seq=0)
    await m.write(unit, command)
    after = [await m.stays(unit, "Status", field) for field in ("AckEpoch", "AckSeq", "RejectCode")]
    if after != before:
        raise Failed(f"the acknowledgement went from {before} to {after}")
    await _accepted(m, unit, Kind.SYNC, epoch=epoch + 1, seq=1)
    return "no acknowledgement; Seq 1 of that epoch was then accepted"


@check("order.duplicate", "Command", "the same command written again does nothing; an older one again is OLD_SEQ")
async def duplicate(m: Machine) -> str:
    lift, place, _ = await a_move(m)
    await run_park(m, lift, place)
    first = m.command(lift, Kind.PARK, "", place)
    await m.answered(lift, first, Reject.NONE)
    await m.ended(lift, (first.epoch, first.seq), longest_move_s(m, lift))
    lines = await m.log(lift)
    await m.write(lift, first)
    if await m.stays(lift, "Status", "RejectCode") != Reject.NONE or await m.log(lift) != lines:
        raise Failed("the same command written again had an effect")
    await run_park(m, lift, place)
    await m.answered(lift, first, Reject.OLD_SEQ)
    ran = [line for line in await m.log(lift) if line.startswith(f"{first.epoch};{first.seq};")]
    if len(ran) != 1:
        raise Failed(f"the log has {len(ran)} lines for one command")
    return "written again: nothing; after another one: 3 OLD_SEQ; one line in the log"


@check("order.expired", "Command", "a command whose deadline has passed is refused with EXPIRED; one in time is not")
async def expired(m: Machine) -> str:
    seen = []
    for unit, kind in ((m.lifts[0], Kind.PARK), (m.stations[0], Kind.OPEN_GATE)):
        src, dst = (unit, "") if kind is Kind.OPEN_GATE else ("", await _somewhere(m, unit))
        seen.append(await m.refused(unit, kind, src, dst, Reject.EXPIRED, deadline=int(time.time()) - 3))
    await run_park(m, m.lifts[0], await _somewhere(m, m.lifts[0]))
    return "; ".join(seen)


async def _somewhere(m: Machine, lift: str) -> str:
    return next(iter(await m.occupancy(lift)))


async def _accepted(m: Machine, unit: str, kind: Kind, *, epoch: int, seq: int) -> None:
    await m.answered(unit, m.command(unit, kind, epoch=epoch, seq=seq), Reject.NONE)
