"""A real bus with its roles and its door for cars."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from autosilo.up import leash, nats, probes
from autosilo.up.spec import Http
from autosilo.up.throwaway import free_port

PASSWORD = "test-password"


@dataclass(frozen=True)
class Bus:
    port: int
    mqtt_port: int

    def url(self, user: str) -> str:
        return f"nats://{user}:{PASSWORD}@127.0.0.1:{self.port}"

    def mqtt_url(self, user: str) -> str:
        return f"mqtt://{user}:{PASSWORD}@127.0.0.1:{self.mqtt_port}"


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    port, mqtt_port, monitor_port = (free_port() for _ in range(3))
    roles = nats.users(["shanghai"])
    config = tmp_path / "nats.conf"
    config.write_text(
        nats.configuration(
            store=tmp_path / "store", port=port, mqtt_port=mqtt_port, monitor_port=monitor_port, roles=roles
        )
    )
    command = leash.wrap([str(nats.program()), "--config", str(config)], on_death=signal.SIGKILL)
    secrets = {role.variable: PASSWORD for role in roles}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | secrets, stderr=log, stdout=log)
    try:
        async with asyncio.timeout(10):
            await probes.until_ready(Http(f"http://127.0.0.1:{monitor_port}/healthz?js-enabled-only=true"))
        yield Bus(port, mqtt_port)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(autouse=True)
async def _database_thread_leaves() -> AsyncIterator[None]:
    """The thread of ``sync_to_async`` has a connection of its own, which would keep the test database from going."""
    yield
    await sync_to_async(connections.close_all)()
