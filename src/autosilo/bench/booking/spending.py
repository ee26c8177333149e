"""CPU time of processes and all that they have started, from ``/proc``: a measure that noisy neighbours hardly move."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass
class Spent:
    """Of one block. ``cpu_s`` by name of who spent it; ``driver`` is this process."""

    wall_s: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)

    @property
    def all_s(self) -> float:
        return sum(self.cpu_s.values())

    def ms_each(self, count: int) -> float:
        """CPU milliseconds of all processes for each of ``count`` things."""
        return 1000 * self.all_s / max(count, 1)

    def parts_ms(self, count: int) -> dict[str, float]:
        return {name: round(1000 * spent / max(count, 1), 2) for name, spent in self.cpu_s.items()}


@contextmanager
def spending(**roots: int) -> Iterator[Spent]:
    """Count the CPU of these process trees, and of this process with its children."""
    spent = Spent()
    before = {name: _tree(root) for name, root in roots.items()}
    mine, begun = _own(), time.perf_counter()
    yield spent
    spent.wall_s = time.perf_counter() - begun
    spent.cpu_s = {name: _tree(root) - before[name] for name, root in roots.items()}
    spent.cpu_s["driver"] = _own() - mine


def _own() -> float:
    """Children count once they have been waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _tree(root: int) -> float:
    """Of a process, of those that live under it, and of those that have ended and were waited for."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for pid, parent, ticks in _all():
        children.setdefault(parent, []).append(pid)
        used[pid] = ticks * TICK_S
    waiting, total = [root], 0.0
    while waiting:
        pid = waiting.pop()
        total += used.get(pid, 0.0)
        waiting += children.get(pid, [])
    return total


def _all() -> Iterable[tuple[int, int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(folder.name), int(fields[1]), sum(int(one) for one in fields[11:15])
