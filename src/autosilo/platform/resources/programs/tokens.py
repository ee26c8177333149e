"""Access tokens of programs: signed, short-lived, and never stored.

A token names its program, the program's serial, scopes and an end. So checking one costs no query; a program that was
stopped, or whose serial was raised, is noticed within ``LOOK_AGAIN_S``.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

from django.core import signing

from autosilo.platform.resources.programs.models import Program

LIFETIME_S = 600
LOOK_AGAIN_S = 5.0
SECRET_BYTES = 32
KEPT = 4096
"""Tokens whose signature is remembered, in one process."""
_SALT = "autosilo.programs.token"


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a token allows. ``until``: Unix time."""

    program: str
    serial: int
    scopes: frozenset[str]
    per_minute: int
    until: float


class Gate:
    """Checks tokens; remembers those that it has seen and the programs that are behind them."""

    def __init__(self) -> None:
        self._seen: dict[str, Access] = {}
        self._programs: dict[str, tuple[float, int, int]] = {}

    def known(self, token: str) -> Access | None:
        """Without a query: None also for what has to be looked up first."""
        access = self._seen.get(token)
        if access is None or access.until < time.time():
            return None
        program = self._programs.get(access.program)
        if program is None or program[0] < time.monotonic() or program[1] != access.serial:
            return None
        return access

    def check(self, token: str) -> Access | None:
        """None for a token that is forged, over, or of a program that was stopped. One query now and then."""
        found = self.known(token)
        if found is not None:
            return found
        try:
            content = signing.loads(token, salt=_SALT, max_age=LIFETIME_S)
            name, serial, scopes, until = content["p"], content["n"], frozenset(content["s"]), float(content["u"])
        except (signing.BadSignature, KeyError, TypeError, ValueError):
            return None
        row = Program.objects.filter(pk=name, is_active=True).values_list("serial", "per_minute").first()
        if row is None or row[0] != serial or until < time.time():
            return None
        access = Access(program=name, serial=serial, scopes=scopes, per_minute=row[1], until=until)
        if len(self._seen) >= KEPT:
            self._seen.clear()
        self._seen[token] = access
        self._programs[name] = (time.monotonic() + LOOK_AGAIN_S, *row)
        return access

    def forget(self) -> None:
        self._seen.clear()
        self._programs.clear()


gate = Gate()


def new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash: it cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(*, program: str, secret: str, scopes: frozenset[str]) -> str | None:
    """A token with some of the program's scopes (all when none are named); None when the program may not have it."""
    row = Program.objects.filter(pk=program, is_active=True).first()
    known = row.secret_digest if row else digest("")
    if not hmac.compare_digest(known, digest(secret)) or row is None:
        return None
    wanted = scopes or frozenset(row.scopes)
    if not wanted <= frozenset(row.scopes):
        return None
    return issue_for(row, wanted)


def issue_for(row: Program, scopes: frozenset[str]) -> str:
    """Without asking for the secret."""
    until = time.time() + LIFETIME_S
    return signing.dumps({"p": row.pk, "n": row.serial, "s": sorted(scopes), "u": until}, salt=_SALT)
