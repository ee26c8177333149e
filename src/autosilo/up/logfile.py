"""The log of one child. The child writes it itself and never waits for us; we only rotate and watch it."""

import json
import os
import shutil
from pathlib import Path

KEEP = 3
"""Older logs: NAME.log.1 … NAME.log.3"""
LARGEST_BYTES = 20 * 2**20
READ_AT_MOST_BYTES = 256 * 1024
LOUD = frozenset({"error", "critical", "exception"})


class LogFile:
    """One log file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_to = 0

    def rotate(self) -> None:
        """Begin a new file; called before the child starts for the first time."""
        if self.path.exists() and self.path.stat().st_size:
            self._shift()
            self.path.rename(self._older(1))
        self._read_to = 0

    def open(self) -> int:
        """A descriptor that appends; for the child's standard output and error."""
        return os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def rotate_if_large(self) -> None:
        """Copy and cut a file that a running child holds open; appending, it goes on at the new end."""
        if self.path.exists() and self.path.stat().st_size > LARGEST_BYTES:
            self._shift()
            shutil.copyfile(self.path, self._older(1))
            os.truncate(self.path, 0)
            self._read_to = 0

    def tail(self, lines: int = 12) -> list[str]:
        """The last lines, for a person who asks why it died."""
        return self._text_from(max(0, self._size() - READ_AT_MOST_BYTES)).splitlines()[-lines:]

    def new_errors(self) -> list[str]:
        """What was logged at level error or above since the last call, one text for each event."""
        size = self._size()
        start = max(self._read_to, size - READ_AT_MOST_BYTES)
        text = self._text_from(start)
        end = text.rfind("\n") + 1  # a half-written line is for the next time
        self._read_to = start + len(text[:end].encode("utf-8", "surrogateescape"))
        return [event for line in text[:end].splitlines() if (event := _loud(line))]

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def _text_from(self, offset: int) -> str:
        if not self.path.exists():
            return ""
        with self.path.open("rb") as source:
            source.seek(offset)
            return source.read(READ_AT_MOST_BYTES).decode("utf-8", "surrogateescape")

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

    def _shift(self) -> None:
        for number in range(KEEP - 1, 0, -1):
            if self._older(number).exists():
                self._older(number).replace(self._older(number + 1))


def _loud(line: str) -> str | None:
    """The event of a structured line at level error or above; other programs' lines are left to their log."""
    if not line.startswith("{"):
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("level") not in LOUD:
        return None
    return " ".join(str(entry.get("event", "error")).split())[:200]
