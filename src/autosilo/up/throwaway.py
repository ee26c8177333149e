"""A PostgreSQL that lives as long as one test run or benchmark, and forgets everything.

``initdb`` costs seconds, so its result is kept under a cache folder and copied for each run.
"""

import atexit
import contextlib
import fcntl
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from autosilo.up import postgres
from autosilo.up.ports import SPREAD, Claims

PASSWORD = "throwaway"  # noqa: S105  loopback only, test data only, gone at the end of the run
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 20.0


_claims = Claims()
atexit.register(_claims.close)
"""Kept to the end of the process, so that no port is given out twice."""


class DidNotStart(Exception):
    """The server ended or did not answer in time; carries the end of its log."""


@dataclass(frozen=True)
class Throwaway:
    """A running server."""

    port: int
    url: str

    @property
    def user(self) -> str:
        return postgres.SUPERUSER

    @property
    def password(self) -> str:
        return PASSWORD


@contextlib.contextmanager
def throwaway_postgres(cache: Path) -> Iterator[Throwaway]:
    """Start a server with an empty database ``autosilo`` on a free port; stop and delete it afterwards.

    Raises:
        DidNotStart: see the message for the server's own words.
        postgres.CannotPrepare: there is no PostgreSQL for this machine.
    """
    template = _template(cache)
    _sweep(template.data.parent)
    _sweep_logs(cache)
    cluster = _copied(template)
    log = cache / f"postgres-{os.getpid()}.log"
    port = free_port()
    try:
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603  our own binary, no shell
                cluster.command(port, extra=postgres.TEST_SETTINGS), cwd="/", stdout=out, stderr=out
            )
        try:
            _wait(process, port, log)
            postgres.ensure_database(port, PASSWORD)
            yield Throwaway(port, postgres.url(port, PASSWORD))
        finally:
            _stop(process)
    finally:
        shutil.rmtree(cluster.data, ignore_errors=True)
        log.unlink(missing_ok=True)


def free_port() -> int:
    """A loopback port that nobody listens on at this moment, and that was not given out by this process before.

    The kernel's own choice (port 0) may name the same port twice, before its first taker listens.
    """
    for port in random.sample(SPREAD, len(SPREAD)):
        if _claims.take(port):
            return port
    raise DidNotStart("no free port")


def _template(cache: Path) -> postgres.Cluster:
    """The cached cluster; made by one run while others wait."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cluster = postgres.place(cache / "postgres")
        postgres.make(cluster, PASSWORD)
        return cluster


def _copied(template: postgres.Cluster) -> postgres.Cluster:
    target = template.data.with_name(f"run-{os.getpid()}")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(template.data, target)
    if template.account:
        for path in [target, *target.rglob("*")]:
            os.chown(path, *template.account.ids)
    return replace(template, data=target)


def _sweep(folder: Path) -> None:
    """Delete what killed runs left behind."""
    for leftover in folder.glob("run-*"):
        if not Path(f"/proc/{leftover.name.removeprefix('run-')}").exists():
            shutil.rmtree(leftover, ignore_errors=True)


def _sweep_logs(cache: Path) -> None:
    for leftover in cache.glob("postgres-*.log"):
        if not Path(f"/proc/{leftover.stem.removeprefix('postgres-')}").exists():
            leftover.unlink(missing_ok=True)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(postgres.url(port, PASSWORD, "postgres"), connect_timeout=2).close()
            return
        time.sleep(0.05)
    raise DidNotStart(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()[-800:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(postgres.STOP_SIGNAL)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
