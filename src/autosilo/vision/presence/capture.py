"""Somebody who is to be known later: the gate's session, but measured against how they themselves looked at first.

The same continuous track, the same movements drawn for this session, the same liveness at every step; so a photograph,
a film or a second person enrols no more than it would open a gate. What comes out is the mean of the best frames.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from autosilo.vision.presence.answers import Answer, Captured
from autosilo.vision.presence.eye import Embedding
from autosilo.vision.presence.session import GateSession

THEMSELVES: Final = UUID(int=0)


@dataclass(kw_only=True)
class CaptureSession(GateSession):
    """Nobody is expected; the one who begins must be the one who ends."""

    templates: Mapping[UUID, Embedding] = field(default_factory=dict)

    def _is_strange(self, embedding: Embedding) -> bool:
        return False

    def _expect(self) -> None:
        self._evidence.templates = {THEMSELVES: self._evidence.step_face()}

    def _accepted(self, trial: UUID) -> Answer:
        return Captured(embedding=self._evidence.best())
