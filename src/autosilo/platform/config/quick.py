"""Which requests go through the quick door."""

from autosilo.platform.surfaces.api.thin import ROUTES
from autosilo.platform.surfaces.door import Handler
from autosilo.platform.surfaces.shopper.counter import at_counter

BEFORE, AFTER = "/book/", "/hold"


def find(method: str, path: str) -> Handler | None:
    """Its handler; None for all others."""
    if method == "POST" and path.startswith(BEFORE) and path.endswith(AFTER):
        return at_counter
    return ROUTES.get((method, path))
