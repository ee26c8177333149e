"""Lost links: the PLC goes on with what runs, and lets the controller in again."""

import asyncio

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Level, check
from autosilo.site.conformance.session import BROKEN, Session
from autosilo.site.conformance.stock import a_move, longest_move_s, run_move
from autosilo.wire.mailbox import Kind, Reject

ABANDONED = 3


@check(
    "connection.second-session",
    "Connection",
    "two sessions of the controller at once: a dead one does not lock it out",
    level=Level.READ_ONLY,
)
async def second_session(m: Machine) -> str:
    try:
        second = await Session.open(m.target)
    except BROKEN as error:
        raise Failed(f"the second session was refused: {error!r}") from error
    name = f"{m.units[0]}.Status.State"
    both = (await second.read([name]), await m.session.read([name]))
    await second.close()
    if None in (*both[0].values(), *both[1].values()):
        raise Failed(f"read: {both}")
    return "both read"


@check(
    "connection.abandoned",
    "Connection",
    f"{ABANDONED} connections that were cut without a word do not lock the controller out",
    level=Level.READ_ONLY,
)
async def abandoned(m: Machine) -> str:
    for _ in range(ABANDONED):
        try:
            session = await Session.open(m.target)
        except BROKEN as error:
            raise Failed(f"refused: {error!r}") from error
        session.cut()
        await session.close()
    await m.disconnect(cut=True)
    await m.connect(within_s=5)
    return f"{ABANDONED + 1} cut, the next was let in"


@check(
    "connection.lost-in-mid-move",
    "The rest",
    "a connection that is cut in mid-move: the job ends, and the outcome can be read after it",
)
async def lost_in_mid_move(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    key = await m.accepted(lift, Kind.MOVE, src, dst)
    await m.disconnect(cut=True)
    await asyncio.sleep(0.5)
    await m.connect(within_s=5)
    await m.ended(lift, key, longest_move_s(m, lift))
    await run_move(m, lift, dst, src)
    return f"{lift} MOVE {src} {dst} ended"


@check(
    "connection.fence",
    "How the controller uses it",
    "a new connection raises the epoch: what an old one sends then is refused, a running job goes on",
)
async def fence(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    key = await m.accepted(lift, Kind.MOVE, src, dst)
    late = m.command(lift, Kind.PARK, "", src)
    await m.disconnect(cut=True)
    await m.connect(within_s=5)
    await m.send(lift, m.command(lift, Kind.SYNC, epoch=key[0] + 1, seq=1))
    answer = await m.send(lift, late)
    if answer is not Reject.OLD_EPOCH:
        raise Failed(f"a command of the old epoch was answered with {int(answer)} {answer.name}")
    await m.ended(lift, key, longest_move_s(m, lift))
    await run_move(m, lift, dst, src)
    return "SYNC raised the epoch; the late command: 2 OLD_EPOCH; the job ended"
