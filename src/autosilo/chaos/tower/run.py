"""The run: start the tower, let people come and things break, stop the mischief, wait for the end, audit."""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autosilo.bench.command import Conditions
from autosilo.bench.report import Figure
from autosilo.chaos.tower import books
from autosilo.chaos.tower.audit import Findings, audit, compare_inventories
from autosilo.chaos.tower.hands import Hands, Words
from autosilo.chaos.tower.link import Cable
from autosilo.chaos.tower.mischief import Mischief
from autosilo.chaos.tower.operator import Operator, lift_all_orders, mend
from autosilo.chaos.tower.people import People
from autosilo.chaos.tower.scene import scene
from autosilo.chaos.tower.town import Town, vin
from autosilo.chaos.tower.world import World, door
from autosilo.site.tasks import end
from autosilo.tower.geometry import Role, all_places

MOVES = 2000
QUICK_MOVES = 60
SETTLE_WITHIN_S = 180.0
"""After the last mishap every visit must end, or its lift be held with a reason."""
STUCK_S = 120.0
"""Without one move for so long, no more is asked of the tower, and the run counts that as a job not finished."""

ANSWERS_WITHIN_S = 30.0
"""The world, after the run."""


@dataclass(slots=True)
class Outcome:
    """What one run found."""

    findings: Findings
    lost: list[str]
    unfinished: list[str]
    violations: dict[str, int]
    calls: dict[str, int]
    mishaps: dict[str, int]
    visits: int
    seconds: float


def measure(conditions: Conditions) -> Sequence[Figure]:
    """``autosilo chaos tower``."""
    moves = conditions.options.get("moves", QUICK_MOVES if conditions.quick else MOVES)
    with tempfile.TemporaryDirectory(prefix="autosilo-chaos-") as folder:
        outcome = asyncio.run(run(Path(folder) / "home", moves=moves, seed=conditions.seed))
    _tell(outcome)
    return figures(outcome)


def figures(outcome: Outcome) -> list[Figure]:
    """The five that count, and what they rest on."""
    found = outcome.findings
    doubles = len(found.double_moves) + len(found.unintended_moves) + len(found.impossible)
    return [
        Figure(name="double_moves", value=doubles, unit="moves", target="== 0"),
        Figure(name="lost_cars", value=len(outcome.lost) + len(found.missing_moves), unit="cars", target="== 0"),
        Figure(
            name="invariant_violations",
            value=sum(outcome.violations.values()),
            unit="violations",
            target="== 0",
            parts=outcome.violations,
        ),
        Figure(name="jobs_unfinished", value=len(outcome.unfinished), unit="jobs", target="== 0"),
        Figure(
            name="held_for_operator",
            value=sum(outcome.calls.values()),
            unit="calls",
            parts=dict(sorted(outcome.calls.items())),
        ),
        Figure(name="moves", value=found.moves, unit="moves"),
        Figure(name="visits", value=outcome.visits, unit="visits"),
        Figure(
            name="mishaps",
            value=sum(outcome.mishaps.values()),
            unit="mishaps",
            parts=dict(sorted(outcome.mishaps.items())),
        ),
        Figure(name="duration", value=round(outcome.seconds, 1), unit="s"),
    ]


async def run(home: Path, *, moves: int, seed: int) -> Outcome:
    """One run in ``home``."""
    town, rng, began = Town(home), random.Random(seed), time.monotonic()  # noqa: S311  mischief, nothing secret
    cable = Cable(port=town.cable_port, to=town.plc_port)
    await town.start_plc()
    await cable.start()
    try:
        async with door(town.world_port) as world:
            stage = _Stage(town, world, cable, rng)
            await stage.play(moves)
            return await stage.outcome(began)
    finally:
        await cable.stop()
        await town.close()


class _Stage:
    """Everybody who takes part."""

    def __init__(self, town: Town, world: World, cable: Cable, rng: random.Random) -> None:
        bays = sum(place.role is Role.BAY for place in all_places(town.config).values())
        self._town, self._world = town, world
        self.people = People(
            world, rng, inside=set(town.cars.values()), bays=bays, give=lambda order: hands.give(order)
        )
        hands = Hands(town, hear=self.people.hear, orders=self._orders)
        self.hands = hands
        strong = [
            place.name
            for place in all_places(town.config).values()
            if place.class_number == len(town.config.tower.classes)
        ]
        self.operator = Operator(world, hands, rng, bays=strong)
        self.stuck = ""
        self.mischief = Mischief(town, world, cable, rng, connected=self._connected, give=self._give)

    def _connected(self) -> bool:
        return bool(self.hands.state.get("connected"))

    def _give(self, order: Words) -> None:
        self.hands.give(order)

    def _orders(self) -> list[Words]:
        """For a fresh controller: it reads them in this order."""
        return [*self.mischief.orders(), *self.people.orders()]

    async def play(self, moves: int) -> None:
        """Chaos until so many moves were made; then peace until every visit has ended."""
        async with asyncio.TaskGroup() as group:
            lasting = [group.create_task(one.run()) for one in (self.hands, self.people, self.operator)]
            mischief = group.create_task(self.mischief.run())
            await self._until_moved(moves)
            await end([mischief])
            await self._town.start_plc()
            self.people.coming = False
            self._lift_all_orders()
            await self._until_quiet()
            await end(lasting)

    async def _until_moved(self, moves: int) -> None:
        done, since = 0, time.monotonic()
        while done < moves:
            await asyncio.sleep(0.5)
            state = await self._world.get("/state")
            if state and state["moves_done"] > done:
                done, since = state["moves_done"], time.monotonic()
            if time.monotonic() - since > STUCK_S:
                seen = await scene(
                    town=self._town, world=self._world, hands=self.hands, people=self.people, mischief=self.mischief
                )
                self.stuck = f"no move for {STUCK_S:.0f} s after {done}: {seen}"
                return

    async def _until_quiet(self) -> None:
        until = time.monotonic() + SETTLE_WITHIN_S
        while (self.people.visits or self.people.leaving) and time.monotonic() < until:
            await mend(self._world)
            await asyncio.sleep(0.5)
        while time.monotonic() < until and not self._at_rest():
            await asyncio.sleep(0.5)

    def _at_rest(self) -> bool:
        journal = self._town.journal
        return bool(self.hands.state.get("ready")) and books.begun(journal) and not books.unended(journal)

    def _lift_all_orders(self) -> None:
        places = all_places(self._town.config).values()
        lifts = [lift.name for lift in self._town.config.tower.lifts]
        bays = [place.name for place in places if place.role is Role.BAY]
        lift_all_orders(self.hands, lifts=lifts, bays=bays, vins=[vin(number) for number in self.people.inside])

    def _unfinished(self) -> list[str]:
        """Visits, jobs of the journal, and lifts that are held although every cause has been removed."""
        held = self.hands.state.get("held")
        visits = [visit.words for visit in self.people.visits.values()]
        return [
            *visits,
            *self.people.leaving,
            *books.unended(self._town.journal),
            *([f"held in the end: {held}"] if held else []),
            *([self.stuck] if self.stuck else []),
        ]

    async def _state_in_the_end(self) -> Any:
        """Twin and controller may just have been started. Raises ``RuntimeError``."""
        until = time.monotonic() + ANSWERS_WITHIN_S
        while (state := await self._world.get("/state")) is None or not books.begun(self._town.journal):
            if time.monotonic() > until:
                raise RuntimeError("the world does not answer after the run, or there is no journal")
            await asyncio.sleep(0.2)
        return state

    async def outcome(self, began: float) -> Outcome:
        state = await self._state_in_the_end()
        ledger = await self._world.ledger()
        inside = {vin(number) for number in self.people.inside}
        return Outcome(
            findings=audit(ledger, books.intents(self._town.journal), first=self._town.first, last=state["places"]),
            lost=compare_inventories(world=state["places"], books=books.inventory(self._town.journal), cars=inside),
            unfinished=self._unfinished(),
            violations=dict(state["violations"]),
            calls=dict(self.operator.calls),
            mishaps=dict(self.mischief.done),
            visits=self.people.ended,
            seconds=time.monotonic() - began,
        )


def _tell(outcome: Outcome) -> None:
    """Every finding as a line on stderr: a figure alone helps nobody to find the cause."""
    found = outcome.findings
    for kind in ("double_moves", "unintended_moves", "missing_moves", "impossible"):
        for words in getattr(found, kind):
            print(f"{kind}: {words}", file=sys.stderr)
    for words in (*outcome.lost, *outcome.unfinished):
        print(words, file=sys.stderr)
    if outcome.violations:
        print(json.dumps(outcome.violations), file=sys.stderr)
