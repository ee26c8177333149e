"""Whoever called for help may let the operator see them: agreed to, sealed, only while somebody looks, and not kept."""

import base64
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from autosilo.site.kiosk import showing
from autosilo.site.kiosk.session import KioskSession
from autosilo.site.video import Video
from autosilo.wire.sealed import CannotUnseal, unseal
from autosilo.wire.video import MAX_FRAME_BYTES, MOST_WATCHERS, Showing, Watch

JPEG = b"\xff\xd8\xff a visitor"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(showing, "MIN_FRAME_GAP_S", 0.0)


class Caller:
    """A visitor at a kiosk, and what their page is told."""

    def __init__(self, box) -> None:
        self.heard: list[dict] = []
        self.session = KioskSession(desk=box.desk, send=self.heard.append, address="here")
        self.box = box

    async def calls(self) -> None:
        await self.session.said({"t": "hello", "kiosk": "k1", "name": "K1"})
        await self.session.said({"t": "help"})

    async def shows_themselves(self) -> None:
        await self.calls()
        await self.session.said({"t": "show_me"})

    async def frame(self, jpeg: bytes = JPEG, nonce: bytes | None = None) -> None:
        await self.session.saw((self.nonce if nonce is None else nonce) + jpeg)

    @property
    def news(self) -> list[Showing]:
        return [Showing.model_validate(one) for one in self.heard if one["t"] == "showing"]

    @property
    def nonce(self) -> bytes:
        return bytes.fromhex(self.news[-1].nonce or "00" * 16)


class Operator:
    """Somebody who looks; the key is theirs alone."""

    def __init__(self) -> None:
        self.key = X25519PrivateKey.generate()
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        self.watch = Watch(viewer=uuid4(), public_key=public)

    def opens(self, seen) -> bytes:
        return unseal(seen.sealed, private_key=self.key.private_bytes_raw(), trial=seen.call)


@pytest.fixture
async def caller(box):
    one = Caller(box)
    yield one
    await one.session.close()


def logged(box) -> list[str]:
    return [row["action"] for row in box.db.rows("SELECT action FROM access ORDER BY number")]


async def test_who_agreed_is_seen_by_who_looks_and_by_nobody_else(box, caller) -> None:
    operator, other = Operator(), Operator()
    await caller.shows_themselves()
    await box.video.heard(operator.watch)
    await caller.frame()
    (viewer, seen), *more = box.seen
    assert more == []
    assert (viewer, seen.kiosk, seen.number) == (operator.watch.viewer, "K1", 1)
    assert operator.opens(seen) == JPEG
    with pytest.raises(CannotUnseal):
        other.opens(seen)
    assert logged(box)[-1] == "video_agreed"


async def test_nothing_is_sent_while_nobody_looks(box, caller) -> None:
    await caller.shows_themselves()
    await caller.frame()
    assert box.seen == []


async def test_nobody_is_seen_who_did_not_call_or_did_not_agree(box, caller) -> None:
    await box.video.heard(Operator().watch)
    await caller.session.said({"t": "hello", "kiosk": "k1", "name": "K1"})
    await caller.session.said({"t": "show_me"})
    await caller.frame(nonce=b"\0" * 16)
    await caller.session.said({"t": "help"})
    await caller.frame(nonce=b"\0" * 16)
    assert (caller.news, box.seen, logged(box)) == ([], [], [])


async def test_a_frame_under_another_nonce_or_too_large_is_dropped(box, caller) -> None:
    await caller.shows_themselves()
    await box.video.heard(Operator().watch)
    await caller.frame(nonce=b"\1" * 16)
    await caller.frame(b"x" * (MAX_FRAME_BYTES + 1))
    assert box.seen == []


async def test_more_frames_than_five_a_second_are_dropped(box, caller, monkeypatch) -> None:
    monkeypatch.setattr(showing, "MIN_FRAME_GAP_S", 60.0)
    await caller.shows_themselves()
    await box.video.heard(Operator().watch)
    for _ in range(5):
        await caller.frame()
    assert len(box.seen) == 1


@pytest.mark.parametrize("way", ["hide", "home", "gone", "time", "line"])
async def test_it_ends_with_the_visitor_s_word_their_going_or_five_minutes(box, caller, monkeypatch, way) -> None:
    operator = Operator()
    await caller.shows_themselves()
    await box.video.heard(operator.watch)
    nonce = caller.nonce
    if way == "time":
        monkeypatch.setattr(showing, "LONGEST_S", -1.0)
    box.line_up = way != "line"
    ends = {"hide": {"t": "hide_me"}, "home": {"t": "home"}}
    if way in ends:
        await caller.session.said(ends[way])
    elif way == "gone":
        await caller.session.close()
    else:
        await caller.session.tick()
    assert caller.news[-1].nonce is None
    assert (box.seen[-1][0], box.seen[-1][1].sealed) == (operator.watch.viewer, None)
    assert logged(box) == ["video_agreed", "video_ended"]
    await caller.frame(nonce=nonce)
    assert len(box.seen) == 1


async def test_the_visitor_sees_whether_somebody_looks(box, caller) -> None:
    await caller.shows_themselves()
    await caller.session.tick()
    await box.video.heard(Operator().watch)
    await caller.session.tick()
    await caller.session.tick()
    assert [one.watched for one in caller.news] == [False, True]


async def test_while_the_line_is_down_nobody_is_asked_to_show_themselves(box, caller) -> None:
    box.line_up = False
    await caller.shows_themselves()
    assert caller.news == []


async def test_who_stops_looking_is_sent_nothing_more(box, caller, monkeypatch) -> None:
    await caller.shows_themselves()
    await box.video.heard(Operator().watch)
    monkeypatch.setattr("autosilo.site.video.time.monotonic", lambda: float("inf"))
    assert not box.video.watched
    await caller.frame()
    assert box.seen == []


async def test_no_more_than_two_look_and_a_bad_key_is_let_go(box) -> None:
    told = []

    async def tell(viewer, seen) -> None:
        told.append(viewer)

    video = Video(tell=tell)
    await video.heard(Watch(viewer=uuid4(), public_key="no key"))
    assert not video.watched
    await video.heard(Watch(viewer=uuid4(), public_key=base64.b64encode(b"short").decode()))
    await video.show(JPEG, call=uuid4(), kiosk="K1", number=1)
    assert told == []
    for _ in range(MOST_WATCHERS + 1):
        await video.heard(Operator().watch)
    await video.show(JPEG, call=uuid4(), kiosk="K1", number=2)
    assert len(told) == MOST_WATCHERS
