"""Which job comes next on which lift: ``decide(snapshot, machine)``."""

from autosilo.tower.dispatch.decision import Decision, Move
from autosilo.tower.dispatch.jobs import Job, Kind, Option
from autosilo.tower.dispatch.policy import decide, decide_by_rule
from autosilo.tower.dispatch.settings import Budget, Settings
from autosilo.tower.dispatch.snapshot import LiftState, Snapshot, Station

__all__ = [
    "Budget",
    "Decision",
    "Job",
    "Kind",
    "LiftState",
    "Move",
    "Option",
    "Settings",
    "Snapshot",
    "Station",
    "decide",
    "decide_by_rule",
]
