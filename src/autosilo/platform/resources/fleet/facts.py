"""What the fleet tells the later steps."""

from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.kit.facts import Fact
from autosilo.platform.resources.fleet.models import Car


@dataclass(frozen=True, kw_only=True)
class CarTakenOut(Fact):
    """An operator took a car out of service: whoever has booked it needs another."""

    car: Car
    now: datetime


@dataclass(frozen=True, kw_only=True)
class CarRepaired(Fact):
    """An operator put it back into service."""

    car: Car
    now: datetime
