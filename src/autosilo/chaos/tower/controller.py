"""The process that is meant to be killed: the site's own tower control, told by lines of JSON on stdin.

It is ``site.control.Tower`` and nothing else: no kiosk and no bus. A line asks for a visit or plays the operator; a
line on stdout says what became of it. Whoever starts it again asks for every visit again, as the site's service does.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from autosilo import logs
from autosilo.site.control import CannotAdmit, CannotFetch, CannotHandOver, CannotTakeIn, Tower
from autosilo.site.control.types import CannotObey
from autosilo.tower.site_file import load_site

SAY_EVERY_S = 0.1
LOOK_AGAIN_S = 0.1
REFUSALS = (CannotFetch, CannotHandOver, CannotAdmit, CannotTakeIn)


_WORDS = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
"""Words alone go there; the log, which belongs on stdout too, goes to stderr."""


def say(**words: Any) -> None:
    print(json.dumps(words), file=_WORDS)


class Controller:
    """Reads orders, runs them side by side."""

    def __init__(self, tower: Tower) -> None:
        self._tower = tower
        self._tasks: set[asyncio.Task[None]] = set()
        self._orders: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "collect": self._collect,
            "return": self._return,
            "resolve": self._resolve,
            "confirm": self._confirm,
            "finish": self._finish,
            "block": self._block,
            "unblock": self._unblock,
            "service": self._service,
            "stage": self._stage,
            "unstage": self._unstage,
        }

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        self._spawn(self._tell())
        while line := await reader.readline():
            order = json.loads(line)
            self._spawn(self._orders[order["do"]](order))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self) -> None:
        while True:
            tower = self._tower
            walks = [one.model_dump(mode="json") for one in tower.reconciliation()]
            say(say="state", connected=tower.connected, ready=tower.ready, held=tower.held, walks=walks)
            await asyncio.sleep(SAY_EVERY_S)

    async def _collect(self, order: dict[str, Any]) -> None:
        key, vin = order["key"], order["vin"]
        try:
            fetched = await self._tower.fetch(job_key=key, vin=vin)
            say(say="gate", key=key, vin=vin, station=fetched.station)
            await self._tower.hand_over(job_key=key, vin=vin)
            say(say="collected", key=key, vin=vin)
        except REFUSALS as refusal:
            say(say="refused", key=key, vin=vin, reason=refusal.reason)

    async def _return(self, order: dict[str, Any]) -> None:
        key, vin = order["key"], order["vin"]
        try:
            admitted = await self._tower.admit(job_key=key, vin=vin, plate=order["plate"])
            say(say="intake", key=key, vin=vin, station=admitted.station)
            result = await self._tower.take_in(job_key=key, vin=vin)
            while result.refused and not self._shut(admitted.station):
                say(say="not_taken", key=key, vin=vin, reason=result.refused)
                await asyncio.sleep(LOOK_AGAIN_S)  # it leaves, or is put right where it stands, and taken in after all
                result = await self._tower.take_in(job_key=key, vin=vin)
            say(say="stored" if result.bay else "refused", key=key, vin=vin, reason=result.refused)
        except REFUSALS as refusal:
            say(say="refused", key=key, vin=vin, reason=refusal.reason)

    def _shut(self, station: str) -> bool:
        live = self._tower.snapshot()
        return live.connected and any(one.station == station and one.gate == "shut" for one in live.stations)

    async def _resolve(self, order: dict[str, Any]) -> None:
        with suppress(CannotObey):
            await self._tower.resolve_hold(operator="chaos")

    async def _confirm(self, order: dict[str, Any]) -> None:
        with suppress(CannotObey):
            self._tower.confirm_bay(order["place"], order["vin"], by="chaos")

    async def _finish(self, order: dict[str, Any]) -> None:
        with suppress(CannotObey):
            self._tower.finish_reconciliation(order["lift"], by="chaos")

    async def _block(self, order: dict[str, Any]) -> None:
        with suppress(CannotObey):
            self._tower.block_bay(order["place"], reason="chaos", by="chaos")

    async def _unblock(self, order: dict[str, Any]) -> None:
        with suppress(CannotObey):
            self._tower.unblock_bay(order["place"], by="chaos")

    async def _service(self, order: dict[str, Any]) -> None:
        with suppress(CannotObey):
            if order["in_service"]:
                self._tower.return_to_service(order["lift"], by="chaos")
            else:
                self._tower.take_out_of_service(order["lift"], reason="chaos", by="chaos")

    async def _stage(self, order: dict[str, Any]) -> None:
        with suppress(CannotFetch):
            self._tower.stage(order["vin"])

    async def _unstage(self, order: dict[str, Any]) -> None:
        self._tower.unstage(order["vin"])


async def main(slug: str) -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logs.configure(f"controller-{slug}")
    tower = Tower(
        config=load_site(slug), home=Path(os.environ["AUTOSILO_HOME"]), plc_url=os.environ["AUTOSILO_PLC_URL"]
    )
    await tower.start()
    await Controller(tower).run()
    await tower.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
