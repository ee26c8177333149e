"""What the screen of a visit in progress shows. Made as things happen, never stored: a restart makes it anew."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from autosilo.site.admission import Purpose
from autosilo.site.control import EventKind

KEEP_ENDED_S = 600.0
"""How long the picture of an ended visit is kept for its kiosk."""


class Phase(StrEnum):
    """How far a visit in progress is, in the words of its screens."""

    QUEUED = "queued"
    FETCHING = "fetching"
    AT_GATE = "at_gate"
    GATE_OPEN = "gate_open"
    LEAVING = "leaving"
    HANDED_OVER = "handed_over"
    ADMITTING = "admitting"
    INTAKE_OPEN = "intake_open"
    CHECKING = "checking"
    STORING = "storing"
    TAKEN_IN = "taken_in"
    REFUSED = "refused"
    FAILED = "failed"


FINAL = frozenset({Phase.HANDED_OVER, Phase.TAKEN_IN, Phase.REFUSED, Phase.FAILED})

PHASE_OF_EVENT: dict[EventKind, Phase] = {
    EventKind.QUEUED: Phase.QUEUED,
    EventKind.FETCHING: Phase.FETCHING,
    EventKind.AT_GATE: Phase.AT_GATE,
    EventKind.LEFT: Phase.LEAVING,
    EventKind.ARRIVED: Phase.CHECKING,
    EventKind.STORING: Phase.STORING,
}
"""Tower events that a screen tells apart; open gates and ends are told by the tower's answers."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """``reason`` belongs to ``REFUSED`` and ``FAILED``; ``station`` is the gate, in the end the bay."""

    trial: UUID
    vin: str
    purpose: Purpose
    phase: Phase
    station: str | None = None
    reason: str | None = None
    odometer_km: float | None = None
    charge: float | None = None


class ProgressBoard:
    """The present ``Progress`` of each visit, and who wants to hear of it."""

    def __init__(self) -> None:
        self._now: dict[UUID, Progress] = {}
        self._watchers: set[Callable[[Progress], None]] = set()

    def of(self, trial: UUID | None) -> Progress | None:
        return self._now.get(trial) if trial else None

    def watch(self, callback: Callable[[Progress], None]) -> Callable[[], None]:
        """Call back with every step of every visit; it must not block. Returns unsubscribe."""
        self._watchers.add(callback)
        return lambda: self._watchers.discard(callback)

    def step(self, trial: UUID, phase: Phase, *, station: str | None = None, reason: str | None = None) -> None:
        before = self._now[trial]
        self.show(replace(before, phase=phase, station=station or before.station, reason=reason))

    def show(self, progress: Progress) -> None:
        self._now[progress.trial] = progress
        if progress.phase in FINAL:
            asyncio.get_running_loop().call_later(KEEP_ENDED_S, self._let_go, progress)
        for watcher in tuple(self._watchers):
            watcher(progress)

    def _let_go(self, ended: Progress) -> None:
        if self._now.get(ended.trial) is ended:
            del self._now[ended.trial]
