"""What a gate session answers to a frame."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from autosilo.site.identity.eye import Hint
from autosilo.wire.gate import Again, Prompt

No = Literal["unknown_face", "not_live", "timed_out", "changed", "wrong_moves", "second_person"]


@dataclass(frozen=True, kw_only=True)
class Accepted:
    trial: UUID


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


Answer = Accepted | Doubtful | Refused | Guidance
