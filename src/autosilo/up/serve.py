"""The platform's own long-running processes: ``autosilo web`` and ``autosilo worker``."""

import argparse
import importlib
import os
import signal
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from autosilo import logs
from autosilo.up import leash
from autosilo.up.door import open_door
from autosilo.up.prepare import SETTINGS

APPLICATION = "autosilo.platform.config.asgi:application"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
BACKLOG = 4096
"""Connections that wait to be taken: as many as Linux lets wait by default (net.core.somaxconn)."""
WORKER_GRACE_S = 5
"""How long a job may go on when the worker is asked to stop; a job that is cut off is found again by the sweeper."""


def web(argv: Sequence[str]) -> int:
    """Serve the shop, the console and the API on loopback; the port is that of ``AUTOSILO_WEB_URL``."""
    where = urlsplit(os.environ.get("AUTOSILO_WEB_URL", "http://127.0.0.1:8000"))
    parser = argparse.ArgumentParser(prog="autosilo web", description=web.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback)")
    parser.add_argument("--port", type=int, default=where.port or 8000)
    options = parser.parse_args(argv)
    if os.environ.get("AUTOSILO_DEMO") == "1" and options.host not in LOOPBACK:
        parser.error("a demo shows its logins to whoever asks, so it is served on loopback only")
    from granian.constants import Interfaces
    from granian.server import Server

    logs.configure("web")
    server = Server(
        APPLICATION,
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGINL,  # Django's application knows no lifespan
        workers=1,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        log_enabled=True,
        websockets=True,  # the live capture of a face
    )
    server.serve(target_loader=partial(load_on_leash, APPLICATION), wrap_loader=False)
    return 0


def load_on_leash(target: str) -> Callable[..., Any]:
    """Import the application in granian's worker process, after tying that process to its parent's life."""
    leash.die_with_parent(signal.SIGKILL)
    module, _, name = target.partition(":")
    loaded: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return loaded


def worker(argv: Sequence[str]) -> int:
    """Run the deferred jobs of the platform. With ``AUTOSILO_WORKER_PORT``: health and metrics there, on loopback."""
    parser = argparse.ArgumentParser(prog="autosilo worker", description=worker.__doc__)
    parser.parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.core.management import call_command

    logs.configure("worker")
    django.setup()
    if port := os.environ.get("AUTOSILO_WORKER_PORT"):
        open_door(int(port), _worker_ready)
    call_command("procrastinate", "worker", "--shutdown-graceful-timeout", str(WORKER_GRACE_S))
    return 0


def _worker_ready() -> dict[str, bool]:
    """The database answers. Each question comes in a thread of its own, so its connection is closed after it."""
    from django.db import DatabaseError, connection
    from psycopg_pool import PoolTimeout

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, PoolTimeout):
        return {"database": False}
    finally:
        connection.close()
    return {"database": True}
