"""Ending tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

ASK_AGAIN_S = 0.5


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
