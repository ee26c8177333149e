"""The sender of text messages, and the client that speaks to it, or to a real one of the same interface."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from autosilo.platform.resources.signin import texts
from autosilo.platform.resources.signin.texts import HttpTexts, TextFailure
from autosilo.twin.texts import ACCOUNT

from .conftest import SLOW_S, TOKEN


@contextmanager
def client(url: str, token: str = TOKEN) -> Iterator[HttpTexts]:
    made = HttpTexts(url, account=ACCOUNT, token=token, origin="autosilo")
    try:
        yield made
    finally:
        made.close()


def taken(url: str) -> list[dict[str, object]]:
    reply = httpx.get(f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", auth=(ACCOUNT, TOKEN))
    return list(reply.json()["messages"])


def test_a_message_is_taken_and_shown(texts_url: str) -> None:
    with client(texts_url) as sender:
        sender.send(to="+8613900000001", body="验证码 123456")
    (message,) = taken(texts_url)
    assert (message["to"], message["from"], message["body"]) == ("+8613900000001", "autosilo", "验证码 123456")


@pytest.mark.parametrize(
    ("to", "kind", "code"),
    [
        ("+8613900000503", "unavailable", 20503),
        ("+8613900000400", "refused", 21211),
        ("+8613900000201", "refused", 30003),
        ("+8613900000200", "bad_reply", None),
        ("nobody", "refused", 21211),
    ],
)
def test_what_goes_wrong_has_a_name_and_no_number(texts_url: str, to: str, kind: str, code: int | None) -> None:
    with client(texts_url) as sender, pytest.raises(TextFailure) as caught:
        sender.send(to=to, body="secret words")
    assert (caught.value.kind, caught.value.code) == (kind, code)
    assert to not in str(caught.value)
    assert "secret words" not in str(caught.value)


def test_a_stranger_sends_nothing(texts_url: str) -> None:
    with client(texts_url, "guess") as sender, pytest.raises(TextFailure) as caught:
        sender.send(to="+8613900000001", body="x")
    assert (caught.value.kind, caught.value.code) == ("refused", 20003)
    assert taken(texts_url) == []


def test_a_slow_sender_is_not_waited_for(texts_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "REPLY_TIMEOUT_S", SLOW_S / 3)
    with client(texts_url) as sender, pytest.raises(TextFailure) as caught:
        sender.send(to="+8613900000504", body="x")
    assert caught.value.kind == "timeout"


def test_a_sender_that_is_not_there() -> None:
    with client("http://127.0.0.1:9") as sender, pytest.raises(TextFailure) as caught:
        sender.send(to="+8613900000001", body="x")
    assert caught.value.kind == "unavailable"
