"""Each command's time over the pure motion that kinematics asks for: scan, poll, acknowledgement, journal."""

import asyncio
import time
from dataclasses import dataclass

from autosilo.bench.tower.town import Town
from autosilo.site.control.holding import Told
from autosilo.site.control.jobs.relocate import Relocate
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.mailbox import BUSY_POLL_S
from autosilo.site.control.parts import build, commission
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import Role
from autosilo.tower.kinematics import move_s
from autosilo.twin.plc.plc import SCAN_S

LIMIT_S = SCAN_S / 2 + BUSY_POLL_S / 2
"""With a computer that takes no time at all: on average half a scan until the PLC looks, half a poll until we do."""


@dataclass(frozen=True, slots=True)
class Overhead:
    """Of one command, in seconds at the pace of the run."""

    pure_s: float
    over_s: float


async def measure(town: Town, *, commands: int) -> list[Overhead]:
    """All lifts at once, each moving cars from bay to bay, one command after another."""
    floor = opened(town)
    try:
        shares = await asyncio.gather(
            *(_lift(floor, driver, commands // len(floor.lifts)) for driver in floor.lifts.values())
        )
    finally:
        await floor.link.stop()
        floor.journal.close()
    return [one for share in shares for one in share]


def opened(town: Town) -> Floor:
    """Drivers of all units on a real link, with the first inventory taken over."""
    nobody = Told(on_hold=lambda unit, hold: None, on_recover=lambda unit: None)
    floor = build(town.config, town.home, town.url, nobody, [])
    commission(floor, town.home / "sites" / town.slug / "commissioning.json")
    floor.link.start()
    return floor


async def _lift(floor: Floor, driver: LiftDriver, commands: int) -> list[Overhead]:
    await driver.settle_down()
    found = []
    for number in range(commands):
        bays = [place for place in driver.places.values() if place.role is Role.BAY]
        full = [place for place in bays if place.name in floor.journal.inventory]
        empty = [place for place in bays if place.name not in floor.journal.inventory]
        source, target = full[(number * 37) % len(full)], empty[(number * 11) % len(empty)]
        pure = move_s(driver.lift, driver.at, source, target)
        began = time.perf_counter()
        await Relocate(floor.journal.inventory[source.name], target.name).run(driver, floor.journal)
        found.append(Overhead(pure, time.perf_counter() - began - pure))
    return found
