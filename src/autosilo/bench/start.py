"""How long a start takes: the first on an empty home, and the next ones, until the shop's first page has answered."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autosilo.bench.command import Conditions
from autosilo.bench.report import Figure

REPETITIONS = 5
QUICK_REPETITIONS = 1
WITHIN_S = 180.0
STOP_WITHIN_S = 60.0
NEXT_START_TARGET = "<= 10"


@dataclass(frozen=True)
class Start:
    """Seconds since the command was given."""

    ready_s: float
    first_page_s: float


class DidNotStart(Exception):
    """It ended or took too long; carries its last words."""


def measure(conditions: Conditions) -> Sequence[Figure]:
    """Start and stop in a home of its own, several times; the slowest start counts, not the mean."""
    repetitions = QUICK_REPETITIONS if conditions.quick else REPETITIONS
    with tempfile.TemporaryDirectory(prefix="autosilo-bench-") as folder:
        Path(folder).chmod(0o711)  # the database's own user must get through
        home = Path(folder) / "home"
        first = start_once(home)
        later = [start_once(home) for _ in range(repetitions)]
    return [
        Figure(name="first start, first page", value=round(first.first_page_s, 2), unit="s"),
        Figure(
            name=f"next start, first page (slowest of {repetitions})",
            value=round(max(start.first_page_s for start in later), 2),
            unit="s",
            target=NEXT_START_TARGET,
        ),
        Figure(
            name=f"next start, everything ready (slowest of {repetitions})",
            value=round(max(start.ready_s for start in later), 2),
            unit="s",
        ),
    ]


def start_once(home: Path) -> Start:
    """One start and one orderly stop.

    Raises:
        DidNotStart: with the end of what it printed.
    """
    with running(home) as (process, begun):
        web = _until_known(home, process, begun)
        page = _until_answered(f"{web}/", process, begun)
        ready = _until_ready(home, process, begun)
    return Start(ready_s=ready - begun, first_page_s=page - begun)


@contextlib.contextmanager
def running(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """``autosilo up`` with that home, and when it was started (``time.monotonic``)."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    home.mkdir(exist_ok=True, mode=0o711)
    command = [sys.executable, "-m", "autosilo.cli", "up", "--home", str(home)]
    with (home / "console.log").open("wb") as log:
        begun = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603  our own program
        try:
            yield process, begun
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_WITHIN_S)


def _until_known(home: Path, process: subprocess.Popen[bytes], begun: float) -> str:
    """The shop's address, as soon as this very process has written it."""
    while True:
        status = _status(home)
        if status.get("pid") == process.pid:
            return str(status["web"])
        _pause(home, process, begun)


def _until_answered(url: str, process: subprocess.Popen[bytes], begun: float) -> float:
    while True:
        with contextlib.suppress(urllib.error.URLError, OSError):
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  a loopback address of ours
                answer.read()
            return time.monotonic()
        _pause(None, process, begun)


def _until_ready(home: Path, process: subprocess.Popen[bytes], begun: float) -> float:
    while _status(home).get("state") != "ready":
        _pause(home, process, begun)
    return time.monotonic()


def _pause(home: Path | None, process: subprocess.Popen[bytes], begun: float) -> None:
    if process.poll() is not None or time.monotonic() - begun > WITHIN_S:
        words = (home / "console.log").read_text(errors="replace")[-1500:] if home else ""
        raise DidNotStart(f"autosilo up did not start (exit code {process.poll()}): {words}")
    time.sleep(0.05)


def _status(home: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((home / "run" / "status.json").read_text())
    except (FileNotFoundError, ValueError):
        content = {}
    return content
