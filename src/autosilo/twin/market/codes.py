"""Codes and tokens of the marketplace twin: in memory, for one use (RFC 6749, 4.1.2), bound to PKCE (RFC 7636)."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

CODE_LIVES_S = 60.0
TOKEN_LIVES_S = 300.0
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an authorisation was asked for."""

    redirect_uri: str
    scope: frozenset[str]
    nonce: str
    challenge: str
    subject: str = ""


class Desk:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._codes: dict[str, tuple[Asked, float]] = {}
        self._tokens: dict[str, tuple[Asked, float]] = {}

    def code(self, asked: Asked) -> str:
        return self._put(self._codes, asked, CODE_LIVES_S)

    def redeem(self, code: str, *, redirect_uri: str, verifier: str) -> Asked | None:
        """None for a code that is unknown, used, over, or somebody else's."""
        asked, ends = self._codes.pop(code, (None, 0.0))
        if asked is None or self._clock() > ends or asked.redirect_uri != redirect_uri:
            return None
        return asked if hmac.compare_digest(challenge_of(verifier), asked.challenge) else None

    def token(self, asked: Asked) -> str:
        return self._put(self._tokens, asked, TOKEN_LIVES_S)

    def holder(self, token: str) -> Asked | None:
        asked, ends = self._tokens.get(token, (None, 0.0))
        return asked if self._clock() <= ends else None

    def _put(self, place: dict[str, tuple[Asked, float]], asked: Asked, lives: float) -> str:
        while len(place) >= MOST:
            place.pop(next(iter(place)))
        name = secrets.token_urlsafe(32)
        place[name] = (asked, self._clock() + lives)
        return name


def challenge_of(verifier: str) -> str:
    """``S256``."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
