"""The person who is called: looks at the machine, removes the cause, walks the bays, releases. And is counted."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from autosilo.chaos.tower.hands import Hands
from autosilo.chaos.tower.world import World

COMES_AFTER_S = (0.3, 1.5)
LOOK_S = 0.1
IN_VAIN = 2
"""So often released, and held again in the same words: the job cannot go on from where it stands."""


class Operator:
    """``calls`` counts why somebody had to come, in the controller's words without places and numbers. ``bays``: those
    that any car may be carried into."""

    def __init__(self, world: World, hands: Hands, rng: random.Random, *, bays: Sequence[str]) -> None:
        self._world, self._hands, self._rng = world, hands, rng
        self._bays = bays
        self.calls: Counter[str] = Counter()
        self._told = self._last = ""
        self._released = 0

    async def run(self) -> None:
        """Wait for a hold, come, put things right; for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            state = self._hands.state
            if not state.get("held") and not state.get("walks"):
                self._told = ""
                continue
            if state.get("held") and "tries again by itself" in state["held"]:
                continue
            await asyncio.sleep(self._rng.uniform(*COMES_AFTER_S))
            await self.put_right()

    async def put_right(self) -> None:
        """Remove every fault, say what stands in each bay that is asked for, release."""
        state = self._hands.state
        self._count(state)
        await mend(self._world)
        truth = await self._world.get("/state")
        if truth is None:
            return
        if self._released > IN_VAIN:
            await self._give_up(truth)
        for one in self._hands.state.get("walks") or ():
            for row in one["rows"]:
                if row["state"] == "confirmed" or (row["state"] == "agrees" and not one["every"]):
                    continue
                self._hands.give({"do": "confirm", "place": row["place"], "vin": truth["places"].get(row["place"])})
            self._hands.give({"do": "finish", "lift": one["lift"]})
        if self._hands.state.get("held"):
            self._hands.give({"do": "resolve"})
            self._released += 1

    async def _give_up(self, truth: dict[str, Any]) -> None:
        """With the key on Manual, at the machine's own panel: the jobs that stand in the middle end there. A walk
        follows. (A car that was put down by hand before the one that a lift was on its way to.)"""
        self._released = 0
        for unit, one in (truth["lifts"] | truth["stations"]).items():
            if one["job"] and one["job"]["state"] == "INTERRUPTED":
                lift = unit.partition(".")[0]
                self.calls["a job that cannot go on, given up at the machine"] += 1
                await self._world.post("/mode", lift=lift, mode="manual")
                await self._world.post("/abandon", unit=unit)
                free = (bay for bay in self._bays if bay.startswith(f"{lift}.") and bay not in truth["places"])
                if one.get("load") and (bay := next(free, None)) is not None:
                    await self._world.post("/carry", vin=one["load"], to=bay)
                await self._world.post("/mode", lift=lift, mode="auto")

    def _count(self, state: dict[str, Any]) -> None:
        why = state.get("held") or "a walk from bay to bay"
        if why != self._last:
            self._last, self._released = why, 0
        if why != self._told:
            self._told = why
            self.calls[_kind_of(why)] += 1


def lift_all_orders(hands: Hands, *, lifts: Iterable[str], bays: Iterable[str], vins: Iterable[str]) -> None:
    """Lifts back into service, bays unblocked, nothing brought down early; what changes nothing does no harm."""
    for lift in lifts:
        hands.give({"do": "service", "lift": lift, "in_service": True})
    for bay in bays:
        hands.give({"do": "unblock", "place": bay})
    for vin in vins:
        hands.give({"do": "unstage", "vin": vin})


async def mend(world: World) -> None:
    """Everybody leaves the zones, every switch goes back, every sensor is repaired."""
    truth = await world.get("/state")
    if truth is None:
        return
    if truth["faults"]:
        await world.post("/faults/clear")
    for lift, one in truth["lifts"].items():
        if one["mode"] != "AUTO":
            await world.post("/mode", lift=lift, mode="auto")


def _kind_of(why: str) -> str:
    """``L1.B0203: no car where …`` -> ``no car where …``, without VINs."""
    words = why.partition(": ")[2] or why
    return " ".join(word for word in words.split() if not any(letter.isdigit() for letter in word))
