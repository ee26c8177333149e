"""Asking a credit bureau one question: is this person's score over a threshold?

The score itself is never asked for, so it can never be kept. ``CreditBureau`` is the interface of a provider; the real
one speaks HTTP, the instant one is for unit tests. Asking again with the same request id is harmless.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, StrictBool, ValidationError

from autosilo.platform.journey.eligibility.bureau_oauth import NoToken

CONNECT_TIMEOUT_S = 2.0
REPLY_TIMEOUT_S = 6.0  # a shopper is looking at the page
ATTEMPTS = 2  # the second only where the first did not reach the bureau, or lost its connection

FailureKind = Literal["timeout", "unavailable", "unknown_person", "bad_reply"]


class BureauFailure(Exception):
    """No answer. ``permanent``: asking the same again cannot help. Never carries anything about the person."""

    def __init__(self, kind: FailureKind, *, permanent: bool, detail: str = "") -> None:
        super().__init__(f"{kind}{': ' + detail if detail else ''}")
        self.kind: FailureKind = kind
        self.permanent = permanent


@dataclass(frozen=True, kw_only=True)
class CreditSubject:
    """Whom the question is about. Only the bare fact shows in a log or a traceback."""

    name: str = field(repr=False)
    document_number: str = field(repr=False)
    birth_date: date = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CreditAnswer:
    """``asked_at`` and ``valid_until`` are the bureau's word (aware)."""

    meets: bool
    asked_at: datetime
    valid_until: datetime


class CreditBureau(Protocol):
    def meets(self, *, subject: CreditSubject, threshold: int, consent_id: str, request_id: UUID) -> CreditAnswer:
        """Is the score over ``threshold``? Raises ``BureauFailure``."""


class _Reply(BaseModel):
    """What a bureau of this interface answers; more fields may come, a score among them is dropped here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    request_id: UUID
    meets: StrictBool
    assessed_at: AwareDatetime
    valid_until: AwareDatetime


class FixedToken(httpx.Auth):
    """A bearer token that somebody gave us, for a bureau without OAuth."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request


class HttpCreditBureau:
    """``POST {base_url}/v1/assessments``. Keep one for the process; it may be used from several threads.

    ``auth``: how we show who we are, such as ``bureau_oauth.ClientCredentials``.
    """

    def __init__(
        self,
        base_url: str,
        auth: httpx.Auth,
        *,
        reply_timeout_s: float = REPLY_TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Accept": "application/json"},
            auth=auth,
            timeout=httpx.Timeout(reply_timeout_s, connect=CONNECT_TIMEOUT_S),
            transport=transport,
        )

    def meets(self, *, subject: CreditSubject, threshold: int, consent_id: str, request_id: UUID) -> CreditAnswer:
        """Is the score over ``threshold``? Raises ``BureauFailure``."""
        response = self._post(
            {
                "request_id": str(request_id),
                "person": {
                    "name": subject.name,
                    "document_number": subject.document_number,
                    "birth_date": subject.birth_date.isoformat(),
                },
                "consent_id": consent_id,
                "threshold": threshold,
            }
        )
        _raise_for_status(response.status_code)
        return _answer(response.content, request_id)

    def close(self) -> None:
        self._http.close()

    def _post(self, body: Mapping[str, object]) -> httpx.Response:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._http.post("/v1/assessments", json=body)
            except NoToken as error:
                raise BureauFailure("unavailable", permanent=error.refused, detail=str(error)) from error
            except httpx.ConnectTimeout as error:
                failure: tuple[FailureKind, httpx.HTTPError] = ("timeout", error)
            except httpx.TimeoutException as error:
                # The bureau has the question and is slow; asking again would only make the shopper wait twice.
                raise BureauFailure("timeout", permanent=False, detail=type(error).__name__) from error
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                failure = ("unavailable", error)
            except httpx.HTTPError as error:
                raise BureauFailure("bad_reply", permanent=False, detail=type(error).__name__) from error
            if attempt == ATTEMPTS:
                kind, cause = failure
                raise BureauFailure(kind, permanent=False, detail=type(cause).__name__) from cause
        raise AssertionError("unreachable: the last attempt returns or raises")


def _raise_for_status(status: int) -> None:
    if status == httpx.codes.OK:
        return
    if status == httpx.codes.NOT_FOUND:
        raise BureauFailure("unknown_person", permanent=True)
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise BureauFailure("unavailable", permanent=True, detail=f"our access is refused ({status})")
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise BureauFailure("unavailable", permanent=False, detail=f"status {status}")
    raise BureauFailure("bad_reply", permanent=True, detail=f"status {status}")


def _answer(content: bytes, request_id: UUID) -> CreditAnswer:
    try:
        reply = _Reply.model_validate_json(content)
    except ValidationError as error:
        # "from None": pydantic's words quote the reply, which may hold what we must not keep.
        raise BureauFailure("bad_reply", permanent=False, detail=f"{error.error_count()} fields") from None
    if reply.request_id != request_id:
        raise BureauFailure("bad_reply", permanent=False, detail="the answer to another question")
    if reply.valid_until <= reply.assessed_at:
        raise BureauFailure("bad_reply", permanent=False, detail="valid for no time")
    return CreditAnswer(meets=reply.meets, asked_at=reply.assessed_at, valid_until=reply.valid_until)


class InstantCreditBureau:
    """For unit tests: answers at once from what it was told, and remembers what it was asked."""

    def __init__(
        self, *, now: datetime, scores: Mapping[str, int] | None = None, failure: BureauFailure | None = None
    ) -> None:
        self.now = now
        self.scores = dict(scores or {})
        self.failure = failure
        self.asked: list[tuple[UUID, str, int]] = []

    def meets(self, *, subject: CreditSubject, threshold: int, consent_id: str, request_id: UUID) -> CreditAnswer:
        """By ``scores``; an unknown number is an unknown person, as at a real bureau."""
        self.asked.append((request_id, consent_id, threshold))
        if self.failure is not None:
            raise self.failure
        score = self.scores.get(subject.document_number)
        if score is None:
            raise BureauFailure("unknown_person", permanent=True)
        return CreditAnswer(meets=score > threshold, asked_at=self.now, valid_until=self.now + timedelta(days=30))
