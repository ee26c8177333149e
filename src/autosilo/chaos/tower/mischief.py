"""What goes wrong, drawn at random: processes, power, cable, mailbox, people, drives, sensors, keys."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from autosilo.chaos.tower.hands import Words
from autosilo.chaos.tower.link import Cable
from autosilo.chaos.tower.town import Town
from autosilo.chaos.tower.world import World
from autosilo.tower.geometry import Role, all_places

PAUSE_S = (0.2, 2.5)
"""Between two mishaps."""
STRIKES_THE_FALLEN = 0.2
"""How often the next mishap does not wait until controller and PLC speak again."""
RECOVERS_WITHIN_S = 20.0
LOOK_S = 0.1
MOVES_A_CAR = 0.6
"""How often somebody who has turned the key moves a car by hand."""


class Mischief:
    """``done`` counts each kind that did happen; ``give`` sends an order to the controller."""

    def __init__(
        self,
        town: Town,
        world: World,
        cable: Cable,
        rng: random.Random,
        *,
        connected: Callable[[], bool],
        give: Callable[[Words], None],
    ) -> None:
        self._town, self._world, self._cable, self._rng = town, world, cable, rng
        self._connected = connected
        self._give = give
        places = all_places(town.config)
        self._lifts = [lift.name for lift in town.config.tower.lifts]
        self._stations = [name for name, place in places.items() if place.role is not Role.BAY]
        self._airlocks = [name for name in self._stations if places[name].shutter_s]
        self._bays = [name for name, place in places.items() if place.role is Role.BAY]
        self.done: Counter[str] = Counter()
        self._taken_back: dict[str, Words] = {}
        self.now = ""
        """What it does at this moment."""
        self.kinds: list[tuple[int, Callable[[], Awaitable[bool]]]] = [
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
            (2, self.clock_wrong),
            (3, self.bay_blocked),
            (3, self.lift_out_of_service),
            (4, self.brought_down_early),
        ]

    async def run(self) -> None:
        """One after the other, for ever."""
        weights = [weight for weight, _ in self.kinds]
        while True:
            self.now = "nothing"
            await asyncio.sleep(self._rng.uniform(*PAUSE_S))
            (_, strike), *_ = self._rng.choices(self.kinds, weights)
            if self._rng.random() > STRIKES_THE_FALLEN:
                self.now = "waits until all stand on their feet"
                await self._on_their_feet()
            self.now = strike.__name__
            if await strike():
                self.done[strike.__name__] += 1

    def orders(self) -> list[Words]:
        """By which the technician took earlier orders back. A controller that is killed may never have read the last
        one, and then a lift would be out of service for good: a technician sees that, and says it again."""
        return list(self._taken_back.values())

    async def kill_controller(self) -> bool:
        await self._town.kill(self._town.controller)
        return True

    async def kill_plc(self) -> bool:
        await self._town.kill(self._town.plc)
        await asyncio.sleep(self._rng.uniform(0, 0.3))
        await self._town.start_plc()
        return True

    async def kill_both(self) -> bool:
        await asyncio.gather(self._town.kill(self._town.controller), self._town.kill(self._town.plc))
        await self._town.start_plc()
        return True

    async def power_cut(self) -> bool:
        return await self._world.post("/power", off_s=self._rng.uniform(0, 0.5))

    async def cable_cut(self) -> bool:
        self._cable.cut()
        return True

    async def cable_frozen(self) -> bool:
        self._cable.freeze()
        try:
            await asyncio.sleep(self._rng.choice((0.2, 1.0, 2.5)))
        finally:
            self._cable.thaw()
        return True

    async def command_late(self) -> bool:
        return await self._for_a_while("mail_delayed", self._unit(), 2.0, seconds=self._rng.choice((0.2, 1.0, 6.0)))

    async def command_twice(self) -> bool:
        return await self._for_a_while("mail_duplicated", self._unit(), 2.0)

    async def command_lost(self) -> bool:
        return await self._fault("mail_lost", self._unit(), count=self._rng.choice((1, 2)))

    async def answer_late(self) -> bool:
        return await self._for_a_while("answer_late", self._unit(), 4.0, seconds=self._rng.choice((0.5, 3.0, 9.0)))

    async def clock_wrong(self) -> bool:
        return await self._for_a_while("clock_wrong", "plc", 3.0, seconds=self._rng.choice((-10.0, 10.0)))

    async def person_in_the_way(self) -> bool:
        return await self._for_a_while("person", self._rng.choice((*self._lifts, *self._stations)), 1.0)

    async def gate_blocked(self) -> bool:
        return await self._for_a_while("gate_blocked", self._rng.choice(self._stations), 1.0)

    async def shutter_blocked(self) -> bool:
        return await self._for_a_while("shutter_blocked", self._rng.choice(self._airlocks), 1.0)

    async def emergency_stop(self) -> bool:
        return await self._fault("emergency_stop", self._rng.choice(self._lifts))

    async def drive_fault(self) -> bool:
        return await self._fault("drive_fault", self._unit())

    async def sensor_stuck(self) -> bool:
        at = self._rng.choice((*self._bays, *self._stations, *self._lifts))
        return await self._fault("sensor_stuck", at, value=self._rng.random() < 0.5)

    async def key_turned(self) -> bool:
        """A technician takes over, and may move a car by hand, from any place of that lift into a bay of it."""
        lift = self._rng.choice(self._lifts)
        if not await self._world.post("/mode", lift=lift, mode=self._rng.choice(("manual", "service"))):
            return False
        await asyncio.sleep(self._rng.uniform(0.1, 0.5))
        truth = await self._world.get("/state")
        if truth is not None and self._rng.random() < MOVES_A_CAR:
            full = [place for place in truth["places"] if place.startswith(f"{lift}.")]
            empty = [bay for bay in self._bays if bay.startswith(f"{lift}.") and bay not in truth["places"]]
            if full and empty:
                vin = truth["places"][self._rng.choice(full)]
                await self._world.post("/carry", vin=vin, to=self._rng.choice(empty))
        return True

    async def bay_blocked(self) -> bool:
        """For a while, by an order of the technician."""
        place = self._rng.choice(self._bays)
        await self._order_for_a_while(place, {"do": "block", "place": place}, {"do": "unblock", "place": place})
        return True

    async def lift_out_of_service(self) -> bool:
        """For a while, by an order of the technician."""
        lift = self._rng.choice(self._lifts)
        order = {"do": "service", "lift": lift}
        await self._order_for_a_while(lift, order | {"in_service": False}, order | {"in_service": True})
        return True

    async def brought_down_early(self) -> bool:
        """A car is staged that nobody comes for."""
        truth = await self._world.get("/state")
        bays = [place for place in (truth or {}).get("places", ()) if place in self._bays]
        if not bays or truth is None:
            return False
        self._give({"do": "stage", "vin": truth["places"][self._rng.choice(bays)]})
        return True

    async def _on_their_feet(self) -> None:
        """Until controller and PLC speak again, or it has taken too long: a machine that never runs proves nothing."""
        for _ in range(round(RECOVERS_WITHIN_S / LOOK_S)):
            if self._connected():
                return
            await asyncio.sleep(LOOK_S)

    def _unit(self) -> str:
        return self._rng.choice((*self._lifts, *self._stations))

    async def _order_for_a_while(self, what: str, order: Words, back: Words) -> None:
        self._taken_back.pop(what, None)
        self._give(order)
        await asyncio.sleep(self._rng.uniform(0.5, 3.0))
        self._taken_back[what] = back
        self._give(back)

    async def _fault(self, kind: str, at: str, **more: object) -> bool:
        return await self._world.post("/fault", kind=kind, at=at, **more)

    async def _for_a_while(self, kind: str, at: str, longest_s: float, **more: object) -> bool:
        if not await self._fault(kind, at, **more):
            return False
        await asyncio.sleep(self._rng.uniform(0.1, longest_s))
        await self._fault(kind, at, set=False, **more)
        return True
