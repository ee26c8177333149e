from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class FaceEnrolled(Fact):
    """A template was sealed for the site; it does not know it yet."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class FaceWithdrawn(Fact):
    """The shopper took the consent back and the template is destroyed here; the site still has it."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class PassChanged(Fact):
    """The old pass and code are useless from now on."""

    trial: Trial
    now: datetime
