"""The twin's customers. Whoever stands before its page is asked which of them they are; there are no passwords."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Customer:
    subject: str
    given_name: str
    email: str = ""
    tier: str = ""
    """``gold``, or none."""

    def claims(self, scope: frozenset[str]) -> dict[str, Any]:
        """OpenID Connect Core 1.0, section 5.4: each scope has its claims."""
        claims: dict[str, Any] = {"sub": self.subject}
        if "profile" in scope:
            claims |= {"name": self.given_name, "given_name": self.given_name}
        if "email" in scope and self.email:
            claims |= {"email": self.email, "email_verified": True}
        if "membership" in scope and self.tier:
            claims |= {"membership": {"tier": self.tier}}
        return claims


CUSTOMERS = (
    Customer(subject="m-1001", given_name="Na", email="na@market.example", tier="gold"),
    Customer(subject="m-1002", given_name="Tom", email="tom@market.example"),
    Customer(subject="m-1003", given_name="Wei"),
)
BY_SUBJECT = {one.subject: one for one in CUSTOMERS}
