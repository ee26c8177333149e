"""Is it still the same person, without a gap? Position, size and face must go on from frame to frame."""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from autosilo.vision.presence.eye import Embedding, Eye, Look, Stance

GAP_S: Final = 2.0
"""Longer without a usable frame, and nobody knows who stands there now."""

STEP: Final = 0.35
SPEED: Final = 2.0
"""A face moves by at most so many of its own heights from one frame to the next, and so many more a second (half a
metre a second): a walk past the camera is faster, and so is a cut."""

GROWTH: Final = 0.22
GROWTH_SPEED: Final = 0.9
"""The same for the logarithm of its size."""


class Broken(StrEnum):
    """How a track ended."""

    LOST = "lost"
    JUMPED = "jumped"
    CHANGED = "changed"


@dataclass
class Track:
    """``eye`` compares faces; one below its ``doubtful`` threshold to the first or the last frame is another person."""

    eye: Eye
    _first: Embedding | None = None
    _last: Embedding | None = None
    _stance: Stance | None = None
    _seen_s: float = field(default=0.0)

    def take(self, look: Look, *, at_s: float) -> Broken | None:
        """Follow one frame; a frame that does not show a usable face is a gap."""
        if look.embedding is None or look.stance is None:
            return self.gap(at_s=at_s)
        broken = self._break(look.embedding, look.stance, at_s)
        self._first = look.embedding if self._first is None else self._first
        self._last, self._stance, self._seen_s = look.embedding, look.stance, at_s
        return broken

    def gap(self, *, at_s: float) -> Broken | None:
        """Nothing usable at this time."""
        return Broken.LOST if self._stance and at_s - self._seen_s > GAP_S else None

    def forget(self) -> None:
        self._first = self._last = self._stance = None

    def _break(self, embedding: Embedding, stance: Stance, at_s: float) -> Broken | None:
        if self._first is None or self._last is None or self._stance is None:
            return None
        alike = min(self.eye.similarity(embedding, self._first), self.eye.similarity(embedding, self._last))
        if alike < self.eye.doubtful:
            return Broken.CHANGED
        passed = at_s - self._seen_s
        if passed > GAP_S:
            return Broken.LOST
        moved = math.hypot(stance.x - self._stance.x, stance.y - self._stance.y) / self._stance.size
        grown = abs(math.log(stance.size / self._stance.size))
        jumped = moved > STEP + SPEED * passed or grown > GROWTH + GROWTH_SPEED * passed
        return Broken.JUMPED if jumped else None
