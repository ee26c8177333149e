"""localstripe in a process of its own, as in the running project."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

START_S = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Bank:
    """The process, its address and its home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = os.environ | {"AUTOSILO_HOME": str(self.home), "STRIPE_API_BASE": self.url}
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from autosilo.twin.bank.app import main; main()"], env=environment
        )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise RuntimeError("localstripe did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
