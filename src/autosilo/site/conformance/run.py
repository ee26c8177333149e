"""Making the checks one after the other. Nothing that one of them meets keeps the next from being made."""

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Check, Failed, Level, Skipped
from autosilo.site.conformance.report import Outcome, Report, Result
from autosilo.site.conformance.session import SessionLost, quiet
from autosilo.site.conformance.settle import settle

FIRST_CONNECTION_S = 10.0


async def run(
    m: Machine, checks: Sequence[Check], level: Level, say: Callable[[Result | Check], None] = lambda _: None
) -> Report:
    """Make ``checks`` in order. ``say`` hears of each before and after it. Raises ``Failed`` when there is no PLC."""
    quiet()
    began, clock = datetime.now(UTC), time.monotonic()
    m.silent = level is Level.READ_ONLY
    await m.connect(FIRST_CONNECTION_S)
    results: list[Result] = []
    left: str | None = None
    try:
        software = await _software(m)
        for check in checks:
            say(check)
            result = await _make(m, check, left)
            results.append(result)
            say(result)
            if check.level is Level.MOTION or left:
                left = await settle(m)
            elif m.disconnected:
                await m.connect()
    finally:
        await m.disconnect()
    return Report(
        site=m.site.slug,
        endpoint=m.target.endpoint,
        level=level.name,
        began=began,
        seconds=time.monotonic() - clock,
        certificate=hashlib.sha256(m.target.plc_certificate.read_bytes()).hexdigest(),
        software=software,
        results=tuple(results),
        left=left,
    )


async def _make(m: Machine, check: Check, left: str | None) -> Result:
    clock = time.monotonic()
    try:
        if left and check.level is Level.MOTION:
            raise Skipped(f"the machine is not at rest: {left}")
        outcome, seen = Outcome.PASSED, await check.run(m)
    except Skipped as reason:
        outcome, seen = Outcome.SKIPPED, str(reason)
    except (Failed, SessionLost) as reason:
        outcome, seen = Outcome.FAILED, str(reason)
    except Exception as error:  # whatever a peer makes the stack raise: it is the peer's doing, and is told as such
        outcome, seen = Outcome.FAILED, f"unexpected: {error!r}"
    return Result(check.id, check.section, check.says, outcome, seen, time.monotonic() - clock)


async def _software(m: Machine) -> str:
    """Product name and version from the server's build information, as far as it tells."""
    try:
        info = await m.session.client.nodes.server.get_child(["0:ServerStatus", "0:BuildInfo"])
        value = await info.read_value()
        return f"{value.ManufacturerName or '?'} {value.ProductName or '?'} {value.SoftwareVersion or ''}".strip()
    except Exception:  # optional for a server, and only for the head of the report
        return "unknown"
