"""What control itself costs: over the machine's pure motion, over the wire's bare reads and writes, and in CPU time."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

from autosilo.bench.command import Conditions
from autosilo.bench.report import Figure
from autosilo.bench.tower import motion, share, wire
from autosilo.bench.tower.town import Town, car
from autosilo.tower.geometry import Role, all_places

SLUG = "bigtown"
PACE = 20.0
"""For what does not depend on how fast cars move."""
REAL = 1.0
FILLED = 0.8
OVERHEAD_TARGETS = ("<= 100", "<= 250")


def measure(conditions: Conditions) -> Sequence[Figure]:
    """``autosilo bench tower``."""
    return asyncio.run(_measure(quick=conditions.quick))


async def _measure(*, quick: bool) -> list[Figure]:
    async with running_town(PACE) as fast:
        overheads = await motion.measure(fast, commands=24 if quick else 240)
        trips = await wire.measure(fast, times=40 if quick else 400)
    async with running_town(REAL) as real:
        shares = await share.measure(real, seconds=8.0 if quick else 60.0)
    return [*_overhead_figures(overheads), *_wire_figures(trips), *_share_figures(shares)]


@asynccontextmanager
async def running_town(pace: float) -> AsyncIterator[Town]:
    """A filled tower with a running PLC."""
    with tempfile.TemporaryDirectory(prefix="autosilo-bench-") as folder:
        one = Town(Path(folder) / "home", package=__name__, slug=SLUG, pace=pace)
        bays = [place.name for place in all_places(one.config).values() if place.role is Role.BAY]
        count = round(len(bays) * FILLED)
        one.fill({bay: car(number) for number, bay in enumerate(sorted(bays, key=_mixed)[:count], start=1)})
        await one.start_plc()
        try:
            yield one
        finally:
            await one.close()


def _mixed(bay: str) -> str:
    """An order in which every lift has free bays."""
    return bay.partition(".")[2] + bay


def _overhead_figures(overheads: Sequence[motion.Overhead]) -> list[Figure]:
    values = [one.over_s * 1000 for one in overheads]
    pure = median(one.pure_s for one in overheads)
    middle, late = OVERHEAD_TARGETS
    count = len(values)
    return [
        Figure(
            name=f"command over pure motion (median of {count})",
            value=round(median(values), 1),
            unit="ms",
            target=middle,
            limit=round(motion.LIMIT_S * 1000, 1),
            baselines={"pure motion at this pace, ms": round(pure * 1000), "at real pace, s": round(pure * PACE, 1)},
        ),
        Figure(
            name=f"command over pure motion (p99 of {count})",
            value=round(quantiles(values, n=100)[98], 1),
            unit="ms",
            target=late,
        ),
    ]


def _wire_figures(trips: wire.Trips) -> list[Figure]:
    bare = median(trips.bare_s)
    return [
        Figure(
            name="mailbox round trip: command written until acknowledgement seen (median)",
            value=round(median(trips.mailbox_s) * 1000, 1),
            unit="ms",
            limit=round((bare + wire.WAITS_S) * 1000, 1),
            baselines={"bare write of 9 nodes and read of a unit, ms": round(bare * 1000, 1)},
        ),
        Figure(
            name="mailbox round trip (p99)",
            value=round(quantiles(trips.mailbox_s, n=100)[98] * 1000, 1),
            unit="ms",
            baselines={"bare, ms": round(quantiles(trips.bare_s, n=100)[98] * 1000, 1)},
        ),
    ]


def _share_figures(shares: share.Shares) -> list[Figure]:
    return [
        Figure(
            name="CPU of the controller, 4 lifts moving, 400 bays, 12 stations",
            value=round(shares.busy * 100, 1),
            unit="% of a core",
            baselines={"nothing moves": round(shares.idle * 100, 1)},
        ),
        Figure(name="moves meanwhile", value=shares.moves, unit="moves"),
        Figure(name="live pictures a second", value=round(shares.pictures_s, 1), unit="1/s", target=">= 5"),
    ]
