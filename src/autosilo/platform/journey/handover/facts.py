from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CarLeft(Fact):
    """The shopper has the car. ``at``: when the gate shut behind it."""

    trial: Trial
    at: datetime
    now: datetime
