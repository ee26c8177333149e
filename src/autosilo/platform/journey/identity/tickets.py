"""A ticket to a live capture: who was signed in, for which visit, and what they agreed to, a moment ago.

The page gets it from a view, with all that guards a view, and shows it to the WebSocket, which then needs no cookie:
nobody's page can speak for somebody else. Signed, not encrypted; it has nothing that its owner does not know.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from django.core import signing
from pydantic import BaseModel, ConfigDict, ValidationError

SALT = "autosilo.face-capture.v1"
LASTS_S = 60


class BadTicket(Exception):
    """Not one of ours, or too old."""


class Ticket(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    trial: UUID
    person: int
    version: str
    language: str


def issue(ticket: Ticket) -> str:
    """Letters, digits, "-" and "_" alone: what the name of a subprotocol may have."""
    return urlsafe_b64encode(signing.dumps(ticket.model_dump(mode="json"), salt=SALT).encode()).decode().rstrip("=")


def read(text: str) -> Ticket:
    """Raises ``BadTicket``."""
    try:
        signed = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        return Ticket.model_validate(signing.loads(signed, salt=SALT, max_age=LASTS_S))
    except (signing.BadSignature, ValidationError, ValueError) as error:
        raise BadTicket from error
