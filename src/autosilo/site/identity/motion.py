"""Have these movements been seen here before? People never move twice alike; a recording always does.

What is kept of a session is where a head was and how it was turned, several times a second: no picture, no embedding,
no name, in the memory of this process alone, for a day.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from autosilo.site.identity.eye import Stance

Trace = list[tuple[float, Stance]]
"""Seconds of a monotonic clock, and the stance then."""

KEPT: Final = 300
"""Sessions; some days of a busy site."""

STEP_S: Final = 0.1
WINDOW: Final = 20
"""Two seconds of movement are compared with two seconds, at every shift."""

TOLERANCE: Final = np.array([3.0, 3.0, 2.0, 0.02, 0.02, 0.015])
"""Yaw, pitch and roll in degrees; x, y in heights of the face; logarithm of the size: how far two looks at the *same*
frames may differ when they are taken at other moments and encoded anew."""

LIVELY: Final = np.array([10.0, 8.0, 90.0, 90.0, 90.0, 0.14])
"""Only windows in which something moves as far are compared: people stand still alike."""

ALIKE: Final = 1.0
"""Root mean square of the differences, each over its tolerance."""

STRIDE: Final = 2
"""Of the steps at which a window of the new session begins; earlier sessions are looked at from every step."""

PARTS: Final = 2
"""Windows apart from each other that must be known already."""


@dataclass
class MotionMemory:
    """The movements of earlier sessions at this site."""

    _known: deque[np.ndarray] = field(default_factory=lambda: deque(maxlen=KEPT))

    def remember(self, trace: Trace) -> None:
        self._known.append(_even(trace))

    def knows(self, trace: Trace) -> bool:
        """True when at least ``PARTS`` stretches of it were seen in one earlier session."""
        mine = _lively(_even(trace))
        return bool(len(mine)) and any(_shared(mine, _lively(theirs)) >= PARTS for theirs in self._known)


def _even(trace: Trace) -> np.ndarray:
    """(n, 6) numbers every ``STEP_S``."""
    if len(trace) < 2:
        return np.zeros((0, 6))
    times = np.array([at for at, _ in trace])
    rows = np.array([_row(stance) for _, stance in trace])
    grid = np.arange(times[0], times[-1], STEP_S)
    return np.stack([np.interp(grid, times, column) for column in rows.T], axis=1)


def _row(one: Stance) -> Sequence[float]:
    return one.yaw, one.pitch, one.roll, one.x / one.size, one.y / one.size, float(np.log(one.size))


def _lively(even: np.ndarray) -> np.ndarray:
    """(m, 20, 6): the windows in which something moves, one for every shift; those at rest are filled with NaN."""
    if len(even) < WINDOW:
        return np.zeros((0, WINDOW, 6))
    windows = np.lib.stride_tricks.sliding_window_view(even, WINDOW, axis=0).transpose(0, 2, 1)
    moving = (np.ptp(windows, axis=1) >= LIVELY).any(axis=1)
    return np.where(moving[:, None, None], windows, np.nan)


def _shared(mine: np.ndarray, theirs: np.ndarray) -> int:
    """How many windows of mine, apart from each other, are among theirs."""
    theirs = theirs[~np.isnan(theirs[:, 0, 0])] if len(theirs) else theirs
    found = at = 0
    while at < len(mine) and len(theirs):
        apart = (((mine[at] - theirs) / TOLERANCE) ** 2).mean(axis=(1, 2))
        if not np.isnan(apart[0]) and apart.min() < ALIKE**2:
            found, at = found + 1, at + WINDOW
        else:
            at += STRIDE
    return found
