"""One child's life: start, become ready, crash, wait, start again, stop."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping
from enum import StrEnum

from autosilo.up import probes, process
from autosilo.up.logfile import LogFile
from autosilo.up.spec import Child

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
WELL_AFTER_S = 20.0
"""A child that was ready for so long starts its next crash with the shortest pause again."""
GIVE_UP_AFTER = 5
"""Crashes in a row of a child that was never ready: then the start-up as a whole has failed."""


class State(StrEnum):
    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class NeverReady(Exception):
    """A child crashed again and again without ever having been ready."""

    def __init__(self, name: str, last: str) -> None:
        super().__init__(f"{name} does not start: {last}")
        self.name = name


def pause_after(crashes: int) -> float:
    """Seconds to wait before the next start, doubling from 0.2 s to 10 s; ``crashes`` in a row, from 1."""
    return min(FIRST_PAUSE_S * 2.0 ** (crashes - 1), LONGEST_PAUSE_S)


class Kept:
    """A child that is kept running."""

    def __init__(self, spec: Child, *, env: Mapping[str, str], log: LogFile, say: Callable[[str, str], None]) -> None:
        self.spec = spec
        self.log = log
        self.state = State.WAITING
        self.restarts = 0
        self.ready = asyncio.Event()
        self.changed: Callable[[], None] = lambda: None
        self._env = {**env, **spec.env}
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._was_ready = False
        self._crashes = 0

    @property
    def pid(self) -> int | None:
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and alive else None

    async def keep(self) -> None:
        """Run until ``stop``.

        Raises:
            NeverReady: it crashed several times in a row and was never ready.
        """
        while not self._stopping:
            why = await self._live_once()
            if self._stopping:
                break
            self._crashes += 1
            if not self._was_ready and self._crashes >= GIVE_UP_AFTER:
                self._set(State.FAILED)
                raise NeverReady(self.spec.name, why)
            await self._wait_before_restart(why)
        self._set(State.STOPPED)

    async def stop(self) -> None:
        """End the process and its group; ``keep`` returns then."""
        self._stopping = True
        if self._process is not None and self._process.returncode is None:
            self._set(State.STOPPING)
            if not await process.end(self._process, self.spec.stop_signal, self.spec.stop_within_s):
                self._say(self.spec.name, f"did not stop within {self.spec.stop_within_s:g} s and was killed")
        self._set(State.STOPPED)

    async def _live_once(self) -> str:
        """From one start to the end of that process; returns how it ended, in words."""
        self._set(State.STARTING)
        try:
            await self._start()
        except Exception as error:  # whatever ``before`` runs into is this child's crash, not the supervisor's
            return str(error) or type(error).__name__
        assert self._process is not None  # noqa: S101  narrows the type after _start
        try:
            return await self._watch(self._process)
        finally:
            self.ready.clear()
            await process.sweep(self._process)

    async def _start(self) -> None:
        if self.spec.before is not None:
            note = await asyncio.to_thread(self.spec.before)
            if note:
                self._say(self.spec.name, note)
        log = self.log.open()
        try:
            self._process = await process.start(
                self.spec.argv,
                env=self._env,
                log=log,
                on_death=self.spec.on_death,
                leashed=self.spec.leashed,
                cwd=self.spec.cwd,
            )
        finally:
            os.close(log)
        if self._stopping:  # asked to stop while it was being started
            await process.end(self._process, self.spec.stop_signal, self.spec.stop_within_s)

    async def _watch(self, running: asyncio.subprocess.Process) -> str:
        ended = asyncio.create_task(running.wait())
        probing = asyncio.create_task(probes.until_ready(self.spec.probe))
        begun = time.monotonic()
        try:
            await asyncio.wait({ended, probing}, timeout=self.spec.ready_within_s, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return process.how_it_ended(running.returncode)
            if not probing.done():
                return f"not ready within {self.spec.ready_within_s:g} s"
            await asyncio.sleep(0)  # a child that has just ended must not be taken for what answers at its port
            if ended.done():
                return process.how_it_ended(running.returncode)
            self._is_ready(time.monotonic() - begun)
            since = time.monotonic()
            await ended
            if time.monotonic() - since > WELL_AFTER_S:
                self._crashes = 0
            return process.how_it_ended(running.returncode)
        finally:
            for task in (ended, probing):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def _is_ready(self, after_s: float) -> None:
        again = "ready again" if self._was_ready else "ready"
        self._was_ready = True
        self.ready.set()
        self._set(State.READY)
        self._say(self.spec.name, f"{again} after {after_s:.1f} s")

    async def _wait_before_restart(self, why: str) -> None:
        pause = pause_after(self._crashes)
        self.restarts += 1
        self._set(State.RESTARTING)
        self._say(self.spec.name, f"ended ({why}); starting again in {pause:.1f} s; see {self.log.path}")
        await asyncio.sleep(pause)

    def _set(self, state: State) -> None:
        if self.state is not state:
            self.state = state
            self.changed()
