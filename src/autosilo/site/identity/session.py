"""One gate session: frames in, "it is this visitor" or "it is nobody expected" out.

Pure but for the eye's arithmetic: no camera, no clock, no store. It accepts when the last ``GOOD_FRAMES`` good frames
have one and the same best match, and their mean similarity and mean liveness both reach the eye's thresholds. A second
face, a lost face or another best match starts the row anew. Similarities and embeddings live in this object alone and
are in no log.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from autosilo.site.identity.eye import Embedding, Eye, Hint, Look

GOOD_FRAMES = 3
"""Frames that must agree: the gate's threshold was measured for the mean of three."""

STRANGER_FRAMES = 10
"""Good frames of nobody expected until the answer is no: about three seconds of standing still."""

NOT_LIVE_FRAMES = 10
"""Good frames that look like a print or a screen until the answer is no."""

TIME_LIMIT_S = 45.0


@dataclass(frozen=True, kw_only=True)
class Accepted:
    trial: UUID


@dataclass(frozen=True, kw_only=True)
class Refused:
    reason: Literal["unknown_face", "not_live", "timed_out"]


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """Go on; ``good`` of ``GOOD_FRAMES`` so far."""

    hint: Hint
    good: int


Answer = Accepted | Refused | Guidance


@dataclass(frozen=True, kw_only=True)
class _Frame:
    trial: UUID | None
    similarity: float
    liveness: float


@dataclass
class GateSession:
    """``templates`` are the unsealed embeddings of those expected about now, held for this session only."""

    eye: Eye
    templates: Mapping[UUID, Embedding]
    began_s: float
    _row: deque[_Frame] = field(default_factory=lambda: deque(maxlen=GOOD_FRAMES))
    _strange: int = 0
    _not_live: int = 0

    def feed(self, look: Look, *, at_s: float) -> Answer:
        """Take one frame's answer; ``at_s`` and ``began_s`` are of one monotonic clock."""
        if at_s - self.began_s > TIME_LIMIT_S:
            return Refused(reason="timed_out")
        if look.embedding is None or look.hint is not Hint.GOOD:
            self._row.clear()
            return Guidance(hint=look.hint, good=0)
        frame = self._compare(look.embedding, look.liveness)
        if self._row and self._row[-1].trial != frame.trial:
            self._row.clear()
        self._row.append(frame)
        return self._no(frame) or self._yes()

    def forget(self) -> None:
        """Let go of everything biometric."""
        self.templates = {}
        self._row.clear()

    def _no(self, frame: _Frame) -> Refused | None:
        if frame.liveness < self.eye.liveness:
            self._not_live += 1
        elif frame.trial is None or frame.similarity < self.eye.threshold:
            self._strange += 1
        if self._not_live >= NOT_LIVE_FRAMES:
            return Refused(reason="not_live")
        if self._strange >= STRANGER_FRAMES:
            return Refused(reason="unknown_face")
        return None

    def _yes(self) -> Accepted | Guidance:
        row, trial = self._row, self._row[-1].trial
        alive = _mean([one.liveness for one in row]) >= self.eye.liveness
        alike = _mean([one.similarity for one in row]) >= self.eye.threshold
        if trial and alive and alike and len(row) == GOOD_FRAMES:
            return Accepted(trial=trial)
        if not alive:
            return Guidance(hint=Hint.NOT_LIVE, good=0)
        return Guidance(hint=Hint.GOOD, good=len(row) if alike else 0)

    def _compare(self, embedding: Embedding, liveness: float) -> _Frame:
        scored = [(self.eye.similarity(embedding, known), trial) for trial, known in self.templates.items()]
        if not scored:
            return _Frame(trial=None, similarity=-1.0, liveness=liveness)
        similarity, trial = max(scored, key=lambda pair: pair[0])
        return _Frame(trial=trial, similarity=similarity, liveness=liveness)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
