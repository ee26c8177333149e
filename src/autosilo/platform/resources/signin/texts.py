"""Text messages, by a provider that speaks Twilio's Messages interface, version 2010-04-01.

Source: https://www.twilio.com/docs/messaging/api/message-resource. ``TextSender`` is the interface of a provider; the
instant one is for unit tests. Nothing is asked again after a time-out: the message may have gone, and whoever waits in
vain asks for another one.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autosilo.platform.kit.providers import Socket

CONNECT_TIMEOUT_S = 3.0
REPLY_TIMEOUT_S = 10.0
MOST_BYTES = 64 * 1024

FailureKind = Literal["timeout", "unavailable", "refused", "bad_reply"]


class TextFailure(Exception):
    """Not sent, as far as is known. Never carries the number or the words; ``code`` is the provider's."""

    def __init__(self, kind: FailureKind, code: int | None = None) -> None:
        super().__init__(f"{kind}{f' {code}' if code else ''}")
        self.kind: FailureKind = kind
        self.code = code


class TextSender(Protocol):
    def send(self, *, to: str, body: str) -> None:
        """``to``: E.164. Raises ``TextFailure``."""


sender: Socket[TextSender] = Socket("the sender of text messages")


class _Accepted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    sid: str = Field(pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")
    status: Literal["queued", "accepted", "scheduled", "sending", "sent", "delivered", "undelivered", "failed"]
    error_code: int | None = None


class _Refused(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    code: int


class HttpTexts:
    """May be used from several threads. ``account`` and ``token`` by HTTP Basic; ``origin`` is the number or name that
    a message comes from."""

    def __init__(self, url: str, *, account: str, token: str, origin: str) -> None:
        self._origin = origin
        self._path = f"/2010-04-01/Accounts/{account}/Messages.json"
        self._client = httpx.Client(
            base_url=url,
            auth=(account, token),
            timeout=httpx.Timeout(REPLY_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            headers={"Accept": "application/json"},
        )

    def send(self, *, to: str, body: str) -> None:
        try:
            reply = self._client.post(self._path, data={"To": to, "From": self._origin, "Body": body})
        except httpx.TimeoutException as error:
            raise TextFailure("timeout") from error
        except httpx.HTTPError as error:
            raise TextFailure("unavailable") from error
        if reply.status_code != httpx.codes.CREATED:
            raise TextFailure("refused" if reply.is_client_error else "unavailable", _code_of(reply))
        self._judge(reply)

    def close(self) -> None:
        self._client.close()

    def _judge(self, reply: httpx.Response) -> None:
        try:
            accepted = _Accepted.model_validate_json(reply.content[:MOST_BYTES])
        except ValidationError as error:
            raise TextFailure("bad_reply") from error
        if accepted.status in ("failed", "undelivered"):
            raise TextFailure("refused", accepted.error_code)


def _code_of(reply: httpx.Response) -> int | None:
    try:
        return _Refused.model_validate_json(reply.content[:MOST_BYTES]).code
    except ValidationError:
        return None


@dataclass
class InstantTexts:
    """For unit tests: what was sent, oldest first; ``failure`` is raised instead."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    failure: TextFailure | None = None

    def send(self, *, to: str, body: str) -> None:
        if self.failure:
            raise self.failure
        self.sent.append((to, body))
