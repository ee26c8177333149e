"""A marketplace whose customers sign in elsewhere with its login: a provider of OpenID Connect."""

from pathlib import Path

LOGINS = """# Written at each start: how the demo's shop takes the login of the marketplace's twin.
[[login]]
slug = "market"
name = "Marketplace"
name_zh = "集市"
issuer = "{issuer}"
client_id = "autosilo"
scope = "openid profile email membership"

[login.membership]
claim = ["membership", "tier"]
premium = ["gold"]
valid_days = 30
"""


def logins_file(home: Path) -> Path:
    """Where the shop's file lies under its home."""
    return home / "twins" / "market" / "logins.toml"


def logins(issuer: str) -> str:
    """The shop's file for the twin that is reached at ``issuer``."""
    return LOGINS.format(issuer=issuer)
