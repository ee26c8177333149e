"""What has physically happened, numbered and never altered: by it an observer proves that each car moved exactly once.

An event is first kept in the snapshot, in the same write as the change that it tells of, and then appended to
``ledger.jsonl``. After a kill the file is completed from the snapshot, so neither says what the other does not.
"""

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autosilo.twin.plc.memory import Job, Memory
from autosilo.twin.plc.slots import flush_folder

if TYPE_CHECKING:
    from autosilo.twin.plc.world import World

ROTATE_BYTES = 128 * 1024
"""Small, for a reader parses a file or two while the machine waits: some 1,300 events, 3 ms."""
KEPT_FILES = 128
"""Rotated ones; older ones are deleted. They hold the last 150,000 events or so: more than 15,000 moves."""
FLUSH_EVENTS = 64
"""Events wait in the snapshot for so long before the ledger's own file is flushed: one flush for many."""


class Event(StrEnum):
    """``unit``, ``epoch``, ``seq`` name the job that did it; ``place`` and ``vin`` where and which car."""

    BEGAN = "began"
    """A job, ``kind``."""
    TOOK = "took"
    """The car left ``place`` for the carriage of ``unit``."""
    PUT = "put"
    """The car left the carriage of ``unit`` for ``place``."""
    ENDED = "ended"
    """A job, ``state`` and ``fault``."""
    ARRIVED = "arrived"
    DEPARTED = "departed"
    GATE_OPENED = "gate_opened"
    """Fully."""
    GATE_SHUT = "gate_shut"
    """Fully."""
    BY_HAND = "by_hand"
    """A technician put the car into ``place``, or took it out of the tower: empty; it was in ``source``."""
    POWER_ON = "power_on"


def note(world: "World", event: Event, *, unit: str = "", job: Job | None = None, **facts: str | int | None) -> None:
    """Add an event. It is on the disk when this scan's retention is."""
    memory = world.memory
    line: dict[str, Any] = {"n": memory.ledger_next, "event": str(event)}
    if unit:
        line["unit"] = unit
    if job is not None:
        line |= {"epoch": job.command.epoch, "seq": job.command.seq}
    memory.ledger_unflushed.append(line | facts)
    memory.ledger_next += 1
    world.touch()


class LedgerFile:
    """``ledger.jsonl`` in a folder, and ``ledger.<first number>.jsonl`` for its full predecessors."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / "ledger.jsonl"
        self._last = self._repair()

    def append(self, memory: Memory) -> bool:
        """Write what the snapshot has and the file has not. True when the snapshot need not keep it any more."""
        fresh = [line for line in memory.ledger_unflushed if line["n"] > self._last]
        if fresh:
            with self.path.open("a", encoding="utf-8") as file:
                file.write("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in fresh))
            self._last = fresh[-1]["n"]
        if len(memory.ledger_unflushed) < FLUSH_EVENTS:
            return False
        self._flush()
        memory.ledger_unflushed = []
        self._rotate()
        return True

    def read(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Events with numbers above ``after``, oldest first, at most ``limit``; fewer when older files were deleted."""
        files = [(path, first) for path in self._files() if (first := _first_of(path)) is not None]
        found: list[dict[str, Any]] = []
        for index, (path, _) in enumerate(files):
            if index + 1 < len(files) and files[index + 1][1] <= after + 1:
                continue
            if len(found) >= limit:
                break
            found += [line for line in _lines(path) if line["n"] > after]
        return found[:limit]

    def _files(self) -> list[Path]:
        old = [path for path in self._folder.glob("ledger.*.jsonl") if _number(path) is not None]
        return [*sorted(old, key=lambda path: _number(path) or 0), *([self.path] if self.path.exists() else [])]

    def _repair(self) -> int:
        """Cut off a line that a kill left unfinished; the last number that is in the file."""
        if not self.path.exists():
            old = self._files()
            return _last_of(old[-1]) if old else 0
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            with self.path.open("rb+") as file:
                file.truncate(whole)
        last = _last_of(self.path)
        if last or len(self._files()) == 1:
            return last
        return _last_of(self._files()[-2])

    def _flush(self) -> None:
        with self.path.open("ab") as file:
            os.fsync(file.fileno())
        flush_folder(self._folder)

    def _rotate(self) -> None:
        if self.path.stat().st_size < ROTATE_BYTES:
            return
        first = _first_of(self.path)
        self.path.rename(self._folder / f"ledger.{first}.jsonl")
        old = [path for path in self._files() if path != self.path]
        for path in old[:-KEPT_FILES]:
            path.unlink()
        flush_folder(self._folder)


def _number(path: Path) -> int | None:
    text = path.name.removeprefix("ledger.").removesuffix(".jsonl")
    return int(text) if text.isdigit() else None


def _first_of(path: Path) -> int | None:
    with path.open(encoding="utf-8") as file:
        line = file.readline()
    return int(json.loads(line)["n"]) if line.endswith("\n") else None


def _last_of(path: Path) -> int:
    last = 0
    for line in _lines(path):
        last = line["n"]
    return last


def _lines(path: Path) -> list[dict[str, Any]]:
    """Every whole line; one that is being written just now is left for the next time."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]
