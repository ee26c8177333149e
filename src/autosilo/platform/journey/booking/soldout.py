"""What was sold out a moment ago, in this process: so that ten thousand refusals cost no query each.

Only surfaces look here. The domain's own answer comes from the database, and a car that is let go can be had at most
``REMEMBERED_S`` later.
"""

import time

from autosilo.platform.journey.booking.claim import Wish

REMEMBERED_S = 1.0
MOST = 4096

Key = tuple[str, str, str, str]
_until: dict[Key, float] = {}


def key_of(wish: Wish) -> Key:
    paints = ",".join(sorted(paint.code for paint in wish.paints))
    return (wish.car_model.pk, paints, wish.site.pk, wish.slot_start.isoformat())


def remember(key: Key) -> None:
    if len(_until) >= MOST:
        _until.clear()
    _until[key] = time.monotonic() + REMEMBERED_S


def is_known(key: Key) -> bool:
    return _until.get(key, 0.0) > time.monotonic()


def forget() -> None:
    _until.clear()
