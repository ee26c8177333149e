from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CarReturned(Fact):
    """The car stands in its tower again and the trial is over."""

    trial: Trial
    now: datetime
