"""Tasks that nobody awaits: ended for certain, their faults said once, tried again ever more slowly."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

log = logging.getLogger(__name__)

ASK_AGAIN_S = 0.5
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
QUIET_S = 2 * LONGEST_RETRY_S
"""After so long without a failure, the next one is news again."""


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel and wait until all have ended.

    Asked again now and then: ``asyncio.wait_for`` before Python 3.12 may lose a cancellation that arrives together
    with its result (CPython issue 86296).
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=ASK_AGAIN_S)
        for task in done:
            if not task.cancelled():
                task.exception()  # seen; whoever started it has logged it


def say_if_it_fails(task: "asyncio.Task[Any]") -> None:
    """For ``add_done_callback`` of a task that nobody awaits."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a task failed", exc_info=error, extra={"task": task.get_name()})


class Retries:
    """How one piece of work takes unexpected exceptions: each new one is logged with its traceback, the same one again
    only counted; the pauses between tries double up to ``longest_s``."""

    def __init__(self, what: str, *, first_s: float = FIRST_RETRY_S, longest_s: float = LONGEST_RETRY_S) -> None:
        self._what = what
        self._first_s = first_s
        self._longest_s = longest_s
        self._last: tuple[type[BaseException], str] | None = None
        self._failed_at = float("-inf")
        self.tries = 0

    def failed(self, error: BaseException, **context: object) -> float:
        """Take a failure; returns for how many seconds to wait. ``context`` is logged with a new one."""
        now = time.monotonic()
        if now - self._failed_at > QUIET_S:
            self._last, self.tries = None, 0
        self._failed_at = now
        pause = min(self._longest_s, self._first_s * 2.0 ** min(self.tries, 30))
        self.tries += 1
        kind = (type(error), str(error))
        if kind != self._last:
            self._last = kind
            log.error("unexpected failure, tried again", exc_info=error, extra={"what": self._what, **context})
        return pause

    def worked(self) -> None:
        """It goes on; the next failure is news."""
        if self.tries:
            log.info("goes on after failures", extra={"what": self._what, "failures": self.tries})
        self._last, self.tries = None, 0


async def keep(what: str, work: Callable[[], Awaitable[None]], **context: object) -> None:
    """Run ``work`` until it returns; after an unexpected exception begin it again, later each time."""
    retries = Retries(what)
    while True:
        try:
            return await work()
        except Exception as error:
            await asyncio.sleep(retries.failed(error, **context))
