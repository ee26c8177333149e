"""Whose turn it is at a lift: first come, first served. A dispatcher takes this file's place later."""

import asyncio


class Turns:
    """A line of job numbers for one lift; the first in line has the lift until it leaves."""

    def __init__(self) -> None:
        self._line: list[int] = []
        self._moved = asyncio.Event()

    def join(self, job: int) -> None:
        """Line up, once."""
        if job not in self._line:
            self._line.append(job)

    async def wait(self, job: int) -> None:
        """Return when it is this job's turn. It must have joined."""
        while self._line[0] != job:
            await self._moved.wait()

    def leave(self, job: int) -> None:
        """Give the place in line (or the lift) back."""
        if job in self._line:
            self._line.remove(job)
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    def ahead_of(self, job: int | None) -> list[int]:
        """Jobs that come before ``job``; all of them when it is not in line."""
        return self._line[: self._line.index(job)] if job in self._line else list(self._line)

    def __len__(self) -> int:
        return len(self._line)
