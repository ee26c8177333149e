"""The states of a visit as a site sees it, and the only ways from one to the next."""

from enum import StrEnum


class VisitState(StrEnum):
    EXPECTED = "expected"
    COLLECTING = "collecting"  # the car is on its way out, until the gate is shut behind it
    OUT = "out"
    RETURNING = "returning"  # the intake is meant for this car, until it stands in a bay or was refused
    DONE = "done"


TRANSITIONS: dict[VisitState, frozenset[VisitState]] = {
    VisitState.EXPECTED: frozenset({VisitState.COLLECTING, VisitState.DONE}),
    VisitState.COLLECTING: frozenset({VisitState.OUT, VisitState.EXPECTED}),
    VisitState.OUT: frozenset({VisitState.RETURNING, VisitState.DONE}),
    VisitState.RETURNING: frozenset({VisitState.DONE, VisitState.OUT}),
    VisitState.DONE: frozenset(),
}

IN_PROGRESS = (VisitState.COLLECTING, VisitState.RETURNING)
"""States in which metal may be moving for the visit: resumed after a restart."""

FALLBACKS = frozenset({(VisitState.COLLECTING, VisitState.EXPECTED), (VisitState.RETURNING, VisitState.OUT)})
"""An attempt ended without its purpose; it may be tried again."""
