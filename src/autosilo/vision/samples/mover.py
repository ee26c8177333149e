"""How somebody moves who is told to by a kiosk: late, at their own pace, never quite still.

For tests and measurements. Everything is drawn from one generator, so a seed tells the whole performance. A movement
follows the minimum-jerk course (Flash & Hogan 1985); reaction and duration are of the order that people need for a
spoken or shown instruction, not for a starting pistol.
"""

import math
from dataclasses import dataclass, field
from random import Random
from typing import Final

from autosilo.vision.samples.turned import View

REACTION_S: Final = (0.35, 0.9)
DURATION_S: Final = (0.4, 0.9)
YAW_DEG: Final = (20.0, 30.0)
PITCH_DEG: Final = (20.0, 28.0)
NEARER: Final = (1.28, 1.42)
SWAY: Final = {"yaw": 1.5, "pitch": 1.0, "roll": 1.0, "right": 0.006, "down": 0.004, "size": 0.01}
"""Amplitudes of a standing person's small movements: degrees, and shares of the picture."""
STANDS: Final = {"yaw": 4.0, "pitch": 3.0, "roll": 2.0, "right": 0.05, "down": 0.04, "size": 0.07}
"""How differently people place themselves each time, as standard deviations."""
LIMIT: Final = 1.8
"""Standard deviations: nobody stands farther off, or the kiosk would have told them to move."""
NAMES: Final = tuple(SWAY)


@dataclass
class Mover:
    """``told`` at a time what to do, ``view`` at any later time. Prompts: look, left, right, up, closer."""

    random: Random
    _from: dict[str, float] = field(default_factory=dict)
    _to: dict[str, float] = field(default_factory=dict)
    _begins: float = 0.0
    _lasts: float = 1.0

    def __post_init__(self) -> None:
        draw = self.random
        self._stands = {name: max(-LIMIT, min(LIMIT, draw.gauss(0, 1))) * spread for name, spread in STANDS.items()}
        self._waves = {
            name: [(draw.uniform(0.08, 0.5), draw.uniform(0, math.tau), draw.uniform(0.3, 0.7)) for _ in range(3)]
            for name in NAMES
        }
        self._from = self._to = dict.fromkeys(NAMES, 0.0)

    def told(self, prompt: str, *, at_s: float) -> None:
        """Begin to move, after the time that it takes to understand."""
        self._from = self._offsets(at_s)
        self._to = self._aim(prompt)
        self._begins = at_s + self.random.uniform(*REACTION_S)
        self._lasts = self.random.uniform(*DURATION_S)

    def view(self, at_s: float) -> View:
        moved, placed = self.movement(at_s), self.placed(at_s)
        return View(
            yaw=moved.yaw + placed.yaw,
            pitch=moved.pitch + placed.pitch,
            roll=placed.roll,
            size=moved.size * placed.size,
            right=placed.right,
            down=moved.down + placed.down,
        )

    def movement(self, at_s: float) -> View:
        """What is done because it was asked for."""
        return _view(self._offsets(at_s))

    def placed(self, at_s: float) -> View:
        """Where this person stands this time, and how they sway."""
        return _view({name: self._stands[name] + self._swaying(name, at_s) for name in NAMES})

    def _aim(self, prompt: str) -> dict[str, float]:
        draw, aim = self.random, dict.fromkeys(NAMES, 0.0)
        if prompt in ("left", "right"):
            aim["yaw"] = draw.uniform(*YAW_DEG) * (1 if prompt == "left" else -1)
        elif prompt == "up":
            aim["pitch"] = draw.uniform(*PITCH_DEG)
        elif prompt == "closer":
            aim["size"] = math.log(draw.uniform(*NEARER))
            aim["down"] = draw.uniform(0.0, 0.03)
        return aim

    def _offsets(self, at_s: float) -> dict[str, float]:
        share = min(1.0, max(0.0, (at_s - self._begins) / self._lasts))
        course = share**3 * (10 - 15 * share + 6 * share**2)
        return {name: self._from[name] + (self._to[name] - self._from[name]) * course for name in NAMES}

    def _swaying(self, name: str, at_s: float) -> float:
        return SWAY[name] * sum(math.sin(math.tau * hz * at_s + phase) * part for hz, phase, part in self._waves[name])


def _view(now: dict[str, float]) -> View:
    return View(**{**now, "size": math.exp(now["size"])})
