"""What django-allauth is told about this shop for the ceremonies of Web Authentication."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from autosilo.platform.resources.people.models import Person

SHOP = "autosilo"


class Ceremony(DefaultMFAAdapter):
    """The relying party's id is the host of the address, as allauth has it; no letter of allauth's own is ever sent."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": SHOP}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        """What the device shows in its list of accounts."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.email, "display_name": user.first_name or user.email}

    def _get_site_name(self) -> str:
        return SHOP

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Our own letter is written instead, in the person's language."""
