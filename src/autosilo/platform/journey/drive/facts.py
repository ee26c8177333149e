from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class TimeRunsOut(Fact):
    """A reminder is due. ``kind`` is the notice's: ``remind_24h`` or ``remind_3h``."""

    trial: Trial
    kind: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class TrialOverdue(Fact):
    """The time is over and the car is not back."""

    trial: Trial
    now: datetime
