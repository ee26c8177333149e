"""A whole shop in a home of its own, started as a newcomer starts it: for missions and for measuring."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autosilo.up import status as status_file
from autosilo.up.account import USER_VARIABLE
from autosilo.up.environment import PACE
from autosilo.up.home import HOME_VARIABLE, SITES_VARIABLE, Home, checkout

START_LIMIT_S = 180.0
STOP_LIMIT_S = 60.0
LOOK_AGAIN_S = 0.05
CONFIGURED = ("AUTOSILO_", "DATABASE_", "DJANGO")
"""Environment of the person who starts it that must not reach a private shop, but for the two below."""
KEPT = (SITES_VARIABLE, USER_VARIABLE)


class DidNotStart(Exception):
    """It ended, or took too long; carries its last words."""


@dataclass
class Shop:
    """Addresses and handles of one running ``autosilo up``. ``process`` is None for one that others started."""

    home: Path
    process: "subprocess.Popen[bytes] | None" = None
    begun: float = field(default_factory=time.monotonic)
    """When the command was given (``time.monotonic``)."""

    @property
    def console_log(self) -> Path:
        return self.home / "console.log"

    def status(self) -> dict[str, Any]:
        """As the supervisor last wrote it; empty before it did, and while an earlier run's is still there."""
        content = status_file.read(Home(self.home).status) or {}
        mine = self.process is None or content.get("pid") == self.process.pid
        return content if mine else {}

    @property
    def web(self) -> str:
        return str(self.status()["web"])

    def kiosk(self, site: str) -> str:
        return str(self.status()["kiosks"][site])

    def address(self, name: str) -> str:
        """``http://127.0.0.1:PORT`` of a process by the name of its port."""
        return f"http://127.0.0.1:{self.status()['ports'][name]}"

    @property
    def demo(self) -> dict[str, Any]:
        """Logins of the demo."""
        content: dict[str, Any] = json.loads(Home(self.home).demo.read_text())
        return content

    def children(self) -> dict[str, dict[str, Any]]:
        return dict(self.status()["children"])

    def kill(self, child: str) -> None:
        """``kill -9`` one child process."""
        os.kill(self.children()[child]["pid"], signal.SIGKILL)

    def log(self, child: str) -> str:
        return (Home(self.home).logs / f"{child}.log").read_text(errors="replace")

    def tail(self, lines: int = 60) -> str:
        """The last words on its console."""
        with contextlib.suppress(FileNotFoundError):
            return "\n".join(self.console_log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def wait_ready(self, *, limit_s: float = START_LIMIT_S) -> None:
        """Until every process is ready. Raises ``DidNotStart``."""
        self._wait(lambda: self.status().get("state") == "ready", limit_s, "was not ready")

    def wait_page(self, path: str = "/", *, limit_s: float = START_LIMIT_S) -> None:
        """Until the web answers with this page. Raises ``DidNotStart``."""
        self._wait(lambda: self._answers(path), limit_s, f"did not answer at {path}")

    def wait_child_up(self, child: str, *, other_than: int, limit_s: float = 60) -> None:
        """Until ``child`` runs again under another process id than ``other_than``. Raises ``DidNotStart``."""

        def is_back() -> bool:
            now = self.children()[child]
            return now["pid"] not in {None, other_than} and now["state"] == "ready"

        self._wait(is_back, limit_s, f"{child} did not come back")

    def _answers(self, path: str) -> bool:
        if "web" not in self.status():
            return False
        try:
            with urllib.request.urlopen(f"{self.web}{path}", timeout=10) as answer:  # noqa: S310  loopback, ours
                answer.read()
        except (urllib.error.URLError, OSError):
            return False
        return True

    def _wait(self, is_so: Callable[[], bool], limit_s: float, otherwise: str) -> None:
        end = time.monotonic() + limit_s
        while not is_so():
            if self.process and self.process.poll() is not None:
                raise DidNotStart(f"the shop stopped with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() > end:
                raise DidNotStart(f"{otherwise} within {limit_s:g} s:\n{self.tail()}")
            time.sleep(LOOK_AGAIN_S)


@contextlib.contextmanager
def private_home(*, weights: Path | None = None, keep: bool = False) -> Iterator[Path]:
    """A fresh home that is deleted afterwards unless ``keep``; ``weights`` (a folder) is linked if given."""
    home = Path(tempfile.mkdtemp(prefix="autosilo-shop-"))
    home.chmod(0o755)  # as root, the database runs as another user, who must get through
    if weights is not None:
        (home / "weights").symlink_to(weights)
    try:
        yield home
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def running(home: Path, *, pace: float = 1.0) -> Iterator[Shop]:
    """``autosilo up`` from that home, in demo mode; it is stopped in good order at the end. Does not wait for it.

    All its shoppers come from one address, so the limits that are counted by address are wide.
    """
    with (home / "console.log").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "autosilo.cli", "up"],
            env=_environment(home, pace),
            cwd=checkout(),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Shop(home, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _environment(home: Path, pace: float) -> dict[str, str]:
    ours = {key: value for key, value in os.environ.items() if key in KEPT or not key.startswith(CONFIGURED)}
    return ours | {HOME_VARIABLE: str(home), PACE: f"{pace:g}", "AUTOSILO_DEMO": "1", "AUTOSILO_LIMITS_FACTOR": "100"}
