"""Steps of a visit: how long each took, and which part of which process spent it."""

import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from autosilo.meter import Part

LINE = re.compile(r'^autosilo_spent_seconds_total\{part="(\w+)"\} (\S+)$', re.MULTILINE)
BESIDE = {Part.POLLING}
"""Goes on whatever happens, and holds nobody up: not part of a step."""

Spent = dict[Part, float]


def parse(text: str) -> Spent:
    """Seconds by part out of Prometheus' text format."""
    return {Part(name): float(value) for name, value in LINE.findall(text)}


@dataclass
class Step:
    """One step of one visit."""

    name: str
    wall_s: float = -1.0
    """Set by whoever knows better than the clock around the block when the step began or ended."""
    motion_s: float = 0.0
    """Pure motion within it, from kinematics."""
    requests: int = 0
    """Pages asked for within it."""
    parts: Spent = field(default_factory=dict)

    @property
    def overhead_s(self) -> float:
        """Without the motion: what software spent. May be a little below zero where clocks are coarser than it."""
        return self.wall_s - self.motion_s


class Meters:
    """The counters of all processes that take part."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._client = httpx.AsyncClient(timeout=10)

    async def close(self) -> None:
        await self._client.aclose()

    async def read(self, processes: Sequence[str]) -> Spent:
        """Seconds so far, added up over some processes."""
        total: Spent = dict.fromkeys(Part, 0.0)
        for process in processes:
            answer = await self._client.get(f"{self._addresses[process]}/metrics")
            answer.raise_for_status()
            for part, seconds in parse(answer.text).items():
                total[part] += seconds
        return total


class Stopwatch:
    """Keeps the steps of all visits."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self.steps: list[Step] = []

    @asynccontextmanager
    async def step(self, name: str, *waits_for: str) -> AsyncIterator[Step]:
        """Time a block. ``waits_for``: the processes that the visitor waits for, whose counters are charged."""
        before = await self._meters.read(waits_for)
        step = Step(name)
        begun = time.perf_counter()
        yield step
        if step.wall_s < 0:
            step.wall_s = time.perf_counter() - begun
        after = await self._meters.read(waits_for)
        step.parts = {part: after[part] - before[part] for part in Part if part not in BESIDE}
        self.steps.append(step)
