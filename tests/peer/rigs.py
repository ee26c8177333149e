"""The same small tower twice: our twin, and a PLC in JavaScript that shares no code with it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autosilo.site.conformance.hands import Door
from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.session import Target
from autosilo.site.control.pki import ensure_pki
from autosilo.tower.site_file import load_site

SLUG = "peertown"
TOWN = Path(__file__).with_name("town.toml")
PLC = Path(__file__).with_name("plc")
PACE = 40.0
START_WITHIN_S = 90.0
CARS = {"L1.B0201": 1, "L1.B0202": 2, "L1.B0202R": 3, "L2.B0201": 4}
TWIN = "import sys; from autosilo.twin.plc.main import main; sys.exit(main(sys.argv[1:]))"


def vin(number: int) -> str:
    return f"LTST{number:013d}"


def car(number: int) -> dict[str, Any]:
    size = {"length_mm": 4700, "width_mm": 1900, "height_mm": 1500, "mass_kg": 1900}
    return {"vin": vin(number), "plate": f"沪A{number:05d}"} | size


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Rig:
    """A tower in a folder of its own; ``start`` and ``close`` its PLC."""

    def __init__(self, home: Path, *, pace: float = PACE) -> None:
        self.home = home
        self.pace = pace
        self.sites = home / "site-files"
        self.sites.mkdir(parents=True)
        shutil.copy(TOWN, self.sites / f"{SLUG}.toml")
        self.site = load_site(SLUG, folder=self.sites, pace=pace)
        self.pki = ensure_pki(home, SLUG)
        self.port, self.world_port = free_port(), free_port()
        self.url = f"opc.tcp://127.0.0.1:{self.port}/"
        self.world = f"http://127.0.0.1:{self.world_port}"
        self.inventory = home / "twins" / SLUG / "inventory.json"
        self.inventory.parent.mkdir(parents=True)
        self.inventory.write_text(json.dumps({place: car(number) for place, number in CARS.items()}), encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """For our own processes."""
        return os.environ | {
            "AUTOSILO_HOME": str(self.home),
            "AUTOSILO_SITES": str(self.sites),
            "AUTOSILO_PACE": str(self.pace),
            "AUTOSILO_PLC_URL": self.url,
            "AUTOSILO_WORLD_PORT": str(self.world_port),
        }

    @property
    def log(self) -> str:
        return (self.home / "plc.log").read_text(encoding="utf-8")[-4000:]

    def machine(self) -> Machine:
        """The suite's view of it."""
        return Machine(Target(self.url, SLUG, self.pki), self.site, Door(self.world))

    def command(self) -> Sequence[str]:
        raise NotImplementedError

    def start(self, *, wait: bool = True) -> None:
        with (self.home / "plc.log").open("ab") as log:
            self.process = subprocess.Popen(self.command(), env=self.environment, stdout=log, stderr=log)
        if wait:
            self.wait()

    def wait(self) -> None:
        """Until the PLC has power."""
        until = time.monotonic() + START_WITHIN_S
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, self.log
            with suppress(OSError), urllib.request.urlopen(f"{self.world}/readyz", timeout=2):  # noqa: S310
                socket.create_connection(("127.0.0.1", self.port), 2).close()
                return
            time.sleep(0.05)
        raise AssertionError(f"the PLC did not start: {self.log}")

    def order(self, path: str, body: dict[str, Any]) -> Any:
        """One call of the world's door."""
        request = urllib.request.Request(f"{self.world}{path}", data=json.dumps(body).encode())  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    close = kill


class TwinRig(Rig):
    def command(self) -> Sequence[str]:
        return [sys.executable, "-c", TWIN, SLUG]


class PeerRig(Rig):
    """``mutants``: deliberate mistakes from the start, see ``plc/mutants.json``."""

    def __init__(self, home: Path, *, pace: float = PACE, mutants: Sequence[str] = ()) -> None:
        super().__init__(home, pace=pace)
        self.mutants = mutants
        self.site_json = home / "site.json"
        self.site_json.write_text(json.dumps(tomllib.loads(TOWN.read_text(encoding="utf-8"))), encoding="utf-8")

    def command(self) -> Sequence[str]:
        options = {
            "site": self.site_json,
            "pki": self.pki,
            "folder": self.home / "peer",
            "port": self.port,
            "world-port": self.world_port,
            "pace": self.pace,
            "inventory": self.inventory,
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        return ["node", str(PLC / "main.js"), *words, *(word for one in self.mutants for word in ("--mutant", one))]

    def reset(self, *mutants: str) -> None:
        """A machine as new, with these mutants."""
        self.order("/reset", {"mutants": list(mutants)})
