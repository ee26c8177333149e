"""How often something may be done, counted in this process alone: for paths that must not ask the database."""

import time

KEPT = 65_536


class Buckets:
    """A token bucket for each key: ``per_minute`` on average, at most so many at once.

    Each web process counts for itself, so N of them let N times as much through. Thread-safe enough: a race lets one
    more through.
    """

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}

    def allow(self, key: str, *, per_minute: float) -> bool:
        now = time.monotonic()
        left, since = self._left.get(key, (per_minute, now))
        left = min(per_minute, left + (now - since) * per_minute / 60)
        if len(self._left) >= KEPT:
            self._left.clear()
        self._left[key] = (left - 1 if left >= 1 else left, now)
        return left >= 1

    def forget(self) -> None:
        self._left.clear()
