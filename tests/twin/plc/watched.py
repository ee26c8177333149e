"""A tower that keeps its events, for tests with the real PLC twin."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from autosilo.site.control import EventKind, Tower, TowerEvent
from autosilo.site.control.habits import HABITS, Habits
from twin.plc.rig import Rig, car, vin

WITHIN_S = 40


class Watched(Tower):
    seen: list[TowerEvent]

    async def until(self, kind: EventKind, **match: Any) -> TowerEvent:
        async with asyncio.timeout(WITHIN_S):
            while True:
                for event in self.seen:
                    if event.kind is kind and all(getattr(event, key) == value for key, value in match.items()):
                        return event
                await asyncio.sleep(0.02)

    async def until_true(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not true():
                await asyncio.sleep(0.02)

    def kinds(self, key: str) -> list[EventKind]:
        return [event.kind for event in self.seen if event.job_key == key]


def make_tower(rig: Rig, habits: Habits = HABITS) -> Watched:
    tower = Watched(config=rig.site, home=rig.home, plc_url=rig.url, habits=habits)
    tower.seen = []
    tower.subscribe(tower.seen.append)
    return tower


@asynccontextmanager
async def running(rig: Rig, habits: Habits = HABITS) -> AsyncIterator[Watched]:
    """A controller that is ready; in the end its inventory is what stands in the twin."""
    tower = make_tower(rig, habits)
    await tower.start()
    try:
        await tower.until_true(lambda: tower.ready)
        yield tower
        assert tower.inventory() == rig.state()["places"]
    finally:
        await tower.stop()


async def fetch(tower: Watched, number: int) -> str:
    async with asyncio.timeout(WITHIN_S):
        return (await tower.fetch(job_key=f"out-{number}", vin=vin(number))).station


async def leave(rig: Rig, tower: Watched, number: int, station: str) -> None:
    assert rig.world("/depart", {"station": station, "vin": vin(number)})[0] == 200
    async with asyncio.timeout(WITHIN_S):
        await tower.hand_over(job_key=f"out-{number}", vin=vin(number))


async def admit(rig: Rig, tower: Watched, number: int, **changes: Any) -> str:
    """Let the car drive in."""
    async with asyncio.timeout(WITHIN_S):
        station = (await tower.admit(job_key=f"in-{number}", vin=vin(number), plate=car(number)["plate"])).station
    assert rig.world("/arrive", {"station": station, **car(number, **changes)})[0] == 200
    return station


async def take_in(tower: Watched, number: int) -> str | None:
    async with asyncio.timeout(WITHIN_S):
        return (await tower.take_in(job_key=f"in-{number}", vin=vin(number))).bay
