"""How often a kiosk may try: a sliding window by address, in memory.

``AUTOSILO_LIMITS_FACTOR`` widens them, as it does the platform's: in tests a day's visitors come within a minute.
"""

import os
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Window:
    """At most ``tries`` within ``length`` for each key."""

    tries: int
    length: timedelta
    _seen: dict[str, deque[datetime]] = field(default_factory=dict)

    def open_from(self, key: str, *, now: datetime) -> datetime:
        """When the next try is allowed: ``now`` when it is allowed at once."""
        seen = self._seen.get(key)
        while seen and seen[0] <= now - self.length:
            seen.popleft()
        return seen[0] + self.length if seen and len(seen) >= self.tries else now

    def count(self, key: str, *, now: datetime) -> None:
        self._seen.setdefault(key, deque(maxlen=self.tries)).append(now)


def pass_window() -> Window:
    """Passes and codes typed or shown at one kiosk, right or wrong."""
    return Window(tries=_widened(12), length=timedelta(minutes=1))


def face_window() -> Window:
    """Refused faces at one kiosk; after that it is pass and code for a while, and a person can be called."""
    return Window(tries=_widened(4), length=timedelta(minutes=3))


def help_window() -> Window:
    """Calls for a person from one kiosk, for one reason."""
    return Window(tries=1, length=timedelta(minutes=1))


def _widened(tries: int) -> int:
    return max(1, round(tries * float(os.environ.get("AUTOSILO_LIMITS_FACTOR", "1"))))
