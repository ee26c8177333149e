"""The controller's process as the run sees it: orders go in, words come out; when killed, it is started again."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from autosilo.chaos.tower.town import Town

Words = dict[str, Any]


class Hands:
    """``hear`` gets every word; ``orders`` gives those that a fresh controller must be told."""

    def __init__(self, town: Town, *, hear: Callable[[Words], None], orders: Callable[[], list[Words]]) -> None:
        self._town = town
        self._hear = hear
        self._orders = orders
        self.state: Words = {}
        self.starts = 0

    async def run(self) -> None:
        """Keep a controller alive, for ever."""
        while True:
            process = await self._town.start_controller()
            self.starts += 1
            self.state = {}
            for order in self._orders():
                self.give(order)
            assert process.stdout is not None  # noqa: S101  a pipe was asked for
            async for line in process.stdout:
                words = json.loads(line)
                if words["say"] == "state":
                    self.state = words
                else:
                    self._hear(words)
            await process.wait()
            await asyncio.sleep(0)

    def give(self, order: Words) -> None:
        """To the controller that runs, if one does; a dead one hears it from ``orders`` when it lives again."""
        process = self._town.controller
        if process is not None and process.returncode is None and process.stdin is not None:
            process.stdin.write(json.dumps(order).encode() + b"\n")
