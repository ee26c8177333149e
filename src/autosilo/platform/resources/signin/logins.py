"""Which marketplaces' logins this shop takes: a TOML file of the operator's (``AUTOSILO_LOGINS``). Text in, logins out.

A client's secret does not stand in the file but in the environment, ``AUTOSILO_LOGIN_SECRET_<SLUG>``.
"""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SECRET = "AUTOSILO_LOGIN_SECRET_"  # noqa: S105  the name of a variable
MOST_LOGINS = 10


class LoginsFileError(Exception):
    """A file that cannot be used; one line for each mistake."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MembershipClaim(_Part):
    """Which claim says that somebody is a premium member there. ``claim``: a name, or names from outside to inside."""

    claim: str | tuple[str, ...]
    premium: tuple[str, ...] = Field(min_length=1)
    valid_days: int = Field(default=30, ge=1, le=366)

    @property
    def valid_for(self) -> timedelta:
        return timedelta(days=self.valid_days)

    def is_premium(self, claims: Mapping[str, Any]) -> bool:
        """Is any value of the claim one of ``premium``? A claim that is missing, or is no text, says nothing."""
        value: Any = claims
        for name in (self.claim,) if isinstance(self.claim, str) else self.claim:
            value = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, bool):
            value = "true" if value else "false"
        values = value if isinstance(value, list) else [value]
        return any(isinstance(one, str) and one in self.premium for one in values)


class Login(_Part):
    """One provider of OpenID Connect. ``issuer`` is compared letter by letter with what the provider says of itself."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")
    name: str = Field(min_length=1, max_length=40)
    name_zh: str = Field(default="", max_length=40)
    issuer: str = Field(max_length=300)
    client_id: str = Field(min_length=1, max_length=200)
    scope: str = Field(default="openid profile email", pattern=r"(^|.* )openid( .*|$)")
    client_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    membership: MembershipClaim | None = None
    secret: str = Field(default="", repr=False)

    @field_validator("issuer")
    @classmethod
    def _is_an_issuer(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        if not is_safe(issuer) or parts.query or parts.fragment:
            raise ValueError("an issuer begins with https:// and has no query (OpenID Connect Core 1.0, section 1.2)")
        return issuer

    @property
    def source(self) -> str:
        """Who vouches for a membership. No list that is imported can have this name."""
        return f"login:{self.slug}"

    def name_in(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name


class _File(_Part):
    login: tuple[Login, ...] = Field(default=(), max_length=MOST_LOGINS)


def is_safe(address: str) -> bool:
    """HTTPS; HTTP only where nothing leaves the machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def read(text: str, secrets: Mapping[str, str]) -> tuple[Login, ...]:
    """``secrets``: the environment. Raises ``LoginsFileError``."""
    try:
        logins = _File.model_validate(tomllib.loads(text)).login
    except tomllib.TOMLDecodeError as error:
        raise LoginsFileError(str(error)) from error
    except ValidationError as error:
        raise LoginsFileError("\n".join(_mistakes(error))) from error
    for unique in ("slug", "issuer"):
        values = [getattr(one, unique) for one in logins]
        if len(set(values)) != len(values):
            raise LoginsFileError(f"two logins have the same {unique}")
    if written := [one.slug for one in logins if one.secret]:
        raise LoginsFileError(f"{written[0]}: the secret belongs into {secret_of(written[0])}, not into the file")
    if missing := [one.slug for one in logins if not secrets.get(secret_of(one.slug))]:
        raise LoginsFileError(f"{missing[0]}: set {secret_of(missing[0])}")
    return tuple(one.model_copy(update={"secret": secrets[secret_of(one.slug)]}) for one in logins)


def secret_of(slug: str) -> str:
    """``AUTOSILO_LOGIN_SECRET_BIG_MARKET`` for ``big-market``."""
    return SECRET + slug.upper().replace("-", "_")


def _mistakes(error: ValidationError) -> list[str]:
    """Where and why, without what was written there."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in found]
