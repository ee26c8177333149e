"""What a browser sends of a passkey, parsed by schema (Web Authentication Level 3, sections 5.1 and 5.8)."""

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_BYTES = 64 * 1024
"""Of one answer: an attestation with a chain of certificates has some kilobytes."""
T = TypeVar("T", bound=BaseModel)
_BASE64URL = r"^[A-Za-z0-9_-]+$"


class _Json(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Attestation(_Json):
    clientDataJSON: str = Field(pattern=_BASE64URL, max_length=8192)  # noqa: N815  the standard's name
    attestationObject: str = Field(pattern=_BASE64URL, max_length=MOST_BYTES)  # noqa: N815
    transports: list[str] = Field(default=[], max_length=10)


class Assertion(_Json):
    clientDataJSON: str = Field(pattern=_BASE64URL, max_length=8192)  # noqa: N815
    authenticatorData: str = Field(pattern=_BASE64URL, max_length=8192)  # noqa: N815
    signature: str = Field(pattern=_BASE64URL, max_length=8192)
    userHandle: str = Field(pattern=_BASE64URL, max_length=88)  # noqa: N815  64 bytes


class _Credential(_Json):
    id: str = Field(pattern=_BASE64URL, max_length=1366)  # 1023 bytes, section 4
    rawId: str = Field(pattern=_BASE64URL, max_length=1366)  # noqa: N815
    type: Literal["public-key"]
    clientExtensionResults: dict[str, Any] = {}  # noqa: N815


class NewCredential(_Credential):
    response: Attestation


class UsedCredential(_Credential):
    response: Assertion


class Enrolment(_Json):
    name: str = Field(max_length=60)
    credential: NewCredential


class Entry(_Json):
    next: str = Field(default="", max_length=2000)
    credential: UsedCredential


def enrolment(body: bytes) -> Enrolment:
    """Raises ``ValueError``."""
    return _parse(Enrolment, body)


def entry(body: bytes) -> Entry:
    """Raises ``ValueError``."""
    return _parse(Entry, body)


def _parse(kind: type[T], body: bytes) -> T:
    if len(body) > MOST_BYTES:
        raise ValueError("too long")
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise ValueError("not a passkey") from error
