"""Bring a plan of children and steps up in the order of their needs, keep it up, and take it down backwards."""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autosilo.up import process
from autosilo.up.console import Console
from autosilo.up.home import Home
from autosilo.up.logfile import LogFile
from autosilo.up.nursery import Kept, NeverReady, State
from autosilo.up.spec import Child, Node, Step, check
from autosilo.up.status import StatusFile

LOOK_AT_LOGS_EVERY_S = 1.0
LOUDEST_PER_LOOK = 3
"""Errors of one child shown at one look at its log; the rest is only counted."""
SAME_ERROR_AGAIN_S = 60.0
SHOWN_AT_MOST = 1000


class StartFailed(Exception):
    """The start-up cannot go on; the message says why and where to look."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What scripts get to know besides the children."""

    addresses: Mapping[str, Any] = field(default_factory=dict)
    demo: Path | None = None


class Supervisor:
    """Runs one plan."""

    def __init__(
        self,
        nodes: Sequence[Node],
        *,
        home: Home,
        env: Mapping[str, str],
        console: Console,
        status: StatusFile,
        result: Result | None = None,
    ) -> None:
        check(list(nodes))
        self._nodes = list(nodes)
        self._home = home
        self._env = env
        self._console = console
        self._status = status
        self._result = result or Result()
        self._state = "starting"
        self._stop = asyncio.Event()
        self._kept = {node.name: self._adopt(node) for node in nodes if isinstance(node, Child)}
        self._done = {node.name: asyncio.Event() for node in nodes if isinstance(node, Step)}
        self._down = {name: asyncio.Event() for name in self._kept}
        self._shown: dict[tuple[str, str], float] = {}
        self._begun = time.monotonic()

    def request_stop(self) -> None:
        """Begin to take everything down; safe to call from a signal handler of the loop, and twice."""
        if not self._stop.is_set():
            self._console.plain("stopping …")
        self._stop.set()

    async def run(self, *, on_ready: Callable[[float], None] | None = None) -> None:
        """Up, until a stop is requested; then down. ``on_ready`` gets the seconds that the start took.

        Raises:
            StartFailed: a step failed or a child never got ready; all is down again.
        """
        self._write_status()
        watch = asyncio.create_task(self._watch_logs())
        lives = [asyncio.create_task(self._bring_up(node), name=node.name) for node in self._nodes]
        started = asyncio.create_task(self._all_up())
        stop = asyncio.create_task(self._stop.wait())
        try:
            await self._until_stop(lives, started, stop, on_ready)
        except StartFailed:
            self._state = "failed"
            raise
        finally:
            await self._take_down([started, stop, watch, *lives])

    def logins(self) -> Any:
        """The demo's logins as the seed wrote them; empty before the start is complete."""
        if self._result.demo is None or self._state == "starting":
            return {}
        try:
            return json.loads(self._result.demo.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}

    # --- up -------------------------------------------------------------------------------------

    async def _until_stop(
        self,
        lives: list[asyncio.Task[None]],
        started: asyncio.Task[None],
        stop: asyncio.Task[bool],
        on_ready: Callable[[float], None] | None,
    ) -> None:
        pending: set[asyncio.Task[Any]] = {started, stop, *lives}
        while not stop.done():
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task is started:
                    self._state = "ready"
                    self._write_status()
                    if on_ready:
                        on_ready(time.monotonic() - self._begun)
                elif (error := task.exception()) is not None:
                    raise self._explained(error) from error

    async def _all_up(self) -> None:
        for event in self._done.values():
            await event.wait()
        for child in self._kept.values():
            await child.ready.wait()

    async def _bring_up(self, node: Node) -> None:
        for need in node.needs:
            await self._event(need).wait()
        if isinstance(node, Child):
            self._kept[node.name].log.rotate()
            await self._kept[node.name].keep()
        else:
            await self._do(node)

    def _event(self, name: str) -> asyncio.Event:
        return self._kept[name].ready if name in self._kept else self._done[name]

    async def _do(self, step: Step) -> None:
        begun = time.monotonic()
        note = await (self._run_program(step) if step.argv else self._call(step))
        self._console.say(step.name, f"done in {time.monotonic() - begun:.1f} s" + (f": {note}" if note else ""))
        self._done[step.name].set()

    async def _call(self, step: Step) -> str | None:
        assert step.call is not None  # noqa: S101  a step has one of the two
        try:
            return await asyncio.wait_for(asyncio.to_thread(step.call), step.within_s)
        except Exception as error:
            raise StartFailed(f"{step.name} failed: {error}") from error

    async def _run_program(self, step: Step) -> None:
        log = LogFile(self._home.logs / f"{step.name}.log")
        log.rotate()
        descriptor = log.open()
        try:
            running = await process.start(
                step.argv,
                env={**self._env, **step.env},
                log=descriptor,
                on_death=Child.on_death,
                leashed=False,
                cwd=None,
            )
        finally:
            os.close(descriptor)
        try:
            code = await asyncio.wait_for(running.wait(), step.within_s)
        except TimeoutError:
            raise StartFailed(f"{step.name} took longer than {step.within_s:g} s; see {log.path}") from None
        finally:
            await process.sweep(running)
        if code != 0:
            last = "\n    ".join(log.tail())
            raise StartFailed(f"{step.name} failed ({process.how_it_ended(code)}); {log.path} ends with\n    {last}")

    def _explained(self, error: BaseException) -> BaseException:
        if not isinstance(error, NeverReady):
            return error
        log = self._kept[error.name].log
        last = "\n    ".join(log.tail())
        return StartFailed(f"{error}; {log.path} ends with\n    {last}")

    # --- down -----------------------------------------------------------------------------------

    async def _take_down(self, tasks: list[asyncio.Task[Any]]) -> None:
        if self._state != "failed":
            self._state = "stopping"
        self._write_status()
        waiting = [task for task in tasks if task.get_name() in self._kept and self._is_waiting(task.get_name())]
        helpers = [task for task in tasks if task.get_name() not in self._kept]
        for task in [*waiting, *helpers]:
            task.cancel()
        await asyncio.gather(*waiting, *helpers, return_exceptions=True)
        await asyncio.gather(*(self._stop_after_dependents(name) for name in self._kept))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._state != "failed":
            self._state = "stopped"
        self._write_status()

    def _is_waiting(self, name: str) -> bool:
        return self._kept[name].state in (State.WAITING, State.RESTARTING)

    async def _stop_after_dependents(self, name: str) -> None:
        """A child goes when all those that need it, directly or through a step, have gone."""
        for other in self._dependents(name):
            await self._down[other].wait()
        await self._kept[name].stop()
        self._down[name].set()

    def _dependents(self, name: str) -> set[str]:
        direct = {node.name for node in self._nodes if name in node.needs}
        through = {far for near in direct for far in self._dependents(near)}
        return {found for found in direct | through if found in self._kept}

    # --- telling --------------------------------------------------------------------------------

    def _adopt(self, node: Child) -> Kept:
        kept = Kept(node, env=self._env, log=LogFile(self._home.logs / f"{node.name}.log"), say=self._console.say)
        kept.changed = self._write_status
        return kept

    def _write_status(self) -> None:
        if self._state in ("ready", "degraded"):
            well = all(child.state is State.READY for child in self._kept.values())
            self._state = "ready" if well else "degraded"
        self._status.write(
            {
                "state": self._state,
                "pid": os.getpid(),
                "home": str(self._home.root),
                **self._result.addresses,
                "children": {name: self._described(child) for name, child in self._kept.items()},
                "demo": self.logins(),
            }
        )

    def _described(self, child: Kept) -> dict[str, Any]:
        return {"pid": child.pid, "state": child.state, "restarts": child.restarts, "log": str(child.log.path)}

    async def _watch_logs(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AT_LOGS_EVERY_S)
            for name, child in self._kept.items():
                with contextlib.suppress(OSError):
                    self._show_errors(name, child.log)
                    child.log.rotate_if_large()

    def _show_errors(self, name: str, log: LogFile) -> None:
        """Each new kind of error once in a while; the log has them all."""
        now = time.monotonic()
        fresh = [event for event in dict.fromkeys(log.new_errors()) if self._is_news(name, event, now)]
        for event in fresh[:LOUDEST_PER_LOOK]:
            self._console.say(name, f"error: {event} (see {log.path})")
        if len(fresh) > LOUDEST_PER_LOOK:
            self._console.say(name, f"… and {len(fresh) - LOUDEST_PER_LOOK} more kinds of error (see {log.path})")

    def _is_news(self, name: str, event: str, now: float) -> bool:
        key = (name, event)
        if now - self._shown.get(key, -SAME_ERROR_AGAIN_S) < SAME_ERROR_AGAIN_S:
            return False
        if len(self._shown) >= SHOWN_AT_MOST:
            self._shown.clear()
        self._shown[key] = now
        return True
