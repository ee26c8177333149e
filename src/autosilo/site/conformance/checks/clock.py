"""Clocks: deadlines mean the same to both ends."""

import time
from datetime import UTC

from asyncua import ua

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Level, check

MAY_DIFFER_S = 1.0


@check("clock.agrees", "Command", "the PLC's clock agrees with ours within a second", level=Level.READ_ONLY)
async def agrees(m: Machine) -> str:
    node = m.session.client.get_node(ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime))
    before = time.time()
    theirs = await node.read_value()
    after = time.time()
    offset = theirs.replace(tzinfo=UTC).timestamp() - (before + after) / 2
    if abs(offset) > MAY_DIFFER_S + (after - before) / 2:
        raise Failed(f"the PLC's clock is {offset:+.2f} s off")
    return f"{offset:+.3f} s"
