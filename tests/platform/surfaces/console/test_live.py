"""The moving pictures: over a real bus, to viewers of all speeds."""

import asyncio
import contextlib
import json
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import nats
import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.db import connections
from django.test import Client
from nats.aio.client import Client as Bus

from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.surfaces.console.live import hub as hub_module
from autosilo.platform.surfaces.console.live import stream
from autosilo.platform.surfaces.console.live.hub import LiveHub
from autosilo.platform.surfaces.console.live.last_known import last_known
from autosilo.platform.surfaces.console.live.stream import pictures
from autosilo.up.nats import program
from autosilo.wire.live import LiveLift, TowerLive

from .world import NOW, shop, signed_in, worker

PATIENCE_S = 10.0
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextlib.contextmanager
def server(port: int, folder: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [str(program()), "-a", "127.0.0.1", "-p", str(port), "-l", str(folder / "nats.log")], cwd=folder
    )
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("the bus does not come up")


@pytest.fixture
def bus_url(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    with server(port, tmp_path):
        yield f"nats://127.0.0.1:{port}"


async def connected(url: str) -> Bus:
    return await nats.connect(url, connect_timeout=2, allow_reconnect=False)


@pytest.fixture
async def site_bus(bus_url: str) -> AsyncIterator[Bus]:
    """The site's own connection."""
    bus = await connected(bus_url)
    yield bus
    await bus.close()


@pytest.fixture
async def live(bus_url: str) -> AsyncIterator[LiveHub]:
    hub = LiveHub(bus_url)
    yield hub
    await hub.close()


def picture(floor: float, *, site: str = "shanghai") -> bytes:
    lift = LiveLift(lift="L1", floor=floor, column=1, car=None, state="moving")
    frame = TowerLive(site=site, at=1.0, lifts=(lift,), stations=(), bays={"L1.B0102": None}, connected=True)
    return frame.model_dump_json().encode()


def floor_of(text: str) -> float:
    return float(json.loads(text)["lifts"][0]["floor"])


async def heard(hub: LiveHub, bus: Bus, body: bytes, *, site: str = "shanghai") -> None:
    """Publish until the hub, whose subscription may still be under way, has it."""
    for _ in range(200):
        await bus.publish(f"live.{site}", body)
        await bus.flush()
        await asyncio.sleep(0.02)
        if hub.newest(site):
            return
    raise AssertionError("the hub hears nothing")


async def test_a_frame_reaches_every_viewer_of_its_site(live: LiveHub, site_bus: Bus) -> None:
    async with (
        live.watch(["shanghai"]) as one,
        live.watch(["nanjing", "shanghai"]) as two,
        live.watch(["nanjing"]) as other,
    ):
        await heard(live, site_bus, picture(3))
        for viewer in (one, two):
            frames = await viewer.next(within_s=PATIENCE_S)
            assert [(frame.site, floor_of(frame.text)) for frame in frames] == [("shanghai", 3.0)]
        assert await other.next(within_s=0.05) == []


async def test_a_slow_viewer_gets_the_newest_frame_and_no_queue(live: LiveHub, site_bus: Bus) -> None:
    async with live.watch(["shanghai"]) as viewer:
        await heard(live, site_bus, picture(0))
        await viewer.next(within_s=PATIENCE_S)
        for floor in range(1, 101):
            await site_bus.publish("live.shanghai", picture(floor))
        await site_bus.flush()
        floors: list[float] = []
        while not floors or floors[-1] != 100:
            await asyncio.sleep(0.1)
            floors += [floor_of(frame.text) for frame in await viewer.next(within_s=PATIENCE_S)]
        assert len(floors) < 20


async def test_what_is_not_a_frame_of_that_site_is_dropped(live: LiveHub, site_bus: Bus) -> None:
    async with live.watch(["shanghai"]) as viewer:
        await heard(live, site_bus, picture(1))
        await viewer.next(within_s=PATIENCE_S)
        for body in (b"\xff", b"{}", picture(9, site="nanjing")):
            await site_bus.publish("live.shanghai", body)
        await site_bus.publish("live.shanghai", picture(2))
        frames = await viewer.next(within_s=PATIENCE_S)
        assert [floor_of(frame.text) for frame in frames] == [2.0]


async def test_nobody_watching_means_nothing_is_kept(live: LiveHub, site_bus: Bus) -> None:
    async with live.watch(["shanghai"]):
        await heard(live, site_bus, picture(1))
    assert live.newest("shanghai") is None
    await site_bus.publish("live.shanghai", picture(2))
    await site_bus.flush()
    await asyncio.sleep(0.1)
    assert live.newest("shanghai") is None


async def test_the_bus_may_come_up_later_and_go_away_for_a_while(tmp_path: Path) -> None:
    port = free_port()
    hub = LiveHub(f"nats://127.0.0.1:{port}")
    try:
        async with hub.watch(["shanghai"]) as viewer:
            assert await viewer.next(within_s=0.2) == []
            for floor in (1, 2):
                with server(port, tmp_path):
                    bus = await connected(f"nats://127.0.0.1:{port}")
                    async with asyncio.timeout(30):
                        while not (frames := await viewer.next(within_s=0.1)):
                            await bus.publish("live.shanghai", picture(floor))
                            await bus.flush()
                    assert floor_of(frames[-1].text) == floor
                    await bus.close()
    finally:
        await hub.close()


# --- the event stream ---


def events(chunks: list[bytes]) -> list[str]:
    return [chunk.decode().split("\n")[0].removeprefix("event: ") for chunk in chunks]


async def test_a_stream_falls_back_to_what_was_known_and_ends_with_the_session(
    live: LiveHub, site_bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "QUIET_AFTER_S", 0.3)
    monkeypatch.setattr(stream, "CHECK_EVERY_S", 1.5)
    allowed = True

    async def known(site: str) -> str:
        return json.dumps({"site": site})

    async def still_allowed() -> bool:
        return allowed

    chunks: list[bytes] = []
    said = pictures(hub=live, sites=["shanghai"], last_known=known, still_allowed=still_allowed)
    async with asyncio.timeout(30):
        async for chunk in said:
            chunks.append(chunk)
            names = events(chunks)
            if names == ["retry: 2000", "quiet"]:
                await heard(live, site_bus, picture(1))
            if "frame" in names and names[-1] == "quiet":
                allowed = False
    assert events(chunks)[:3] == ["retry: 2000", "quiet", "frame"]
    assert chunks[-1] == b"event: ended\ndata: session\n\n"
    assert live.newest("shanghai") is None, "the viewer has left"


def test_the_last_known_picture_claims_nothing_that_moves() -> None:
    site = Site(slug="shanghai", inventory={"L1.B0102": "LAS00000000000001"}, last_heard_at=NOW, held_reason="look")
    frame = last_known(site)
    assert frame.bays == {"L1.B0102": "LAS00000000000001"}
    assert (frame.lifts, frame.stations, frame.connected, frame.held) == ((), (), False, "look")


@pytest.mark.django_db(transaction=True)
async def test_the_page_streams_until_the_operator_signs_out(
    bus_url: str, site_bus: Bus, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NATS_URL = bus_url
    monkeypatch.setattr(stream, "CHECK_EVERY_S", 0.3)
    monkeypatch.setattr(hub_module, "_hubs", {})
    client = await aside(operator)
    talk = ApplicationCommunicator(
        get_asgi_application(), request("/console/live/shanghai", client.cookies["sessionid"].value)
    )
    try:
        await talk.send_input({"type": "http.request", "body": b""})
        start = await talk.receive_output(PATIENCE_S)
        headers = {name.lower(): value for name, value in start["headers"]}
        assert (start["status"], headers[b"content-type"]) == (200, b"text/event-stream")
        assert b"no-store" in headers[b"cache-control"]
        await until(talk, b"event: quiet")
        await heard(hub_module.hub(), site_bus, picture(5))
        assert b'"floor":5.0' in await until(talk, b"event: frame")
        await aside(client.logout)
        await until(talk, b"event: ended")
        assert (await talk.receive_output(PATIENCE_S)).get("more_body", False) is False
    finally:
        await hub_module.hub().close()
        await talk.wait(PATIENCE_S)


async def aside(work: Callable[[], T]) -> T:
    """In a thread, whose database connection must not outlive the test."""

    def then_close() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    return await sync_to_async(then_close)()


def operator() -> Client:
    shop()
    return signed_in(worker(Role.TECHNICIAN))


async def until(talk: ApplicationCommunicator, beginning: bytes) -> bytes:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            body: bytes = (await talk.receive_output(PATIENCE_S)).get("body", b"")
            if body.startswith(beginning):
                return body


def request(path: str, session: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", f"sessionid={session}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
