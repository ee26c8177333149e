"""The shop as it is served in production, without towers: the supervisor's PostgreSQL, granian, a worker on demand."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from autosilo.up import postgres
from autosilo.up.home import checkout
from autosilo.up.rehearsal import private_home
from autosilo.up.throwaway import free_port

PASSWORD = "measured"  # noqa: S105  loopback, data that lives as long as the run
SECRET = "only-as-long-as-one-run"  # noqa: S105
START_S = 60.0
SETTINGS = "autosilo.platform.config.settings.base"


class DidNotStart(Exception):
    """A process ended or did not answer in time."""


@dataclass(frozen=True)
class Stage:
    """Addresses and processes. ``environment`` is what every process of the platform gets."""

    home: Path
    database: str
    database_port: int
    web: str
    environment: Mapping[str, str]
    server: "subprocess.Popen[bytes]"
    serving: "subprocess.Popen[bytes]"

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.database, autocommit=True)

    @contextlib.contextmanager
    def working(self) -> Iterator["subprocess.Popen[bytes]"]:
        """A worker for the deferred jobs, while the block lasts."""
        with _process("worker", self.environment, self.home) as process:
            yield process


@contextlib.contextmanager
def opened() -> Iterator[Stage]:
    """Everything that a booking needs, in a home of its own, with an empty and migrated database."""
    with private_home() as home, contextlib.ExitStack() as stack:
        cluster = postgres.place(home / "postgres")
        postgres.make(cluster, PASSWORD)
        port = free_port()
        server = stack.enter_context(_postgres(cluster.command(port), home))
        _until(lambda: _reached(port), server, "PostgreSQL")
        postgres.ensure_database(port, PASSWORD)
        web_port = free_port()
        environment = _environment(home, port, web_port)
        _run("prepare", environment)
        serving = stack.enter_context(_process("web", environment, home))
        web = f"http://127.0.0.1:{web_port}"
        _until(lambda: _answers(f"{web}/healthz"), serving, "the web process")
        yield Stage(home, postgres.url(port, PASSWORD), port, web, environment, server, serving)


def _environment(home: Path, port: int, web_port: int) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    return kept | {
        "DATABASE_URL": postgres.url(port, PASSWORD),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "AUTOSILO_SECRET_KEY": SECRET,
        "AUTOSILO_HOME": str(home),
        "AUTOSILO_WEB_URL": f"http://127.0.0.1:{web_port}",
        "AUTOSILO_DEMO": "0",
        "AUTOSILO_LIMITS_FACTOR": "100000",  # one address speaks for all shoppers
        "PYTHONUNBUFFERED": "1",
    }


def _run(command: str, environment: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "autosilo.cli", command],
        env=dict(environment),
        cwd=checkout(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise DidNotStart(f"{command}: {done.stderr.decode(errors='replace')[-800:]}")


@contextlib.contextmanager
def _process(command: str, environment: Mapping[str, str], home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with (home / f"{command}.log").open("ab") as out:
        process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-m", "autosilo.cli", command],
            env=dict(environment),
            cwd=checkout(),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        _stop(process, signal.SIGTERM)


@contextlib.contextmanager
def _postgres(command: list[str], home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with (home / "postgres.log").open("ab") as out:
        process = subprocess.Popen(command, cwd="/", stdout=out, stderr=out)  # noqa: S603  our own binary
    try:
        yield process
    finally:
        _stop(process, postgres.STOP_SIGNAL)


def _stop(process: "subprocess.Popen[bytes]", by: int) -> None:
    process.send_signal(by)
    try:
        process.wait(START_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _until(is_so: Callable[[], bool], process: "subprocess.Popen[bytes]", what: str) -> None:
    end = time.monotonic() + START_S
    while not is_so():
        if process.poll() is not None or time.monotonic() > end:
            raise DidNotStart(f"{what} did not start")
        time.sleep(0.05)


def _reached(port: int) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(postgres.url(port, PASSWORD, "postgres"), connect_timeout=2).close()
        return True
    return False


def _answers(url: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  loopback, ours
        answer.read()
        return True
    return False
