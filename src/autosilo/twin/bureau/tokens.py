"""Tokens of the bureau twin: OAuth 2.0 client credentials (RFC 6749, section 4.4), kept in memory only.

After a restart no token is known, so a client meets a 401 and asks for another one, as after a real revocation.
"""

import hmac
import secrets
import time
from collections.abc import Callable

LIFE_S = 600
TOKEN_BYTES = 32
MOST_TOKENS = 1000


class Tokens:
    """``secret`` is the client's; the bearer token of an interface without OAuth is the same word."""

    def __init__(self, client_id: str, secret: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = (client_id, secret)
        self._clock = clock
        self._ends: dict[str, float] = {}

    def issue(self, client_id: str, secret: str) -> str | None:
        """A token for the one client that is known; None for anybody else."""
        known_id = hmac.compare_digest(client_id.encode(), self._client[0].encode())
        if not (hmac.compare_digest(secret.encode(), self._client[1].encode()) and known_id):
            return None
        while len(self._ends) >= MOST_TOKENS:
            self._ends.pop(next(iter(self._ends)))
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._ends[token] = self._clock() + LIFE_S
        return token

    def is_good(self, token: str) -> bool:
        """Issued and not over, or the fixed one."""
        return hmac.compare_digest(token.encode(), self._client[1].encode()) or self._clock() < self._ends.get(token, 0)

    def revoke(self, token: str) -> None:
        """The fixed one stays."""
        self._ends.pop(token, None)
