"""What share of a core the controller needs at the machine's real pace: all lifts moving, and nothing moving."""

import asyncio
import time
from dataclasses import dataclass

from autosilo.bench.tower.town import Town
from autosilo.site.control import EventKind, Tower, TowerEvent
from autosilo.tower.geometry import lift_of

LOOK_S = 0.2
WARM_UP_S = 2.0
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
        screen = _Screen(tower)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(screen.run())]
            idle = await _share(seconds)
            tasks += [group.create_task(_keep_moving(tower, lift.name)) for lift in town.config.tower.lifts]
            await asyncio.sleep(WARM_UP_S)
            moves = _Moves(tower)
            busy = await _share(seconds)
            for task in tasks:
                task.cancel()
        return Shares(busy, idle, moves.begun, screen.changed / max(screen.moving * PICTURE_S, PICTURE_S))
    finally:
        await tower.stop()


class _Moves:
    """How many the PLC has accepted."""

    def __init__(self, tower: Tower) -> None:
        self.begun = 0
        tower.subscribe(self._hear)

    def _hear(self, event: TowerEvent) -> None:
        self.begun += event.kind is EventKind.MOVING


class _Screen:
    """Takes pictures: ``moving`` with a lift under way, of which ``changed`` show one at a new position."""

    def __init__(self, tower: Tower) -> None:
        self._tower = tower
        self._last: dict[str, tuple[float, float]] = {}
        self.moving = self.changed = 0

    async def run(self) -> None:
        while True:
            lifts = self._tower.snapshot().lifts
            at = {one.lift: (one.floor, one.column) for one in lifts}
            if any(one.state == "moving" for one in lifts):
                self.moving += 1
                self.changed += at != self._last
            self._last = at
            await asyncio.sleep(PICTURE_S)


async def _share(seconds: float) -> float:
    cpu, wall = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    return (time.process_time() - cpu) / (time.monotonic() - wall)


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
