"""Access to a bureau by OAuth 2.0 client credentials (RFC 6749, section 4.4): a token, kept until it is about to end.

A revoked token is answered with 401 (RFC 6750): then a fresh one is asked for, once, and the same request goes again
with its own request id, so the bureau counts one question.
"""

import threading
import time
from collections.abc import Callable, Generator
from urllib.parse import quote_plus

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

RENEW_BEFORE_END_S = 30.0
"""A token that ends sooner is not used any more: the question must reach the bureau while it is valid."""
DEFAULT_LIFE_S = 300.0
"""Where a bureau does not say; ``expires_in`` is only recommended (RFC 6749, section 5.1)."""


class NoToken(httpx.TransportError):
    """The token endpoint gives none. Says the status or what was wrong, never what was sent."""

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(reason)
        self.refused = refused


class _TokenReply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    access_token: str = Field(min_length=1, max_length=8192, pattern=r"^[\x21-\x7e]+$", repr=False)
    token_type: str = Field(pattern=r"(?i)^bearer$")
    expires_in: float | None = Field(default=None, gt=0)


class ClientCredentials(httpx.Auth):
    """Puts a bearer token on each request of its client. May be used from several threads."""

    requires_response_body = True

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        scope: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token_url = token_url
        # form-encoded before they are joined: RFC 6749, section 2.3.1
        self._basic = httpx.BasicAuth(quote_plus(client_id), quote_plus(client_secret))
        self._scope = scope
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._ends = 0.0

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Raises ``NoToken``."""
        token = self._kept()
        if not token:
            token = yield from self._fetch()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._drop(token)
            token = yield from self._fetch()
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    def _kept(self) -> str:
        with self._lock:
            return self._token if self._clock() < self._ends - RENEW_BEFORE_END_S else ""

    def _drop(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._token = ""
                self._ends = 0.0

    def _fetch(self) -> Generator[httpx.Request, httpx.Response, str]:
        form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
        request = httpx.Request("POST", self._token_url, data=form, headers={"Accept": "application/json"})
        signed = next(self._basic.sync_auth_flow(request))
        response = yield signed
        response.read()
        if response.status_code != httpx.codes.OK:
            refused = response.status_code in (400, 401, 403)
            raise NoToken(f"the token endpoint says {response.status_code}", refused=refused)
        try:
            reply = _TokenReply.model_validate_json(response.content)
        except ValidationError as error:
            raise NoToken(f"the token endpoint says nonsense in {error.error_count()} fields", refused=False) from None
        with self._lock:
            self._token = reply.access_token
            life = DEFAULT_LIFE_S if reply.expires_in is None else reply.expires_in
            self._ends = self._clock() + life
        return reply.access_token
