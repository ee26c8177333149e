"""The process: ``autosilo twin plc NAME``. Configured by AUTOSILO_HOME, AUTOSILO_PLC_URL, AUTOSILO_WORLD_PORT."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from autosilo import logs
from autosilo.tower.config import SiteConfig
from autosilo.tower.site_file import SiteFileError, load_site, pace_from_environment
from autosilo.twin.plc.api import application
from autosilo.twin.plc.hands import CannotDo, turn_key
from autosilo.twin.plc.memory import Step
from autosilo.twin.plc.orders import At
from autosilo.twin.plc.plc import Plc
from autosilo.twin.plc.store import MemoryUnreadable
from autosilo.wire.mailbox import Mode

log = logging.getLogger(__name__)


class PowerSupply:
    """Runs one ``Plc`` after the other, as the power comes and goes."""

    def __init__(self, *, site: SiteConfig, home: Path, url: str, pace: float) -> None:
        self._site, self._home, self._url, self._pace = site, home, url, pace
        self._running: asyncio.Task[None] | None = None
        self._off_s = 0.0
        self._at: At | None = None
        self._seen_at: float | None = None
        self._keys: dict[str, Mode] = {}
        self.plc: Plc | None = None

    def turn_key(self, lift: str, mode: Mode) -> None:
        """Without power, the PLC finds out at power-on where the key switch stands. Raises ``CannotDo``."""
        if self.plc is not None:
            turn_key(self.plc.world, lift, mode)
            self.plc.retain()
        elif lift not in {one.name for one in self._site.tower.lifts}:
            raise CannotDo("no_such_lift")
        else:
            self._keys[lift] = mode

    def cut_power(self, off_s: float, at: At | None = None) -> None:
        """Take the power away, now or ``at`` a moment, and give it back after ``off_s`` seconds."""
        self._off_s, self._at = off_s, at
        if self._running is not None and at is None:
            self._running.cancel()

    def _scanned(self, plc: Plc, now: float) -> None:
        """Is this the moment at which the power goes?"""
        at = self._at
        if at is None or self._running is None:
            return
        job = plc.units[at.unit].memory.job
        if job is None or not job.running or job.step is not Step[at.step.upper()]:
            self._seen_at = None
            return
        self._seen_at = now if self._seen_at is None else self._seen_at
        if now - self._seen_at >= at.after_s:
            self._at = self._seen_at = None
            self._running.cancel()

    async def run(self) -> None:
        """Until cancelled. Raises what a PLC raises that cannot start."""
        while True:
            self.plc = Plc(site=self._site, home=self._home, url=self._url, pace=self._pace, scanned=self._scanned)
            self.plc.find_keys(self._keys)
            self._keys = {}
            self._running = asyncio.create_task(self.plc.run())
            try:
                await asyncio.wait([self._running])
                if not self._running.cancelled():
                    self._running.result()
            finally:
                self.plc = None
                self._running.cancel()
                with suppress(asyncio.CancelledError):
                    await self._running
            log.warning("power off", extra={"site": self._site.slug, "seconds": self._off_s})
            await asyncio.sleep(self._off_s)


async def serve(*, site: SiteConfig, home: Path, url: str, world_port: int, pace: float) -> None:
    """The whole twin, until cancelled."""
    supply = PowerSupply(site=site, home=home, url=url, pace=pace)
    runner = web.AppRunner(application(supply), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", world_port).start()
        await supply.run()
    finally:
        await runner.cleanup()


async def _until_signal(site: SiteConfig, home: Path, url: str, port: int, pace: float) -> None:
    work = asyncio.create_task(serve(site=site, home=home, url=url, world_port=port, pace=pace))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    with suppress(asyncio.CancelledError):
        await work


def main(argv: Sequence[str] | None = None) -> int:
    """``autosilo twin plc NAME``."""
    parser = argparse.ArgumentParser(prog="autosilo twin plc", description="Stand-in for one tower's PLC.")
    parser.add_argument("name", help="the site's slug")
    name = parser.parse_args(argv).name
    logs.configure(f"plc-{name}")
    try:
        home = Path(os.environ.get("AUTOSILO_HOME", "var"))
        site, pace = load_site(name), pace_from_environment()
        url, port = os.environ["AUTOSILO_PLC_URL"], int(os.environ["AUTOSILO_WORLD_PORT"])
        asyncio.run(_until_signal(site, home, url, port, pace))
    except KeyError as error:
        return _fail(f"{error.args[0]} is not set")
    except (SiteFileError, MemoryUnreadable, OSError) as error:
        return _fail(str(error))
    return 0


def _fail(message: str) -> int:
    print(f"autosilo twin plc: {message}", file=sys.stderr)
    return 1
