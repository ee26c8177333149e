"""What a run may do: reading writes nothing, talking moves nothing."""

import asyncio

import pytest

from autosilo.site.conformance.registry import Level, choose
from autosilo.site.conformance.report import Report
from autosilo.site.conformance.run import run
from autosilo.site.conformance.session import Session
from autosilo.wire import mailbox
from peer.rigs import PeerRig

pytestmark = pytest.mark.peer


def a_run(rig: PeerRig, level: Level) -> Report:
    return asyncio.run(run(rig.machine(), choose(level), level))


def written(rig: PeerRig) -> dict[str, object]:
    """Every node that a controller may write, as it is now."""

    async def read() -> dict[str, object]:
        session = await Session.open(rig.machine().target)
        names = [name for unit in rig.machine().units for name in mailbox.unit_nodes(unit)]
        values = await session.read(name for name in names if ".".join(name.split(".")[-2:]) in mailbox.WRITABLE)
        await session.close()
        return values

    return asyncio.run(read())


def test_reading_writes_nothing(running_peer: PeerRig) -> None:
    running_peer.reset()
    before = written(running_peer)
    assert a_run(running_peer, Level.READ_ONLY).passed
    assert written(running_peer) == before
    assert set(before.values()) == {0, ""}


def test_talking_moves_nothing(running_peer: PeerRig) -> None:
    running_peer.reset()
    before = running_peer.order("/state", {})
    assert a_run(running_peer, Level.NO_MOTION).passed
    assert running_peer.order("/state", {}) == before
    assert running_peer.order("/logs", {}) == {unit: [] for unit in running_peer.machine().units}
