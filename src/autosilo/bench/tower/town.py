"""A tower in a private folder, with its PLC twin as a real process behind real OPC UA security."""

import asyncio
import json
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

from autosilo.site.control.pki import ensure_pki
from autosilo.tower.config import SiteConfig
from autosilo.tower.site_file import load_site
from autosilo.up.ports import SPREAD, Claims

PLC = "import sys; from autosilo.twin.plc.main import main; sys.exit(main(sys.argv[1:]))"
ORDINARY = {"length_mm": 4700, "width_mm": 1900, "height_mm": 1500, "mass_kg": 1900}


def vin(number: int) -> str:
    """A well-formed VIN."""
    return f"LBEN{number:013d}"


def car(number: int) -> dict[str, Any]:
    """As scanner, scale and camera see it."""
    return {"vin": vin(number), **ORDINARY, "plate": f"沪A{number:05d}"}


class Town:
    """Files in ``home``; ``slug`` names a site file of ``package``. ``config`` is paced. ``cars``: place -> car."""

    def __init__(self, home: Path, *, package: str, slug: str, pace: float) -> None:
        self.home, self.slug, self.pace = home, slug, pace
        self._sites = home / "site-files"
        self._sites.mkdir(parents=True)
        text = resources.files(package).joinpath(f"{slug}.toml").read_text(encoding="utf-8")
        (self._sites / f"{slug}.toml").write_text(text, encoding="utf-8")
        self.config: SiteConfig = load_site(slug, folder=self._sites, pace=pace)
        ensure_pki(home, slug)
        self._claims = Claims()
        self.plc_port, self.world_port = self.port(), self.port()
        self.plc: Process | None = None

    @property
    def url(self) -> str:
        """Of the PLC."""
        return f"opc.tcp://127.0.0.1:{self.plc_port}/"

    @property
    def journal(self) -> Path:
        return self.home / "sites" / self.slug / "journal.db"

    @property
    def environment(self) -> dict[str, str]:
        """For every process of this tower."""
        return os.environ | {
            "AUTOSILO_HOME": str(self.home),
            "AUTOSILO_SITES": str(self._sites),
            "AUTOSILO_PACE": str(self.pace),
            "AUTOSILO_WORLD_PORT": str(self.world_port),
            "AUTOSILO_PLC_URL": self.url,
        }

    def port(self) -> int:
        """One of its own, for as long as this lives."""
        return next(port for port in random.sample(SPREAD, len(SPREAD)) if self._claims.take(port))

    def fill(self, cars: Mapping[str, dict[str, Any]]) -> None:
        """What stands where at first, for the world and for the controller."""
        self._write(f"twins/{self.slug}/inventory.json", cars)
        self._write(f"sites/{self.slug}/commissioning.json", {place: one["vin"] for place, one in cars.items()})

    async def start_plc(self) -> None:
        """Start it, if it does not run; it is not waited for."""
        if self.plc is None or self.plc.returncode is not None:
            with (self.home / "plc.log").open("ab") as log:
                self.plc = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-c", PLC, self.slug),
                    env=self.environment,
                    stdin=DEVNULL,
                    stdout=log,
                    stderr=log,
                )

    async def kill(self, process: Process | None) -> None:
        """As a power cut does: without a word."""
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            await process.wait()

    async def close(self) -> None:
        await self.kill(self.plc)
        self._claims.close()

    def _write(self, name: str, content: Any) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
