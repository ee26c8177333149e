"""What goes wrong, drawn at random: processes, power, cable, mailbox, people, drives, sensors, keys."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from autosilo.chaos.tower.link import Cable
from autosilo.chaos.tower.town import Town
from autosilo.chaos.tower.world import World
from autosilo.tower.geometry import Role, all_places

PAUSE_S = (0.1, 1.2)
"""Between two mishaps."""
STRIKES_THE_FALLEN = 0.2
"""How often the next mishap does not wait until controller and PLC speak again."""
RECOVERS_WITHIN_S = 20.0
LOOK_S = 0.1


class Mischief:
    """``done`` counts each kind."""

    def __init__(
        self, town: Town, world: World, cable: Cable, rng: random.Random, *, connected: Callable[[], bool]
    ) -> None:
        self._town, self._world, self._cable, self._rng = town, world, cable, rng
        self._connected = connected
        places = all_places(town.config)
        self._lifts = [lift.name for lift in town.config.tower.lifts]
        self._stations = [name for name, place in places.items() if place.role is not Role.BAY]
        self._airlocks = [name for name in self._stations if places[name].shutter_s]
        self._bays = [name for name, place in places.items() if place.role is Role.BAY]
        self.done: Counter[str] = Counter()
        self.kinds: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (10, self.kill_controller),
            (8, self.kill_plc),
            (4, self.kill_both),
            (6, self.power_cut),
            (10, self.cable_cut),
            (6, self.cable_frozen),
            (6, self.command_late),
            (6, self.command_twice),
            (6, self.command_lost),
            (6, self.answer_late),
            (6, self.person_in_the_way),
            (4, self.gate_blocked),
            (3, self.shutter_blocked),
            (2, self.emergency_stop),
            (2, self.drive_fault),
            (2, self.sensor_stuck),
            (2, self.key_turned),
        ]

    async def run(self) -> None:
        """One after the other, for ever."""
        weights = [weight for weight, _ in self.kinds]
        while True:
            await asyncio.sleep(self._rng.uniform(*PAUSE_S))
            (_, strike), *_ = self._rng.choices(self.kinds, weights)
            if self._rng.random() > STRIKES_THE_FALLEN:
                await self._on_their_feet()
            self.done[strike.__name__] += 1
            await strike()

    async def kill_controller(self) -> None:
        await self._town.kill(self._town.controller)

    async def kill_plc(self) -> None:
        await self._town.kill(self._town.plc)
        await asyncio.sleep(self._rng.uniform(0, 0.3))
        await self._town.start_plc()

    async def kill_both(self) -> None:
        await asyncio.gather(self._town.kill(self._town.controller), self._town.kill(self._town.plc))
        await self._town.start_plc()

    async def power_cut(self) -> None:
        await self._world.post("/power", off_s=self._rng.uniform(0, 0.5))

    async def cable_cut(self) -> None:
        self._cable.cut()

    async def cable_frozen(self) -> None:
        self._cable.freeze()
        try:
            await asyncio.sleep(self._rng.choice((0.2, 1.0, 2.5)))
        finally:
            self._cable.thaw()

    async def command_late(self) -> None:
        await self._for_a_while("mail_delayed", self._unit(), 2.0, seconds=self._rng.choice((0.2, 1.0, 6.0)))

    async def command_twice(self) -> None:
        await self._for_a_while("mail_duplicated", self._unit(), 2.0)

    async def command_lost(self) -> None:
        await self._world.post("/fault", kind="mail_lost", at=self._unit(), count=self._rng.choice((1, 2)))

    async def answer_late(self) -> None:
        await self._for_a_while("late_answer", self._unit(), 4.0, seconds=self._rng.choice((0.5, 3.0, 9.0)))

    async def person_in_the_way(self) -> None:
        await self._for_a_while("person", self._rng.choice((*self._lifts, *self._stations)), 1.0)

    async def gate_blocked(self) -> None:
        await self._for_a_while("gate_blocked", self._rng.choice(self._stations), 1.0)

    async def shutter_blocked(self) -> None:
        await self._for_a_while("shutter_blocked", self._rng.choice(self._airlocks), 1.0)

    async def emergency_stop(self) -> None:
        await self._world.post("/fault", kind="emergency_stop", at=self._rng.choice(self._lifts))

    async def drive_fault(self) -> None:
        await self._world.post("/fault", kind="drive_fault", at=self._rng.choice(self._lifts))

    async def sensor_stuck(self) -> None:
        at, value = self._rng.choice((*self._bays, *self._lifts)), self._rng.random() < 0.5
        await self._world.post("/fault", kind="sensor_stuck", at=at, value=value)

    async def key_turned(self) -> None:
        """A technician takes over, and may move a car by hand."""
        lift = self._rng.choice(self._lifts)
        if not await self._world.post("/mode", lift=lift, mode=self._rng.choice(("manual", "service"))):
            return
        await asyncio.sleep(self._rng.uniform(0.1, 0.5))
        truth = await self._world.get("/state")
        if truth is None or self._rng.random() < 0.5:
            return
        own = [bay for bay in self._bays if bay.startswith(f"{lift}.")]
        full = [bay for bay in own if bay in truth["places"]]
        empty = [bay for bay in own if bay not in truth["places"]]
        if full and empty:
            source = self._rng.choice(full)
            await self._world.post("/carry", vin=truth["places"][source], to=self._rng.choice(empty))

    async def _on_their_feet(self) -> None:
        """Until controller and PLC speak again, or it has taken too long: a machine that never runs proves nothing."""
        for _ in range(round(RECOVERS_WITHIN_S / LOOK_S)):
            if self._connected():
                return
            await asyncio.sleep(LOOK_S)

    def _unit(self) -> str:
        return self._rng.choice((*self._lifts, *self._stations))

    async def _for_a_while(self, kind: str, at: str, longest_s: float, **more: float) -> None:
        if await self._world.post("/fault", kind=kind, at=at, **more):
            await asyncio.sleep(self._rng.uniform(0.1, longest_s))
            await self._world.post("/fault", kind=kind, at=at, set=False)
