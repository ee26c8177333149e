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

SLUG = "testtown"
PACE = 20.0
START_WITHIN_S = 60.0

_SITE = """
slug = "testtown"
name = {{ en = "Test Town", zh-hans = "测试镇" }}
address = {{ en = "Nowhere 1", zh-hans = "无处 1" }}
latitude = 0.0
longitude = 0.0
time_zone = "UTC"
market = "cn"
[hours]
mon = {{ opens = "00:00", shuts = "23:59" }}
[tower]
floors = 4
columns = 3
depth = {depth}
floor_pitch_m = 2.3
column_pitch_m = 2.6
[tower.gate]
travel_s = 5.0
clear_s = 2.0
collect_patience_s = {patience}
intake_patience_s = {patience}
dwell_limit_s = {dwell}
[[tower.classes]]
name = "standard"
length_mm = 5300
width_mm = 2300
height_mm = 2200
mass_kg = 2500
[[tower.classes]]
name = "heavy"
length_mm = 5400
width_mm = 2300
height_mm = 2200
mass_kg = 3200
floors = [1]
"""

_LIFT = """
[[tower.lifts]]
name = "{name}"
speed_m_s = 1.5
acceleration_m_s2 = 0.5
{second}
transfer_s = 12.0
transfer_rear_s = 20.0
stations = [{stations}]
"""
_SHUTTLE = "shuttle_speed_m_s = 0.8\nshuttle_acceleration_m_s2 = 0.4"
_TURNTABLE = "turntable_speed_deg_s = 20.0\nturntable_acceleration_deg_s2 = 10.0"
_STATIONS = (("D1", 1), ("D2", 3), ("I1", 2))

RUN = "import sys; from autosilo.twin.plc.main import main; sys.exit(main(sys.argv[1:]))"


def vin(number: int) -> str:
    """A well-formed VIN."""
    return f"LTST{number:013d}"


def car(number: int, **changes: Any) -> dict[str, Any]:
    """A car as the world knows it."""
    body = {
        "vin": vin(number),
        "length_mm": 4700,
        "width_mm": 1900,
        "height_mm": 1500,
        "mass_kg": 1900,
        "plate": f"沪A{number:05d}",
    }
    return body | changes


def _station(name: str, column: int, shutter_s: float, others: tuple[str, ...]) -> str:
    shared = ", ".join(f'{{ lift = "{lift}", column = {column} }}' for lift in others)
    return f'{{ name = "{name}", column = {column}, shutter_s = {shutter_s}, shared = [{shared}] }}'


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
        """``shared``: the first lift's stations are the only ones, and every other lift reaches them, too."""
        self.home = home
        self.sites = home / "site-files"
        self.sites.mkdir(parents=True)
        text = _SITE.format(patience=patience, dwell=dwell, depth=depth)
        for name in lifts:
            others = lifts[1:] if shared and name == lifts[0] else ()
            names = () if shared and name != lifts[0] else _STATIONS
            stations = ", ".join(_station(station, column, shutter_s, others) for station, column in names)
            text += _LIFT.format(name=name, second=_TURNTABLE if turntable else _SHUTTLE, stations=stations)
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

    def _write(self, name: str, content: Any) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
