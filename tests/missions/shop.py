"""A whole shop for the missions; see ``autosilo.up.rehearsal``."""

import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autosilo.up.rehearsal import Shop, private_home, running

__all__ = ["Shop", "at_the_machine", "running_shop"]

PACE = 30.0  # a fetch takes about two seconds instead of a minute
CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("AUTOSILO_TEST_CACHE", CHECKOUT / "var" / "test-cache"))


@contextmanager
def running_shop(*, pace: float = PACE) -> Iterator[Shop]:
    """Start ``autosilo up`` in a fresh home and wait until it is ready; stop it at the end.

    Set ``AUTOSILO_KEEP_HOME`` to look at its logs afterwards, or ``AUTOSILO_MISSIONS_AT`` to the home of a demo shop
    that runs already to try a single mission quickly.
    """
    if there := os.environ.get("AUTOSILO_MISSIONS_AT"):
        yield Shop(Path(there))
        return
    keep = bool(os.environ.get("AUTOSILO_KEEP_HOME"))
    with private_home(weights=CACHE.resolve() / "weights", keep=keep) as home, running(home, pace=pace) as shop:
        shop.wait_ready()
        yield shop


def at_the_machine(shop: Shop, site: str, path: str, **order: Any) -> Any:
    """What a person does or sees in the world of that site's tower."""
    body = json.dumps(order).encode() if order else None
    address = f"{shop.address(f'world-{site}')}/{path}"
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  loopback, ours
        return json.load(answer)
