"""An operator looks at who called: sealed pictures over a real bus, for the right people, and noted each time."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import nats
import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from nats.aio.client import Client as Bus
from pydantic import ValidationError

from autosilo.platform.resources.people.models import AuditEntry
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.surfaces.console.live import caller
from autosilo.platform.surfaces.console.live.caller import callers
from autosilo.site.video import Video
from autosilo.wire import subjects
from autosilo.wire.video import Seen, Watch

from .test_live import aside, request, until
from .world import shop, signed_in, worker

JPEG = b"\xff\xd8\xff somebody at a kiosk"
CALL = uuid4()
PATIENCE_S = 10.0


class Site:
    """The site's own side: who looks, as it hears it."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.video = Video(tell=self._tell)
        self.sent: list[bytes] = []

    async def listen(self) -> None:
        async def hear(message: Any) -> None:
            await self.video.heard(Watch.model_validate_json(message.data))

        await self.bus.subscribe(subjects.watch("shanghai"), cb=hear)
        await self.bus.flush()

    async def _tell(self, viewer: UUID, seen: Seen) -> None:
        self.sent.append(seen.model_dump_json().encode())
        await self.bus.publish(subjects.video("shanghai", str(viewer)), self.sent[-1])
        await self.bus.flush()

    async def shows(self, jpeg: bytes = JPEG, *, number: int = 1) -> None:
        for _ in range(200):
            if self.video.watched:
                break
            await asyncio.sleep(0.02)
        await self.video.show(jpeg, call=CALL, kiosk="K1", number=number)


@pytest.fixture
async def site(bus_url: str) -> AsyncIterator[Site]:
    bus = await nats.connect(bus_url, connect_timeout=2, allow_reconnect=False)
    site = Site(bus)
    await site.listen()
    yield site
    await bus.close()


async def always() -> bool:
    return True


class Screen:
    """What the operator's page hears."""

    def __init__(self, url: str, *, still_allowed: Any = always) -> None:
        self._events = callers(url=url, site="shanghai", still_allowed=still_allowed)

    async def next(self, kind: str) -> str:
        """The data of the next event of this kind."""
        async with asyncio.timeout(PATIENCE_S):
            async for one in self._events:
                name, _, data = one.decode().partition("\n")
                if name == f"event: {kind}":
                    return data.removeprefix("data: ").strip()
        raise AssertionError(f"no {kind}")

    async def close(self) -> None:
        await self._events.aclose()  # type: ignore[attr-defined]


@pytest.fixture
async def screen(bus_url: str) -> AsyncIterator[Screen]:
    one = Screen(bus_url)
    yield one
    await one.close()


async def test_a_caller_is_seen_and_what_crosses_the_bus_is_sealed(site: Site, screen: Screen) -> None:
    assert await screen.next("nobody") == ""
    seen, _ = await asyncio.gather(screen.next("picture"), site.shows())
    told = json.loads(seen)
    assert (told["kiosk"], base64.b64decode(told["jpeg"])) == ("K1", JPEG)
    assert JPEG not in site.sent[0]
    assert base64.b64encode(JPEG) not in site.sent[0]


async def test_it_is_said_when_they_show_themselves_no_more(
    site: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.gather(screen.next("picture"), site.shows())
    ended = asyncio.create_task(screen.next("nobody"))
    await site.video.over(call=CALL, kiosk="K1", number=9)
    await ended
    monkeypatch.setattr(caller, "NOBODY_AFTER_S", 0.2)
    await asyncio.gather(screen.next("picture"), site.shows(number=10))
    await screen.next("nobody")


async def test_what_was_shown_before_is_not_shown_again(site: Site, screen: Screen) -> None:
    await asyncio.gather(screen.next("picture"), site.shows(number=5))
    (viewer,) = site.video._watchers
    for body in (site.sent[0], b"{}", b"\xff\xd8\xff plain"):
        await site.bus.publish(subjects.video("shanghai", str(viewer)), body)
    await site.bus.flush()
    seen, _ = await asyncio.gather(screen.next("picture"), site.shows(JPEG + b"2", number=6))
    assert base64.b64decode(json.loads(seen)["jpeg"]) == JPEG + b"2"


async def test_what_is_no_picture_is_not_shown(site: Site, screen: Screen) -> None:
    await asyncio.gather(screen.next("nobody"), site.shows(b"<svg onload=1>"))
    seen, _ = await asyncio.gather(screen.next("picture"), site.shows(number=2))
    assert base64.b64decode(json.loads(seen)["jpeg"]) == JPEG


async def test_it_ends_with_the_session(bus_url: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> bool:
        return False

    monkeypatch.setattr(caller, "CHECK_EVERY_S", 0.1)
    assert await Screen(bus_url, still_allowed=never).next("ended") == "session"


async def test_without_a_bus_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "CONNECT_TIMEOUT_S", 0.2)
    await Screen("nats://127.0.0.1:9").next("away")


@pytest.mark.parametrize(("role", "status"), [(Role.OPERATOR, 200), (Role.TECHNICIAN, 403), (Role.AUDITOR, 403)])
def test_the_page_is_for_operators(db: None, role: Role, status: int) -> None:
    shop()
    client = signed_in(worker(role))
    assert client.get("/console/sites/shanghai/callers").status_code == status
    assert client.get("/console/sites/nowhere/callers").status_code == (404 if status == 200 else 403)


@pytest.mark.django_db(transaction=True)
async def test_each_looking_is_noted_before_the_first_picture(bus_url: str, settings: Any, site: Site) -> None:
    settings.NATS_URL = bus_url
    client = await aside(lambda: (shop(), signed_in(worker(Role.OPERATOR)))[1])
    talk = ApplicationCommunicator(
        get_asgi_application(), request("/console/live/shanghai/callers", client.cookies["sessionid"].value)
    )
    await talk.send_input({"type": "http.request", "body": b""})
    start = await talk.receive_output(PATIENCE_S)
    assert start["status"] == 200
    await until(talk, b"event: nobody")
    noted = await aside(lambda: AuditEntry.objects.get(action="caller_watched"))
    assert noted.target == "site shanghai"
    assert noted.actor_id
    await talk.send_input({"type": "http.disconnect"})
    await talk.wait(PATIENCE_S)


def test_names_of_kiosks_are_short() -> None:
    with pytest.raises(ValidationError, match="at most 24"):
        Seen(call=CALL, kiosk="K" * 25, number=1, sealed=None)
