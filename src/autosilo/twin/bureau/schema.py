"""Version 1 of the bureau's interface, as JSON."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Wire):
    name: str = Field(min_length=1, max_length=200)
    document_number: str = Field(min_length=1, max_length=64)
    birth_date: date


class AssessmentRequest(_Wire):
    """``consent_id`` names the person's consent at the asking party; a bureau answers no question without one."""

    request_id: UUID
    person: Person
    consent_id: str = Field(min_length=1, max_length=64)
    threshold: int = Field(ge=0, le=1000)


class Assessment(_Wire):
    """The answer. The score itself never leaves the bureau."""

    request_id: UUID
    meets: bool
    assessed_at: AwareDatetime
    valid_until: AwareDatetime
