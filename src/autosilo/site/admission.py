"""May this visitor go on now, and to do what? Pure: the visit and the time in, the answer out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from autosilo.site.visits.states import VisitState
from autosilo.site.visits.store import Visit


class Purpose(StrEnum):
    COLLECT = "collect"
    RETURN = "return"


@dataclass(frozen=True, kw_only=True)
class NotNow:
    """Outside the time of the booking; ``since`` and ``until`` are the times that hold."""

    reason: Literal["too_early", "too_late"]
    since: datetime
    until: datetime


PURPOSES: dict[VisitState, Purpose] = {
    VisitState.EXPECTED: Purpose.COLLECT,
    VisitState.COLLECTING: Purpose.COLLECT,
    VisitState.OUT: Purpose.RETURN,
    VisitState.RETURNING: Purpose.RETURN,
}


def admission(visit: Visit, *, now: datetime) -> Purpose | NotNow:
    """A car is collected within its time; it is taken back at any time, late or not. ``visit`` is not done."""
    if visit.state is VisitState.EXPECTED and now < visit.collect_from:
        return NotNow(reason="too_early", since=visit.collect_from, until=visit.collect_until)
    if visit.state is VisitState.EXPECTED and now > visit.collect_until:
        return NotNow(reason="too_late", since=visit.collect_from, until=visit.collect_until)
    return PURPOSES[visit.state]
