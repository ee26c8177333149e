"""Shoppers: so many visits at a time, each a car that goes out or comes back, with drivers who act like people."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autosilo.chaos.tower.hands import Words
from autosilo.chaos.tower.town import car, vin
from autosilo.chaos.tower.world import World

AT_ONCE = 9
FILL = (0.45, 0.75)
"""Of the bays: below, cars only come back; above, they only go."""
NOBODY_COMES = 0.03
SOMETHING_WRONG = 0.08
TRY_AGAIN_S = 0.15
PATIENCE_S = (0.5, 5.0)


@dataclass(slots=True)
class Visit:
    """One order to the controller and what its driver does."""

    key: str
    number: int
    collect: bool
    driver: "asyncio.Task[None] | None" = None

    @property
    def words(self) -> str:
        return f"{self.key}: {'collect' if self.collect else 'return'} {vin(self.number)}"

    @property
    def order(self) -> Words:
        do = "collect" if self.collect else "return"
        return {"do": do, "key": self.key, "vin": vin(self.number), "plate": car(self.number)["plate"]}


class People:
    """``give`` sends an order; ``inside`` are numbers of cars in the tower at first; ``bays`` how many there are."""

    def __init__(
        self, world: World, rng: random.Random, *, inside: set[int], bays: int, give: Callable[[Words], None]
    ) -> None:
        self._world, self._rng, self._give = world, rng, give
        self._bays = bays
        self.inside, self.outside = set(inside), set[int]()
        self.visits: dict[str, Visit] = {}
        self.ended = 0
        self._leaving: dict[int, asyncio.Task[None]] = {}
        self._counter = 0
        self.coming = True
        """False: nobody new comes."""

    @property
    def leaving(self) -> list[str]:
        """Whose cars stand inside although their visit is over."""
        return [f"{vin(number)} cannot leave" for number, task in self._leaving.items() if not task.done()]

    def orders(self) -> list[Words]:
        """Of every visit that is under way."""
        return [visit.order for visit in self.visits.values()]

    async def run(self) -> None:
        """New visits, for ever."""
        while True:
            if self.coming and len(self.visits) < AT_ONCE:
                self._begin()
            await asyncio.sleep(0.05)

    def hear(self, words: Words) -> None:
        """What the controller says of a visit."""
        visit = self.visits.get(words["key"])
        if visit is None:
            return
        if words["say"] in ("gate", "intake"):
            if visit.driver is None or visit.driver.done():
                visit.driver = asyncio.get_running_loop().create_task(self._drive(visit, words["station"]))
        elif words["say"] == "not_taken":
            if words["reason"] == "no_free_bay" and visit.driver is not None and visit.driver.done():
                visit.driver = asyncio.get_running_loop().create_task(self._lose_patience(visit.number))
        else:
            self._end(visit, words["say"])

    def _begin(self) -> None:
        self._leaving = {number: task for number, task in self._leaving.items() if not task.done()}
        busy = {visit.number for visit in self.visits.values()} | set(self._leaving)
        inside, outside = sorted(self.inside - busy), sorted(self.outside - busy)
        fill = len(self.inside) / self._bays
        collect = bool(inside) and (fill > FILL[1] or not outside or (fill > FILL[0] and self._rng.random() < 0.5))
        if not collect and not outside:
            return
        self._counter += 1
        visit = Visit(f"v{self._counter}", self._rng.choice(inside if collect else outside), collect)
        self.visits[visit.key] = visit
        self._give(visit.order)

    def _end(self, visit: Visit, how: str) -> None:
        if visit.driver is not None:
            visit.driver.cancel()
        if not visit.collect and how != "stored":
            self._leaving[visit.number] = asyncio.get_running_loop().create_task(self._drive_off(visit.number))
        if how == "collected":
            self.inside.discard(visit.number)
            self.outside.add(visit.number)
        elif how == "stored":
            self.outside.discard(visit.number)
            self.inside.add(visit.number)
        del self.visits[visit.key]
        self.ended += 1

    async def _lose_patience(self, number: int) -> None:
        """There is no bay for the car; who has waited for a while drives away."""
        await asyncio.sleep(self._rng.uniform(*PATIENCE_S))
        await self._drive_off(number)

    async def _drive_off(self, number: int) -> None:
        """Whose car stands in an intake although the visit is over (a sensor said that nobody came) wants out again, as
        soon as the gate is open for anybody; unless a technician finds the car and has it stored."""
        while (truth := await self._world.get("/state")) is None or self._is_coming(truth, number):
            await asyncio.sleep(TRY_AGAIN_S)
        while (at := _place_of(truth, number)) is not None:
            if at not in truth["stations"]:
                self.outside.discard(number)
                self.inside.add(number)
                return
            await self._world.post("/depart", station=at, vin=vin(number))
            await asyncio.sleep(TRY_AGAIN_S)
            truth = await self._world.get("/state") or truth

    @staticmethod
    def _is_coming(truth: dict[str, Any], number: int) -> bool:
        """Is it being driven in at this moment?"""
        visits = (one["visit"] for one in truth["stations"].values())
        return any(visit and visit["vin"] == vin(number) and not visit["leaving"] for visit in visits)

    async def _drive(self, visit: Visit, station: str) -> None:
        """Tries until it goes: the gate may be shut again, the world without power."""
        await asyncio.sleep(self._rng.uniform(0, 0.3))
        if self._rng.random() < NOBODY_COMES:
            return
        if visit.collect:
            while not await self._world.post("/depart", station=station, vin=vin(visit.number)):
                await asyncio.sleep(TRY_AGAIN_S)
            return
        wrong = self._rng.choice(("plugged", "engine_running")) if self._rng.random() < SOMETHING_WRONG else None
        faults = {wrong: True} if wrong else {}
        while not await self._world.post("/arrive", station=station, **car(visit.number), **faults):
            await asyncio.sleep(TRY_AGAIN_S)
        if wrong:
            await asyncio.sleep(self._rng.uniform(0.3, 1.0))
            kind = "plugged" if wrong == "plugged" else "engine_on"
            while not await self._world.post("/fault", kind=kind, at=station, set=False):
                await asyncio.sleep(TRY_AGAIN_S)


def _place_of(truth: dict[str, Any], number: int) -> str | None:
    return next((place for place, one in truth["places"].items() if one == vin(number)), None)
