"""Reads about the three days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import WITH_SHOPPER
from autosilo.platform.resources.telemetry.models import CarReading
from autosilo.platform.resources.telemetry.queries import reading_of


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How the drive goes. ``reading`` is None while the car has not spoken."""

    left: timedelta
    overdue: bool
    share: float
    reading: CarReading | None


def time_left(*, trial: Trial, now: datetime) -> timedelta | None:
    """Until the car must be back; negative when overdue, None while nobody drives."""
    if trial.due_at is None or trial.state not in WITH_SHOPPER:
        return None
    return trial.due_at - now


def progress(*, trial: Trial, now: datetime) -> Progress | None:
    """Time, and the car's own word. ``share`` of the time that is used, 0 to 1. None while nobody drives."""
    left = time_left(trial=trial, now=now)
    if left is None or trial.due_at is None or trial.handed_over_at is None:
        return None
    whole = trial.due_at - trial.handed_over_at
    share = min(1.0, max(0.0, 1 - left / whole)) if whole else 1.0
    return Progress(left=left, overdue=left < timedelta(0), share=share, reading=reading_of(car=trial.car))
