"""The demo's people: made once by ``seed_demo`` and kept in ``run/demo.json`` (mode 0600)."""

import json
import time
from base64 import b32decode
from dataclasses import dataclass
from pathlib import Path

from django_otp.oath import TOTP

STEP_S = 30
DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class DemoLogin:
    """``code`` is what the person's authenticator shows now, None for shoppers; it works for ``seconds_left`` more."""

    role: str
    email: str
    password: str
    code: str | None
    seconds_left: int


def logins(path: Path) -> list[DemoLogin]:
    """From the file; nothing when the demo was not seeded."""
    try:
        people: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    return [_login(role, person) for role, person in people.items()]


def _login(role: str, person: dict[str, str]) -> DemoLogin:
    secret = person.get("totp_secret")
    return DemoLogin(
        role=role,
        email=person["email"],
        password=person["password"],
        code=code_of(secret) if secret else None,
        seconds_left=STEP_S - int(time.time()) % STEP_S,
    )


def code_of(secret: str) -> str:
    """The present one-time code (RFC 6238) of a base32 secret."""
    totp = TOTP(b32decode(secret), STEP_S, 0, DIGITS)
    totp.time = time.time()
    return f"{totp.token():0{DIGITS}d}"
