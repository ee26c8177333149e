"""The WebSocket of a live capture: a ticket, frames, one answer each, and an end that leaves nothing behind."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core import signing
from django.db import connections

from autosilo.platform.journey.identity import faces, tickets
from autosilo.platform.journey.identity.consent_text import VERSION
from autosilo.platform.journey.identity.faces import InstantEye
from autosilo.platform.journey.identity.models import BiometricConsent, FaceTemplate
from autosilo.platform.journey.identity.tickets import Ticket
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.surfaces.shopper.capturing import conversation, door
from autosilo.platform.surfaces.shopper.capturing.door import SEATS, CaptureDoor
from autosilo.wire.capture import MAX_FRAME_BYTES, PATH, PROTOCOL, CaptureOver
from autosilo.wire.gate import GatePrompt

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 20


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames as fast as they come, and movements that nobody has to wait for."""
    monkeypatch.setattr(conversation, "MIN_FRAME_GAP_S", 0.0)
    monkeypatch.setattr("autosilo.vision.presence.challenge.WAIT_S", (0.0, 0.0))
    monkeypatch.setattr("autosilo.vision.presence.session.REACTION_S", 0.0)
    monkeypatch.setattr("autosilo.vision.presence.track.STEP", 9.0)
    monkeypatch.setattr("autosilo.vision.presence.track.GROWTH", 9.0)


@pytest.fixture
def trial(transactional_shop: Any) -> Trial:
    transactional_shop.add_cars(1)
    booked: Trial = transactional_shop.book()
    return booked


async def _no_pages(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("a page was asked for")


def ticket(trial: Trial, **other: Any) -> str:
    said = {"trial": trial.pk, "person": trial.person_id, "version": VERSION, "language": "en"}
    return tickets.issue(Ticket.model_validate(said | other))


async def kept(ask: Callable[[], Any]) -> Any:
    """What the database answers, in a thread whose connection does not outlive the question."""

    def work() -> Any:
        try:
            return ask()
        finally:
            connections.close_all()

    return await asyncio.to_thread(work)


class Page:
    """The browser's side."""

    def __init__(self, house: CaptureDoor, path: str = PATH) -> None:
        self.scope: dict[str, Any] = {"type": "websocket", "path": path, "headers": [], "subprotocols": []}
        self._house = house

    async def connect(self, *subprotocols: str) -> Any:
        self.talk = ApplicationCommunicator(self._house, self.scope | {"subprotocols": list(subprotocols)})
        await self.talk.send_input({"type": "websocket.connect"})
        return await self.talk.receive_output(PATIENCE_S)

    async def says(self, **message: Any) -> None:
        await self.talk.send_input({"type": "websocket.receive", "text": json.dumps(message)})

    async def shows(self, frame: bytes) -> None:
        await self.talk.send_input({"type": "websocket.receive", "bytes": frame})

    async def leaves(self) -> None:
        await self.talk.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.talk.wait(PATIENCE_S)

    async def hears(self) -> Any:
        message = await self.talk.receive_output(PATIENCE_S)
        if message["type"] == "websocket.close":
            return message["code"]
        content = json.loads(message["text"])
        return CaptureOver.model_validate(content) if content["t"] == "over" else GatePrompt.model_validate(content)

    async def begins(self, ticket: str) -> None:
        assert await self.connect(PROTOCOL, ticket) == {"type": "websocket.accept", "subprotocol": PROTOCOL}
        await self.says(t="begin", v=1)

    async def until_over(self, pose: Callable[[GatePrompt | None], str]) -> CaptureOver:
        heard = None
        while True:
            await self.shows(pose(heard).encode())
            heard = await self.hears()
            if isinstance(heard, CaptureOver):
                assert await self.hears() == 1000, "closed by the server"
                return heard


def follows(heard: GatePrompt | None) -> str:
    return f"ming {heard.prompt if heard else 'look'}"


@asynccontextmanager
async def opened() -> AsyncIterator[CaptureDoor]:
    house = CaptureDoor(_no_pages)
    try:
        yield house
    finally:
        house.stop()


async def test_who_follows_is_enrolled(trial: Trial, transactional_shop: Any) -> None:
    async with opened() as house:
        page = Page(house)
        await page.begins(ticket(trial))
        over = await page.until_over(follows)
        assert over == CaptureOver(outcome="enrolled", to=f"/trials/{trial.pk}")
        assert not house._seated
    face = await kept(FaceTemplate.objects.get)
    assert face.sealed
    assert face.mode == "face_expected"
    assert [bool(order["face"]) for order in await kept(lambda: transactional_shop.orders(trial))] == [False, True]


@pytest.mark.parametrize(
    ("shows", "words"),
    [
        (lambda heard: "print look", "hold nothing in between"),
        (lambda heard: f"{'hua' if heard and heard.done else 'ming'} {heard.prompt if heard else 'look'}", "alone"),
    ],
)
async def test_who_is_not_there_is_told_what_helps_and_nothing_is_kept(trial: Trial, shows: Any, words: str) -> None:
    async with opened() as house:
        page = Page(house)
        await page.begins(ticket(trial))
        over = await page.until_over(shows)
    assert over.outcome == "again"
    assert words in over.words
    assert not await kept(FaceTemplate.objects.exists)
    assert not await kept(BiometricConsent.objects.exists)


async def test_time_passes_without_a_frame(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autosilo.vision.presence.session.TIME_LIMIT_S", 0.2)
    monkeypatch.setattr(conversation, "TICK_S", 0.1)
    async with opened() as house:
        page = Page(house)
        await page.begins(ticket(trial, language="zh-hans"))
        over = await page.hears()
    assert over.outcome == "again"
    assert over.words.startswith("用时太长")


async def test_more_time_is_given(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autosilo.vision.presence.session.TIME_LIMIT_S", 0.4)
    monkeypatch.setattr("autosilo.vision.presence.session.MORE_TIME", 50.0)
    async with opened() as house:
        page = Page(house)
        await page.begins(ticket(trial))
        await page.says(t="more_time", v=1)
        await asyncio.sleep(0.8)
        assert (await page.until_over(follows)).outcome == "enrolled"


@pytest.mark.parametrize("age", ["old", "forged", "foreign", "none", "two", "alone"])
async def test_no_line_without_a_fresh_ticket_of_ours(trial: Trial, monkeypatch: pytest.MonkeyPatch, age: str) -> None:
    good = ticket(trial)
    foreign = urlsafe_b64encode(signing.dumps({}, salt=tickets.SALT).encode()).decode().rstrip("=")
    shown = {
        "old": (PROTOCOL, good),
        "forged": (PROTOCOL, good[:-4] + "AAAA"),
        "foreign": (PROTOCOL, foreign),
        "none": (PROTOCOL,),
        "two": (PROTOCOL, good, good),
        "alone": (good,),
    }
    if age == "old":
        monkeypatch.setattr(tickets, "LASTS_S", -1)
    async with opened() as house:
        assert await Page(house).connect(*shown[age]) == {"type": "websocket.close", "code": door.NOT_HERE}


async def test_who_says_nothing_at_first_is_let_go(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "FIRST_WORD_S", 0.1)
    async with opened() as house:
        page = Page(house)
        await page.connect(PROTOCOL, ticket(trial))
        over = await page.hears()
    assert (over.outcome, "begin once more" in over.words) == ("again", True)


async def test_one_capture_a_person_and_so_many_of_all(trial: Trial) -> None:
    async with opened() as house:
        first, second = Page(house), Page(house)
        await first.begins(ticket(trial))
        await first.shows(b"ming look")
        await first.hears()
        await second.begins(ticket(trial))
        assert "Many people" in (await second.hears()).words
        await first.leaves()
        assert not house._seated
        house._seated.update(range(-SEATS, 0))
        third = Page(house)
        await third.begins(ticket(trial))
        assert (await third.hears()).outcome == "again"


async def test_who_leaves_leaves_nothing(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = []
    monkeypatch.setattr(conversation.CaptureSession, "forget", lambda session: forgotten.append(session))
    async with opened() as house:
        page = Page(house)
        await page.begins(ticket(trial))
        await page.shows(b"ming look")
        await page.hears()
        await page.leaves()
    assert len(forgotten) == 1
    assert not await kept(FaceTemplate.objects.exists)


@pytest.mark.parametrize(
    "message",
    [
        {"text": "{"},
        {"text": json.dumps({"t": "begin", "v": 2})},
        {"text": json.dumps({"t": "paint", "v": 1})},
        {"text": "x" * 3000},
        {"bytes": b"x" * (MAX_FRAME_BYTES + 1)},
        {},
    ],
)
async def test_what_no_page_of_ours_says_ends_it(trial: Trial, message: Any) -> None:
    async with opened() as house:
        page = Page(house)
        await page.begins(ticket(trial))
        await page.talk.send_input({"type": "websocket.receive", **message})
        assert await page.hears() == 1008
        await page.talk.wait(PATIENCE_S)
        assert not house._seated


async def test_other_addresses_have_no_socket() -> None:
    async with opened() as house:
        assert (await Page(house, "/elsewhere").connect())["code"] == door.NOT_HERE


async def test_frames_that_come_too_fast_are_not_looked_at(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MIN_FRAME_GAP_S", 60.0)
    looked = []

    class Counting(InstantEye):
        def look(self, jpeg: bytes) -> Any:
            looked.append(jpeg)
            return super().look(jpeg)

    with faces.eye.replaced(Counting()):
        async with opened() as house:
            page = Page(house)
            await page.begins(ticket(trial))
            for _ in range(5):
                await page.shows(b"ming look")
            await page.hears()
            await asyncio.sleep(0.2)
            await page.leaves()
    assert len(looked) == 1


async def test_without_models_the_pass_serves(trial: Trial) -> None:
    async with opened() as house:
        house.on_thread = lambda work: _fails()  # type: ignore[method-assign]
        page = Page(house)
        await page.begins(ticket(trial))
        over = await page.hears()
    assert over.outcome == "closed"
    assert "pass and code work" in over.words


async def _fails() -> Any:
    raise RuntimeError("no weights")


async def test_what_cannot_be_kept_is_said_and_may_be_tried_again(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr("autosilo.platform.journey.identity.actions.enrol", broken)
    async with opened() as house:
        page = Page(house)
        await page.begins(ticket(trial))
        over = await page.until_over(follows)
    assert over.outcome == "again"
    assert "nothing of it was" in over.words
