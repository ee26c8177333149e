"""What the frames of one session say: alive at every step, the same visitor at every step, and who it is in the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from autosilo.vision.presence.eye import Embedding, Eye, Hint, Look, Stance

BEST: Final = 3
"""Frames that are averaged for the decision: the gate's threshold was measured for the mean of three."""

LAST: Final = 3
"""Frames at the end of a step that must be alive by themselves."""


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """The expected visitor who looks most like a face; ``trial`` is None when nobody is expected."""

    trial: UUID | None
    similarity: float


@dataclass
class Evidence:
    """``templates`` are the unsealed embeddings of those expected about now, held for this session only."""

    eye: Eye
    templates: Mapping[UUID, Embedding]
    _step: list[Look] = field(default_factory=list)
    _best: list[tuple[float, Embedding]] = field(default_factory=list)
    compared: bool = field(default=False, init=False)
    """Has a face been held against a template?"""

    def add(self, look: Look) -> None:
        """Take a usable frame."""
        if look.embedding is None or look.stance is None:
            return
        self._step.append(look)
        if look.hint is Hint.GOOD and look.liveness >= self.eye.liveness:
            self._best = sorted([*self._best, (_turned(look.stance), look.embedding)], key=lambda one: one[0])[:BEST]

    def step_is_alive(self) -> bool:
        """All frames of the step together, and the last of them: those in which the movement is made."""
        parts = (self._step, self._step[-LAST:])
        return bool(self._step) and all(_liveness(part) >= self.eye.liveness for part in parts)

    def step_shows(self) -> Likeness:
        """Whom the frames of this step show, together."""
        return self.nearest(self.step_face())

    def next_step(self) -> None:
        self._step.clear()

    def decision(self) -> Likeness:
        """Whom the best frames of the whole session show, together: those that look most straight into the camera."""
        if len(self._best) < BEST:
            return Likeness(trial=None, similarity=-1.0)
        return self.nearest(self.best())

    def step_face(self) -> Embedding:
        """What the frames of this step say together; there is at least one."""
        return self.eye.mean([one.embedding for one in self._step if one.embedding is not None])

    def best(self) -> Embedding:
        """What the best frames of the whole session say together; there is at least one."""
        return self.eye.mean([embedding for _, embedding in self._best])

    def nearest(self, embedding: Embedding) -> Likeness:
        self.compared = self.compared or bool(self.templates)
        scored = [(self.eye.similarity(embedding, known), trial) for trial, known in self.templates.items()]
        if not scored:
            return Likeness(trial=None, similarity=-1.0)
        similarity, trial = max(scored, key=lambda pair: pair[0])
        return Likeness(trial=trial, similarity=similarity)

    def clear(self) -> None:
        """Begin anew with the same visitors expected."""
        self._step.clear()
        self._best.clear()

    def forget(self) -> None:
        """Let go of everything biometric."""
        self.templates = {}
        self.clear()


def _liveness(looks: list[Look]) -> float:
    return sum(one.liveness for one in looks) / len(looks)


def _turned(stance: Stance) -> float:
    return abs(stance.yaw) + abs(stance.pitch) + abs(stance.roll)
