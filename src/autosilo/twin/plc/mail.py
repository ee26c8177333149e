"""The way of a command from the mailbox to the control program, and what can go wrong on it: see ``faults``."""

from collections import deque
from typing import Any

from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import Command


class Mail:
    """Of one unit. ``now`` is a monotonic clock, seconds."""

    def __init__(self, unit: str, world: World) -> None:
        self._unit = unit
        self._world = world
        self._last: tuple[int, int, int] | None = None
        self._shown: tuple[Command, int] | None = None
        self._coming: deque[tuple[float, Command, int]] = deque()

    def changed(self, key: tuple[int, int, int]) -> bool:
        """Is (epoch, seq, crc) another one than at the last look?"""
        return key != self._last

    def post(self, command: Command, crc: int, now: float) -> None:
        """The controller has written this into the mailbox."""
        self._last = (command.epoch, command.seq, crc)
        if command.seq == 0:
            return
        if crc == command.checksum() and self._lose():
            return
        delay = self._fault("mail_delayed")
        due = now + (float(delay["seconds"]) if delay else 0.0)
        self._coming.append((due, command, crc))
        again = self._fault("mail_duplicated")
        if again is not None and crc == command.checksum():
            older = self._shown or (command, crc)
            self._coming.append((due + again["seconds"], *older))
            self._coming.append((due + 2 * again["seconds"], command, crc))
        if crc == command.checksum():
            self._shown = (command, crc)

    def due(self, now: float) -> list[tuple[Command, int]]:
        """What the control program sees now, oldest first."""
        found = []
        while self._coming and self._coming[0][0] <= now:
            _, command, crc = self._coming.popleft()
            found.append((command, crc))
        return found

    def _lose(self) -> bool:
        """Does this command vanish? The fault goes when it has taken its number of commands."""
        fault = self._fault("mail_lost")
        if fault is None:
            return False
        fault["count"] -= 1
        if fault["count"] <= 0:
            del self._world.memory.faults["mail_lost"][self._unit]
        self._world.touch()
        return True

    def _fault(self, kind: str) -> dict[str, Any] | None:
        return self._world.memory.faults.get(kind, {}).get(self._unit)
