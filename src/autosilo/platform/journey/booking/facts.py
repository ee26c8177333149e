"""What booking tells the later steps."""

from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class TrialBooked(Fact):
    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class TrialCancelled(Fact):
    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class TrialLapsed(Fact):
    """Nobody came for the car."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class CarReplaced(Fact):
    """The booked car is not available; the trial got another one of the same kind."""

    trial: Trial
    now: datetime
