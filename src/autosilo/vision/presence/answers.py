"""What a session before a camera answers to a frame."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from autosilo.vision.presence.eye import Embedding, Hint
from autosilo.wire.gate import Again, GatePrompt, Prompt

No = Literal["unknown_face", "not_live", "timed_out", "changed", "wrong_moves", "second_person"]


@dataclass(frozen=True, kw_only=True)
class Accepted:
    trial: UUID


@dataclass(frozen=True, kw_only=True, eq=False)
class Captured:
    """Somebody who was to be known later was there, alive, all the time: this is their face."""

    embedding: Embedding


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """Probably one of those expected, but not certainly: pass and code decide."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    reason: No


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """Go on, and do this: ``done`` of ``moves`` movements are made; ``left_s`` of ``limit_s`` are left for this one."""

    prompt: Prompt
    hint: Hint
    done: int
    moves: int
    left_s: float | None = None
    limit_s: float | None = None
    again: Again | None = None

    def told(self) -> GatePrompt:
        """For the page."""
        return GatePrompt(
            prompt=self.prompt,
            hint=self.hint.value,
            done=self.done,
            moves=self.moves,
            left_s=None if self.left_s is None else round(self.left_s, 1),
            limit_s=self.limit_s,
            again=self.again,
        )


Answer = Accepted | Captured | Doubtful | Refused | Guidance
