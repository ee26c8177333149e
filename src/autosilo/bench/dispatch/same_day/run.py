"""The day at the real controller: over OPC UA, with the PLC's twin in a process of its own, at a high pace."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp

from autosilo.bench.dispatch.same_day.day import GRACE_S, Back, Day, Pickup
from autosilo.bench.dispatch.same_day.stock import Stock
from autosilo.bench.tower.town import Town, car, vin
from autosilo.site.control import EventKind, Tower, TowerEvent
from autosilo.site.control.habits import Habits

START_WITHIN_S = 60.0
LOOK_S = 0.02
ENDS_WITHIN_S = 1800.0
"""Of the tower's time, after the last shopper has come."""


class Stuck(Exception):
    """The controller did not come to the end of the day; the message says what stands."""


@dataclass(frozen=True, slots=True)
class Move:
    """One car from place to place; times in seconds of the tower since the day began."""

    car: int
    source: str
    destination: str
    begun: float
    done: float


@dataclass(slots=True)
class Record:
    """What happened. By number of the pick-up: when its shopper was heard (``asked``) or did not come (``given_up``),
    when its car was to be brought down ahead (``staged``), which car it was promised (``promised``), and which was
    chosen then (``chosen``: with ``"ahead"`` or ``"here"``). By car: when its delivery station was free again
    (``away``); of one that came back, when that was asked for and when its intake was shut behind it (``ready``)."""

    moves: list[Move] = field(default_factory=list)
    asked: dict[int, float] = field(default_factory=dict)
    staged: dict[int, float] = field(default_factory=dict)
    given_up: dict[int, float] = field(default_factory=dict)
    promised: dict[int, int] = field(default_factory=dict)
    chosen: dict[tuple[int, str], int] = field(default_factory=dict)
    away: dict[int, float] = field(default_factory=dict)
    back: dict[int, float] = field(default_factory=dict)
    ready: dict[int, float] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)


class Run:
    """Plays the shoppers of ``day`` at a tower that is ready."""

    def __init__(self, town: Town, tower: Tower, day: Day, habits: Habits) -> None:
        self.record = Record()
        self._town, self._tower, self._day, self._pace = town, tower, day, town.pace
        self._ahead_s = habits.staging.ahead_s * town.pace
        self._places = {number: bay for bay, number in day.places.items()}
        self._begun: dict[int, float] = {}
        self._numbers = {vin(number): number for number in (*day.places.values(), *(one.car for one in day.backs))}
        self._stock = Stock(tower, day, self._ahead_s)
        self._start = time.time()

    def now(self) -> float:
        """Of the tower."""
        return (time.time() - self._start) * self._pace

    async def play(self) -> Record:
        """Raises ``Stuck``."""
        unsubscribe = self._tower.subscribe(self._hear)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{self._town.world_port}") as self._world:
            try:
                async with (
                    asyncio.timeout((self._day.seconds + ENDS_WITHIN_S) / self._pace),
                    asyncio.TaskGroup() as all_,
                ):
                    self._start = time.time()
                    for number, pickup in enumerate(self._day.pickups):
                        if pickup.due is not None:
                            self._promise(number)
                            all_.create_task(self._booked(number, pickup, pickup.due))
                        if pickup.comes is not None:
                            all_.create_task(self._collect(number, pickup, pickup.comes))
                    for back in self._day.backs:
                        all_.create_task(self._return(back))
            except TimeoutError:
                raise Stuck(f"{self._tower.held or 'nothing is held'}; {len(self.record.moves)} moves") from None
            finally:
                unsubscribe()
        return self.record

    def _real(self, at: float) -> datetime:
        return datetime.fromtimestamp(self._start + at / self._pace, UTC)

    async def _until(self, at: float) -> None:
        await asyncio.sleep(max(0.0, (at - self.now()) / self._pace))

    def _promise(self, number: int) -> None:
        self.record.promised[number] = self._stock.promise(number)
        self._expect(number)

    def _expect(self, number: int) -> None:
        due = self._day.pickups[number].due
        if due is not None:
            self._tower.expect(vin(self._stock.car[number]), self._real(due))

    def _choose(self, number: int, when: str) -> None:
        """As the site does where the platform has answered which cars would do."""
        own, due = self._stock.car[number], self._day.pickups[number].due
        if not self._tower.undecided(vin(own)):
            return
        others = [vin(one) for one in self._stock.would_do(number, self.now())]
        here = when == "here" or due is None
        chosen = self._numbers[self._tower.soonest(vin(own), others, due=None if here else self._real(due or 0.0))]
        self.record.chosen[number, when] = chosen
        if chosen != own:
            self._tower.expect(vin(own), None)
            other = self._stock.exchange(number, chosen)
            for one in (number, other):
                if one is not None:
                    self._expect(one)

    async def _booked(self, number: int, pickup: Pickup, due: float) -> None:
        await self._until(due - self._ahead_s)
        if pickup.comes is None or pickup.comes > self.now():
            self._choose(number, "ahead")
            self.record.staged[number] = self.now()
            self._tower.stage(vin(self._stock.car[number]))
        if pickup.comes is None:
            await self._until(due + GRACE_S)
            self.record.given_up[number] = self.now()
            who = vin(self._stock.gives_up(number))
            self._tower.expect(who, None)
            self._tower.unstage(who)
            while self._tower.place_of(who) in self._stations:
                await asyncio.sleep(LOOK_S)

    async def _collect(self, number: int, pickup: Pickup, comes: float) -> None:
        await self._until(comes)
        if pickup.due is None:
            self._promise(number)
        self._stock.has_come(number)
        self.record.asked[number] = self.now()
        before = vin(self._stock.car[number])
        self._choose(number, "here")
        key, who = f"out-{number}", vin(self._stock.car[number])
        if who != before:
            self._tower.unstage(before)
        fetched = await self._tower.fetch(job_key=key, vin=who)
        await asyncio.sleep(pickup.dwell / self._pace)
        await self._at_the_door("/depart", station=fetched.station, vin=who)
        await self._tower.hand_over(job_key=key, vin=who)

    async def _return(self, back: Back) -> None:
        await self._until(back.comes)
        key, who = f"in-{back.car}", car(back.car)
        self.record.back[back.car] = self.now()
        admitted = await self._tower.admit(job_key=key, vin=who["vin"], plate=who["plate"])
        await asyncio.sleep(back.inside / self._pace)
        await self._at_the_door("/arrive", station=admitted.station, **who)
        await self._tower.take_in(job_key=key, vin=who["vin"])

    async def _at_the_door(self, path: str, **what: object) -> None:
        async with self._world.post(path, json=what) as answer:
            if answer.status != 200:
                raise Stuck(f"{path} {what}: {answer.status} {await answer.text()}")

    @property
    def _stations(self) -> set[str]:
        return {one.station for one in self._tower.snapshot().stations}

    def _hear(self, event: TowerEvent) -> None:
        number = self._numbers.get(event.vin or "")
        if event.kind in (EventKind.HELD, EventKind.OFFLINE):
            self.record.trouble.append(f"{event.kind} {event.place} {event.detail}")
        if number is None:
            return
        if event.kind is EventKind.STORING:
            self.record.ready[number] = self.now()
            self._places[number] = self._tower.place_of(event.vin or "") or ""
        elif event.kind is EventKind.HANDED_OVER:
            self.record.away[number] = self.now()
        elif event.kind is EventKind.MOVING:
            self._begun[number] = self.now()
        elif event.kind in (EventKind.AT_GATE, EventKind.STAGED, EventKind.STORED) and number in self._begun:
            source, place = self._places[number], event.place or ""
            self._places[number] = place
            self.record.moves.append(Move(number, source, place, self._begun.pop(number), self.now()))


async def play(town: Town, day: Day, habits: Habits) -> Record:
    """Raises ``Stuck``."""
    await town.start_plc()
    tower = Tower(config=town.config, home=town.home, plc_url=town.url, habits=habits)
    await tower.start()
    try:
        async with asyncio.timeout(START_WITHIN_S):
            while not tower.ready:
                await asyncio.sleep(LOOK_S)
        return await Run(town, tower, day, habits).play()
    except TimeoutError:
        raise Stuck(f"the tower was not ready: {tower.held or tower.trouble}") from None
    finally:
        await tower.stop()
