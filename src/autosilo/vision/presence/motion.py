"""Have these movements been seen before? People never move twice alike; a recording always does.

What is kept of a session is where a head was and how it was turned, several times a second: no picture, no embedding,
no name, in the memory of processes alone. Sites tell each other, so a session that was filmed at one of them does not
open another.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autosilo.vision.presence.eye import Stance
from autosilo.wire.movements import ROWS, Movements

COLUMNS: Final = 6

Even = NDArray[np.float32]
"""(n, 6), a row every ``STEP_S``: yaw, pitch and roll in degrees, place in heights of the face, logarithm of its height
as a share of the picture's."""

Trace = list[tuple[float, Stance]]
"""Seconds of a monotonic clock, and the stance then."""

KEPT: Final = 1500
"""Sessions; about a day of thirty busy sites. Each costs a quarter of a millisecond at the end of a session."""

STEP_S: Final = 0.1
WINDOW: Final = 20
"""Two seconds of movement are compared with two seconds, at every shift."""

TOLERANCE: Final = np.array([3.0, 3.0, 2.0, 0.02, 0.02, 0.015])
"""Yaw, pitch and roll in degrees; x, y in heights of the face; logarithm of the size: how far two looks at the *same*
frames may differ when they are taken at other moments and encoded anew."""

UNITS: Final = np.array([100, 100, 100, 1000, 1000, 1000])
"""Of a row on the wire, as ``wire.movements`` says."""

MIDDLE: Final = np.array([0.0, 0.0, 0.0, 1.5, 1.2, -0.9])
"""About where people are, so that sums of squares stay small."""

LIVELY: Final = np.array([10.0, 8.0, 90.0, 90.0, 90.0, 0.14])
"""Only windows in which something moves as far are compared: people stand still alike."""

SIGNS: Final = ((0.7, 1), (1.0, 3))
"""A recording shows when as many windows apart from each other are known as closely: root mean square of the
differences, each over its tolerance. One is enough where it is the very same; one that was filmed and encoded anew is
less alike, but in more places."""

STRIDE: Final = 2
"""Of the steps at which a window of the new session begins; earlier sessions are looked at from every step."""


@dataclass
class MotionMemory:
    """The movements of earlier sessions, at this site and at others. For one thread."""

    _known: deque[Even] = field(default_factory=lambda: deque(maxlen=KEPT))
    _untold: list[Even] = field(default_factory=list)

    def remember(self, trace: Trace) -> None:
        """A session of this site is over."""
        even = _even(trace)
        self._known.append(even)
        self._untold.append(even)

    def learn(self, even: Even) -> None:
        """The same of a session elsewhere."""
        self._known.append(even.astype(np.float32))

    def untold(self) -> list[Even]:
        """What was remembered since the last time, for other sites."""
        fresh, self._untold = self._untold, []
        return fresh

    def knows(self, trace: Trace) -> bool:
        """True when stretches of it were seen in one earlier session."""
        mine = _lively(_even(trace))
        return bool(len(mine)) and any(_recorded(mine, _lively(theirs)) for theirs in self._known)


def _even(trace: Trace) -> Even:
    """A row every ``STEP_S``."""
    if len(trace) < 2:
        return np.zeros((0, COLUMNS), np.float32)
    times = np.array([at for at, _ in trace])
    rows = np.array([_row(stance) for _, stance in trace])
    grid = np.arange(times[0], times[-1], STEP_S)
    return np.stack([np.interp(grid, times, column) for column in rows.T], axis=1).astype(np.float32)


def _row(one: Stance) -> Sequence[float]:
    return one.yaw, one.pitch, one.roll, one.x / one.size, one.y / one.size, float(np.log(one.size))


def _lively(even: Even) -> dict[int, NDArray[np.float32]]:
    """The windows in which something moves, each one row in units of the tolerance, by where they begin."""
    if len(even) < WINDOW:
        return {}
    windows = np.lib.stride_tricks.sliding_window_view(even, WINDOW, axis=0).transpose(0, 2, 1)
    moving = np.flatnonzero((np.ptp(windows, axis=1) >= LIVELY).any(axis=1))
    flat = ((windows[moving] - MIDDLE) / TOLERANCE).reshape(len(moving), WINDOW * COLUMNS).astype(np.float32)
    return dict(zip(moving.tolist(), flat, strict=True))


def _recorded(mine: dict[int, NDArray[np.float32]], theirs: dict[int, NDArray[np.float32]]) -> bool:
    """Does ``theirs`` hold enough of my windows?"""
    if not theirs:
        return False
    begins = [at for at in mine if at % STRIDE == 0]
    apart = dict(zip(begins, _nearest([mine[at] for at in begins], list(theirs.values())), strict=True))
    return any(_count(apart, below) >= enough for below, enough in SIGNS)


def _nearest(mine: list[NDArray[np.float32]], theirs: list[NDArray[np.float32]]) -> list[float]:
    """Of each of mine the root mean square of its differences to the most alike of theirs."""
    if not mine:
        return []
    one, other = np.array(mine), np.array(theirs)
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :] - 2 * one @ other.T
    return [float(nearest) for nearest in np.sqrt(np.maximum(squares.min(axis=1), 0) / one.shape[1])]


def _count(apart: dict[int, float], below: float) -> int:
    """How many windows apart from each other are nearer than ``below``."""
    found, free_from = 0, 0
    for at, nearest in apart.items():
        if at >= free_from and nearest < below:
            found, free_from = found + 1, at + WINDOW
    return found


# --- on the wire ---


def told(even: Even) -> Movements:
    """For other sites."""
    rows = np.rint(even[:ROWS] * UNITS).astype(int)
    return Movements(rows=tuple(tuple(row) for row in rows.tolist()))


def heard(movements: Movements) -> Even:
    """From another site."""
    return (np.array(movements.rows, np.float32) / UNITS).astype(np.float32)
