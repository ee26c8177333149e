"""The web process: its granian workers never outlive it, and a killed worker is replaced."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from autosilo.up import serve
from autosilo.up.throwaway import free_port

SOON_S = 15.0
APP = """
import os

async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
"""
START = "from autosilo.up import serve; serve.APPLICATION = 'smallest:application'; serve.web([])"


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not is_so():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.05)


class Web:
    def __init__(self, folder: Path) -> None:
        (folder / "smallest.py").write_text(APP)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        env = {**os.environ, "PYTHONPATH": f"{folder}:src", "AUTOSILO_WEB_URL": self.url}
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen([sys.executable, "-c", START], env=env, stdout=log, stderr=log)
        until(lambda: self.worker is not None)

    @property
    def worker(self) -> int | None:
        """Process number of the worker that answers, None while none does."""
        try:
            return int(httpx.get(self.url, timeout=2).text)
        except httpx.TransportError:
            return None


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    one = Web(tmp_path)
    yield one
    one.process.kill()
    one.process.wait()


def test_a_worker_dies_with_its_killed_parent(web: Web) -> None:
    worker = web.worker
    assert worker is not None
    assert worker != web.process.pid
    web.process.kill()
    until(lambda: is_gone(worker))


def test_a_killed_worker_is_replaced(web: Web) -> None:
    worker = web.worker
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    until(lambda: web.worker not in (None, worker))


def test_an_orderly_stop_ends_both(web: Web) -> None:
    worker = web.worker
    assert worker is not None
    web.process.terminate()
    assert web.process.wait(SOON_S) == 0
    assert is_gone(worker)


def test_a_demo_is_not_served_to_the_network(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOSILO_DEMO", "1")
    with pytest.raises(SystemExit) as ended:
        serve.web(["--host", "0.0.0.0"])  # noqa: S104  that it is refused is the point
    assert ended.value.code == 2
    assert "loopback only" in capsys.readouterr().err
