"""What a licence says, or why it is not believed. Pure."""

from dataclasses import dataclass, field
from datetime import date


class NotProven(Exception):
    """``reason``: unreadable, issuer, holder, other_document, out_of_date or incomplete."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the licence says. ``categories``: code to the last day, None where there is none."""

    family_name: str
    given_name: str
    birth_date: date
    number: str
    expires_on: date
    categories: dict[str, date | None]
    portrait: bytes | None = field(default=None, repr=False)
    """A picture as the authority signed it; only where it was asked for."""
