"""A small tower in a folder of its own, with its PLC twin as a real process behind real OPC UA security."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from autosilo.site.control.pki import ensure_pki
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import own_stations
from autosilo.tower.site_file import load_site
from twin.plc.sitetext import SLUG, car, site_text, vin

PACE = 20.0
START_WITHIN_S = 60.0

__all__ = ["PACE", "SLUG", "Rig", "car", "free_port", "vin"]

RUN = "import sys; from autosilo.twin.plc.main import main; sys.exit(main(sys.argv[1:]))"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Rig:
    """One tower. ``cars``: place -> number of the car. The twin starts with ``start_plc``."""

    def __init__(
        self,
        home: Path,
        cars: dict[str, int],
        *,
        lifts: tuple[str, ...] = ("L1",),
        patience: float = 600,
        dwell: float = 600,
        pace: float = PACE,
        shutter_s: float = 0.0,
        depth: int = 1,
        turntable: bool = False,
        shared: bool = False,
    ) -> None:
        """See ``site_text`` for the tower's shape."""
        self.home = home
        self.sites = home / "site-files"
        self.sites.mkdir(parents=True)
        text = site_text(
            lifts=lifts,
            patience=patience,
            dwell=dwell,
            shutter_s=shutter_s,
            depth=depth,
            turntable=turntable,
            shared=shared,
        )
        (self.sites / f"{SLUG}.toml").write_text(text, encoding="utf-8")
        self.site: SiteConfig = load_site(SLUG, folder=self.sites, pace=pace)
        own = {lift.name: own_stations(self.site.tower, lift) for lift in self.site.tower.lifts}
        self.units: tuple[str, ...] = (*own, *(station.name for one in own.values() for station in one))
        """Every mailbox: lifts, then stations."""
        self.pki = ensure_pki(home, SLUG)
        self._write(f"twins/{SLUG}/inventory.json", {place: car(number) for place, number in cars.items()})
        self._write(f"sites/{SLUG}/commissioning.json", {place: vin(number) for place, number in cars.items()})
        self.url = f"opc.tcp://127.0.0.1:{free_port()}/"
        self._port = free_port()
        self.environment = os.environ | {
            "AUTOSILO_HOME": str(home),
            "AUTOSILO_SITES": str(self.sites),
            "AUTOSILO_PACE": str(pace),
            "AUTOSILO_PLC_URL": self.url,
            "AUTOSILO_WORLD_PORT": str(self._port),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._log = (home / "plc.log").open("ab")

    @property
    def log(self) -> str:
        return (self.home / "plc.log").read_text(encoding="utf-8")

    def start_plc(self, *, wait: bool = True) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, SLUG], env=self.environment, stdout=self._log, stderr=self._log
        )
        if wait:
            self.wait_for_plc()

    def wait_for_plc(self) -> None:
        """Until the mailbox's port accepts connections."""
        port = int(self.url.rpartition(":")[2].strip("/"))
        until = time.monotonic() + START_WITHIN_S
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, self.log
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                return
            time.sleep(0.05)
        raise AssertionError(f"the twin did not start: {self.log}")

    def kill_plc(self) -> None:
        """As a power cut does: without a word."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self) -> None:
        self.kill_plc()
        self._log.close()

    def world(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """One call of the world's door: (HTTP status, JSON)."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", data=data)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def state(self) -> dict[str, Any]:
        status, state = self.world("/state")
        assert status == 200
        return dict(state)

    def fault(self, kind: str, at: str, *, there: bool = True, **parameters: Any) -> None:
        assert self.world("/fault", {"kind": kind, "at": at, "set": there, **parameters}) == (200, {"ok": True})

    def mode(self, mode: str, lift: str = "L1") -> None:
        """Turn the key switch: auto, manual, service."""
        assert self.world("/mode", {"lift": lift, "mode": mode})[0] == 200

    def ledger(self, after: int = 0) -> list[dict[str, Any]]:
        """Every event with a number above ``after``."""
        events: list[dict[str, Any]] = []
        while True:
            status, answer = self.world(f"/ledger?after={events[-1]['n'] if events else after}")
            assert status == 200
            if not answer["events"]:
                return events
            events += answer["events"]

    def happened(self, event: str) -> int:
        """How often the ledger says so; -1 while there is no power, or nobody is there."""
        with suppress(OSError):
            status, answer = self.world("/ledger?after=0")
            if status == 200:
                return sum(one["event"] == event for one in answer["events"])
        return -1

    def wait_for_power(self, power_ons: int) -> None:
        """Until the power has come back more often than that."""
        until = time.monotonic() + START_WITHIN_S
        while self.happened("power_on") <= power_ons:
            assert time.monotonic() < until, f"the power did not come back: {self.log}"
            time.sleep(0.02)

    def cut_power(self, off_s: float = 0.1) -> None:
        """Now; returns when the machine is there again."""
        before = self.happened("power_on")
        assert self.world("/power", {"off_s": off_s})[0] == 200
        self.wait_for_power(before)

    def metrics(self) -> dict[str, float]:
        """Figures of the running power cycle by name."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=5) as answer:
            return {line.split()[0]: float(line.split()[1]) for line in answer.read().decode().splitlines()}

    def _write(self, name: str, content: Any) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
