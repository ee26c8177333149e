"""One-way video from a kiosk to the operator who was called: only while both want it, over core NATS, kept by nobody.

Who looks says so again and again (``Watch``), with a public key that was drawn for this looking; each frame is sealed
for it (``wire.sealed``, bound to the call), so the bus carries nothing that it could show.
"""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from autosilo.wire.sealed import Sealed

WATCH_EVERY_S = 2.0
WATCHED_FOR_S = 6.0
"""Who has not said for so long that they look looks no more."""
MOST_WATCHERS = 2
MAX_FRAME_BYTES = 120_000
LONGEST_S = 300.0
"""A call shows itself no longer without being asked anew."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1


class Watch(_Message):
    """Platform -> site: somebody looks now."""

    viewer: UUID
    public_key: str = Field(max_length=44, description="X25519, base64")


class Seen(_Message):
    """Site -> the one who looks. ``sealed`` holds a JPEG; None: this call shows itself no more."""

    call: UUID
    kiosk: str = Field(max_length=24)
    number: int = Field(ge=0)
    sealed: Sealed | None


class Showing(_Message):
    """Site -> the kiosk's page. ``nonce`` (hex) stands before each frame, as at the gate; None: it is over."""

    t: Literal["showing"] = "showing"
    nonce: str | None
    watched: bool = False
