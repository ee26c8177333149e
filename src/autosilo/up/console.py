"""What the supervisor says to the person who started it: short lines, each with the time since the start."""

import sys
import time
from collections.abc import Sequence
from typing import TextIO

NAME_WIDTH = 16


class Console:
    """Lines on standard output, flushed at once so that a pipe shows them too."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._start = time.monotonic()

    def say(self, name: str, text: str) -> None:
        """One line about one process."""
        self.plain(f"{time.monotonic() - self._start:7.1f} s  {name:<{NAME_WIDTH}} {text}")

    def plain(self, text: str) -> None:
        """One line as it is. A closed pipe is no reason to stop serving."""
        try:
            print(text, file=self._out, flush=True)
        except (BrokenPipeError, ValueError):
            self._out = open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115  kept open as the new output

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Pairs in two columns."""
        width = max((len(left) for left, _ in rows), default=0)
        for left, right in rows:
            self.plain(f"  {left:<{width}}  {right}")
