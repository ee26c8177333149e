"""A whole shop, started as a newcomer starts it, in a home of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_LIMIT_S = 180
STOP_LIMIT_S = 40
PACE = "30"  # a fetch takes about two seconds instead of a minute
CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("AUTOSILO_TEST_CACHE", CHECKOUT / "var" / "test-cache"))


@dataclass
class Shop:
    """Addresses and handles of a running shop."""

    home: Path
    process: subprocess.Popen[bytes] | None
    status_file: Path
    console_log: Path

    def status(self) -> dict[str, Any]:
        return json.loads(self.status_file.read_text()) if self.status_file.exists() else {}

    @property
    def web(self) -> str:
        return str(self.status()["web"])

    def kiosk(self, site: str) -> str:
        return str(self.status()["kiosks"][site])

    @property
    def demo(self) -> dict[str, Any]:
        return json.loads((self.home / "run" / "demo.json").read_text())

    def children(self) -> dict[str, dict[str, Any]]:
        return dict(self.status()["children"])

    def kill(self, child: str) -> None:
        """``kill -9`` one child process."""
        os.kill(self.children()[child]["pid"], signal.SIGKILL)

    def log(self, child: str) -> str:
        return (self.home / "logs" / f"{child}.log").read_text(errors="replace")

    def wait_ready(self, *, limit_s: float = START_LIMIT_S) -> None:
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self.process and self.process.poll() is not None:
                raise AssertionError(f"the shop stopped with {self.process.returncode}:\n{self.tail()}")
            if self.status().get("state") == "ready":
                return
            time.sleep(0.2)
        raise AssertionError(f"the shop was not ready within {limit_s} s:\n{self.tail()}")

    def wait_child_up(self, child: str, *, other_than: int, limit_s: float = 60) -> None:
        """Wait until ``child`` runs again under another process id than ``other_than``."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            now = self.children()[child]
            if now["pid"] not in {None, other_than} and now["state"] == "ready":
                return
            time.sleep(0.1)
        raise AssertionError(f"{child} did not come back within {limit_s} s")

    def tail(self, lines: int = 60) -> str:
        return "\n".join(self.console_log.read_text(errors="replace").splitlines()[-lines:])


@contextmanager
def running_shop(*, pace: str = PACE) -> Iterator[Shop]:
    """Start ``autosilo up`` in a fresh home; stop it at the end.

    Set ``AUTOSILO_KEEP_HOME`` to look at its logs afterwards, or ``AUTOSILO_MISSIONS_AT`` to the home of a demo shop
    that runs already (started with ``--json-status HOME/status.json``) to try a single mission quickly.
    """
    if running := os.environ.get("AUTOSILO_MISSIONS_AT"):
        yield Shop(Path(running), None, Path(running) / "status.json", Path(running) / "console.log")
        return
    home = Path(tempfile.mkdtemp(prefix="autosilo-shop-"))
    home.chmod(0o755)  # the database runs as another user when we are root
    (home / "weights").symlink_to(CACHE / "weights")
    console_log = home / "console.log"
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "DATABASE", "AUTOSILO_"))},
        "AUTOSILO_HOME": str(home),
        "AUTOSILO_PACE": pace,
        "AUTOSILO_DEMO": "1",
    }
    status_file = home / "status.json"
    with console_log.open("wb") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "autosilo"), "up", "--json-status", str(status_file)],
            env=environment,
            cwd=CHECKOUT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    shop = Shop(home=home, process=process, status_file=status_file, console_log=console_log)
    try:
        shop.wait_ready()
        yield shop
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            if not os.environ.get("AUTOSILO_KEEP_HOME"):
                shutil.rmtree(home, ignore_errors=True)
