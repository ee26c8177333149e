"""Which requests go through the quick door, and which need Django's asynchronous side."""

from autosilo.platform.surfaces.api.thin import ROUTES
from autosilo.platform.surfaces.door import Handler
from autosilo.platform.surfaces.shopper.counter import at_counter

LIVE = "/console/live"
BEFORE, AFTER = "/book/", "/hold"


def find(method: str, path: str) -> Handler | None:
    """Its handler; None for all others."""
    if method == "POST" and path.startswith(BEFORE) and path.endswith(AFTER):
        return at_counter
    return ROUTES.get((method, path))


def is_live(path: str) -> bool:
    """A stream of events, which lasts as long as its page is open."""
    return path == LIVE or path.startswith(f"{LIVE}/")
