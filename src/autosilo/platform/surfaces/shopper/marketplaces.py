"""The marketplaces' logins as the pages show them."""

from dataclasses import dataclass

from autosilo.platform.resources.signin import marketplace


@dataclass(frozen=True, kw_only=True)
class ShownLogin:
    slug: str
    name: str
    issuer: str


def logins(language: str) -> list[ShownLogin]:
    """In the order of the operator's file."""
    return [
        ShownLogin(slug=one.login.slug, name=one.login.name_in(language), issuer=one.login.issuer)
        for one in marketplace.providers()
    ]
