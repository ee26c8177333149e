"""Start a program on the leash in a process group of its own, and end that whole group."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from autosilo.up import leash

KILL_WITHIN_S = 5.0


async def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    log: int,
    on_death: signal.Signals,
    leashed: bool,
    cwd: Path | None,
) -> asyncio.subprocess.Process:
    """Run ``argv``; standard output and error go to the descriptor ``log``, which stays the caller's to close.

    Called from the main thread only: the leash is tied to the thread that forks.
    """
    command = list(argv) if leashed else leash.wrap(argv, on_death=on_death)
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=dict(env),
        cwd=cwd or "/",
        start_new_session=True,
    )


async def end(process: asyncio.subprocess.Process, how: signal.Signals, within_s: float) -> bool:
    """Ask it to stop, then make it. True if it stopped by itself in time."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(how)
    try:
        await asyncio.wait_for(process.wait(), within_s)
    except TimeoutError:
        await sweep(process)
        return False
    await sweep(process)
    return True


async def sweep(process: asyncio.subprocess.Process) -> None:
    """Kill whatever is left of the process group, and collect the process itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), KILL_WITHIN_S)


def how_it_ended(code: int | None) -> str:
    """An exit code in words."""
    if code is None:
        return "still running"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
