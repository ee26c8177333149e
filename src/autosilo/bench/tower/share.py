"""What share of a core the controller needs at the machine's real pace: all lifts moving, and nothing moving."""

import asyncio
import time
from dataclasses import dataclass

from autosilo.bench.tower.town import Town
from autosilo.site.control import Tower
from autosilo.tower.geometry import lift_of

LOOK_S = 0.2
PICTURE_S = 0.1
"""Ten live pictures a second are taken, twice what screens are promised."""


@dataclass(frozen=True, slots=True)
class Shares:
    """CPU seconds a second. This process does nothing besides."""

    busy: float
    idle: float
    moves: int
    pictures_s: float


async def measure(town: Town, *, seconds: float) -> Shares:
    """The whole tower control, with its dispatcher and a screen that watches."""
    tower = Tower(config=town.config, home=town.home, plc_url=town.url)
    await tower.start()
    try:
        while not tower.ready:
            await asyncio.sleep(LOOK_S)
        async with asyncio.TaskGroup() as group:
            watching = _Screen(tower)
            screen = group.create_task(watching.run())
            idle, _ = await _share(seconds)
            lifts = [group.create_task(_keep_moving(tower, lift.name)) for lift in town.config.tower.lifts]
            await asyncio.sleep(2.0)
            before, frames = moves_begun(tower), watching.changed
            busy, wall = await _share(seconds)
            shares = Shares(busy, idle, moves_begun(tower) - before, (watching.changed - frames) / wall)
            for task in (screen, *lifts):
                task.cancel()
        return shares
    finally:
        await tower.stop()


class _Screen:
    """Takes pictures; ``changed`` counts those that show something new."""

    def __init__(self, tower: Tower) -> None:
        self._tower = tower
        self._last = ""
        self.changed = 0

    async def run(self) -> None:
        while True:
            picture = self._tower.snapshot().model_dump_json(exclude={"at"})
            if picture != self._last:
                self._last, self.changed = picture, self.changed + 1
            await asyncio.sleep(PICTURE_S)


async def _share(seconds: float) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    wall = time.monotonic() - wall
    return (time.process_time() - cpu) / wall, wall


async def _keep_moving(tower: Tower, lift: str) -> None:
    """Bring cars of this lift down to a delivery station and up again, for ever."""
    while True:
        for place, vin in sorted(tower.inventory().items()):
            if lift_of(place) != lift:
                continue
            tower.stage(vin)
            while ".D" not in (tower.place_of(vin) or ""):
                await asyncio.sleep(LOOK_S)
            tower.unstage(vin)
            while ".B" not in (tower.place_of(vin) or ""):
                await asyncio.sleep(LOOK_S)
