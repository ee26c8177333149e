"""The tower to be broken: its home, its first cars, its two processes. They are killed and started again from here."""

import asyncio
import json
import os
import random
import signal
import sys
from asyncio.subprocess import Process
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

from autosilo.site.control.pki import ensure_pki
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Place, Role, all_places
from autosilo.tower.site_file import load_site
from autosilo.up.ports import SPREAD, Claims

SLUG = "chaostown"
PACE = 50.0
FILLED = 0.6
"""Of the bays, at first."""
ORDINARY = {"length_mm": 4700, "width_mm": 1900, "height_mm": 1500, "mass_kg": 1900}
HEAVY = {"length_mm": 5350, "width_mm": 2000, "height_mm": 1800, "mass_kg": 2900}
PLC = "import sys; from autosilo.twin.plc.main import main; sys.exit(main(sys.argv[1:]))"


def vin(number: int) -> str:
    """A well-formed VIN."""
    return f"LCHA{number:013d}"


def car(number: int) -> dict[str, Any]:
    """As scanner, scale and camera see it; every seventh is heavy."""
    return {"vin": vin(number), **(HEAVY if number % 7 == 0 else ORDINARY), "plate": f"沪A{number:05d}"}


class Town:
    """Files and processes in ``home``. ``config`` is paced."""

    def __init__(self, home: Path, *, pace: float = PACE) -> None:
        self.home = home
        folder = home / "site-files"
        folder.mkdir(parents=True)
        text = resources.files(__package__).joinpath(f"{SLUG}.toml").read_text(encoding="utf-8")
        (folder / f"{SLUG}.toml").write_text(text, encoding="utf-8")
        self.config: SiteConfig = load_site(SLUG, folder=folder, pace=pace)
        ensure_pki(home, SLUG)
        self.cars = _first_cars(self.config)
        self._write(f"twins/{SLUG}/inventory.json", {place: car(number) for place, number in self.cars.items()})
        self._write(f"sites/{SLUG}/commissioning.json", {place: vin(number) for place, number in self.cars.items()})
        self._claims = Claims()
        self.plc_port, self.cable_port, self.world_port = (self._port() for _ in range(3))
        self._environment = os.environ | {
            "AUTOSILO_HOME": str(home),
            "AUTOSILO_SITES": str(folder),
            "AUTOSILO_PACE": str(pace),
            "AUTOSILO_WORLD_PORT": str(self.world_port),
        }
        self.plc: Process | None = None
        self.controller: Process | None = None

    @property
    def journal(self) -> Path:
        return self.home / "sites" / SLUG / "journal.db"

    @property
    def first(self) -> dict[str, str]:
        """Place -> VIN before anything moved."""
        return {place: vin(number) for place, number in self.cars.items()}

    async def start_plc(self) -> None:
        """Start it, if it does not run; it is not waited for."""
        if self.plc is None or self.plc.returncode is not None:
            url = {"AUTOSILO_PLC_URL": f"opc.tcp://127.0.0.1:{self.plc_port}/"}
            self.plc = await self._spawn([sys.executable, "-c", PLC, SLUG], "plc", url, stdin=None, stdout=None)

    async def start_controller(self) -> Process:
        """A fresh controller, which talks to the PLC over the cable. Its words are on ``stdout``."""
        url = {"AUTOSILO_PLC_URL": f"opc.tcp://127.0.0.1:{self.cable_port}/"}
        command = [sys.executable, "-m", "autosilo.chaos.tower.controller", SLUG]
        pipe = asyncio.subprocess.PIPE
        self.controller = await self._spawn(command, "controller", url, stdin=pipe, stdout=pipe)
        return self.controller

    async def kill(self, process: Process | None) -> None:
        """As a power cut does: without a word."""
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            await process.wait()

    async def close(self) -> None:
        await self.kill(self.controller)
        await self.kill(self.plc)
        self._claims.close()

    def _port(self) -> int:
        return next(port for port in random.sample(SPREAD, len(SPREAD)) if self._claims.take(port))

    async def _spawn(
        self, command: list[str], name: str, extra: dict[str, str], *, stdin: int | None, stdout: int | None
    ) -> Process:
        with (self.home / f"{name}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command,
                env=self._environment | extra,
                stdin=stdin if stdin is not None else asyncio.subprocess.DEVNULL,
                stdout=stdout if stdout is not None else log,
                stderr=log,
            )

    def _write(self, name: str, content: Any) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")


def _first_cars(config: SiteConfig) -> dict[str, int]:
    """Heavy cars into bays that carry them; rear bays first, so that nobody begins walled in."""
    bays = [place for place in all_places(config).values() if place.role is Role.BAY]
    bays.sort(key=lambda place: (not place.rear, place.name))
    heavy = [place for place in bays if config.tower.classes[place.class_number - 1].carries(HEAVY["mass_kg"])]
    filled: dict[str, int] = {}
    for number in range(1, round(len(bays) * FILLED) + 1):
        choice: list[Place] = heavy if number % 7 == 0 else bays
        free = next((place for place in choice if place.name not in filled), None)
        if free is not None:
            filled[free.name] = number
    return filled
