"""What every message has in common."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Message(BaseModel):
    """A message of version 1. Frozen; unknown fields are refused at the border.

    ``id`` makes receiving it twice harmless; ``at`` is when the sender stated it (UTC, aware).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1
    id: UUID = Field(default_factory=uuid4)
    at: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
