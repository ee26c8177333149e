"""The three-day clock."""

from datetime import datetime, timedelta

from django.db import transaction

from autosilo.platform.journey.drive.facts import TimeRunsOut, TrialOverdue
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit.facts import tell

REMINDERS = {"remind_24h": timedelta(hours=24), "remind_3h": timedelta(hours=3)}
"""Deadline (and notice) by how long before the car is due."""
OVERDUE = "overdue"


def start(*, trial: Trial, now: datetime) -> None:
    """Set the reminders and the end, from the trial's ``due_at``."""
    assert trial.due_at is not None  # noqa: S101  written with the state
    for kind, before in REMINDERS.items():
        trials.set_deadline(trial, kind=kind, due_at=trial.due_at - before)
    trials.set_deadline(trial, kind=OVERDUE, due_at=trial.due_at)


def remind(*, trial: Trial, kind: str, now: datetime) -> bool:
    """Say that time runs out; False when that is no longer so (the car is back, or overdue already)."""
    if trial.state != TrialState.DRIVING or trial.due_at is None or now >= trial.due_at:
        return False
    trials.note(trial, kind="reminded", now=now, which=kind)
    tell(TimeRunsOut(trial=trial, kind=kind, now=now))
    return True


@transaction.atomic
def become_overdue(*, trial: Trial, now: datetime) -> bool:
    """The time is over; False when the car came back, is coming back, or was bought."""
    trial = trials.lock(trial)
    if trial.state != TrialState.DRIVING or trial.due_at is None or now < trial.due_at:
        return False
    trials.change(trial, to=TrialState.OVERDUE, now=now, by="deadline")
    tell(TrialOverdue(trial=trial, now=now))
    return True
