"""A real web process and a real browser for tests of the console."""

import contextlib
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from .test_live import free_port

START_S = 60
PATIENCE_MS = 20_000
SETTINGS = "autosilo.platform.config.settings.test"


@contextlib.contextmanager
def web_process(*, home: Path, bus_url: str) -> Iterator[str]:
    """Address of a web process on the test's own database."""
    database = connection.settings_dict
    address = f"http://127.0.0.1:{free_port()}"
    where = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATABASE_URL": f"postgresql://{where}",
        "AUTOSILO_HOME": str(home),
        "AUTOSILO_WEB_URL": address,
        "AUTOSILO_NATS_URL": bus_url,
    }
    collect = [sys.executable, "-m", "django", "collectstatic", "--noinput"]
    subprocess.run(collect, env=environment, check=True, stdout=subprocess.DEVNULL)
    with (home / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from autosilo.up.serve import web; web([])"],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(address, home / "web.log")
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(address: str, log: Path) -> None:
    ready = threading.Event()
    for _ in range(START_S * 5):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/console/login", timeout=5):  # noqa: S310
            return
        ready.wait(0.2)
    raise AssertionError(log.read_text("utf-8"))


def in_thread(work: Any) -> Any:
    """Playwright's sync interface runs an event loop in this thread, in which Django refuses to touch a database."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]
