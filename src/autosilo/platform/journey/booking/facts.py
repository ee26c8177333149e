"""What booking tells the later steps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from autosilo.platform.journey.booking.models import Offer
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.facts import Fact
from autosilo.platform.resources.fleet.models import Car


class Because(StrEnum):
    """Why a trial got another car."""

    FAILED = "failed"
    """Its car is not available; this is one of the kind, or the nearest to it that could be had."""
    CHOSEN = "chosen"
    """Its shopper chose it in place of a car that failed."""
    BACK = "back"
    """One as it was booked can be had after all."""


@dataclass(frozen=True, kw_only=True)
class TrialBooked(Fact):
    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class TrialCancelled(Fact):
    """``our_fault``: the booked car had failed. ``unanswered``: and the shopper had not said what they want instead."""

    trial: Trial
    now: datetime
    our_fault: bool = False
    unanswered: bool = False


@dataclass(frozen=True, kw_only=True)
class TrialLapsed(Fact):
    """Nobody came for the car."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class CarReplaced(Fact):
    """The trial got another car."""

    trial: Trial
    now: datetime
    because: Because = Because.FAILED


@dataclass(frozen=True, kw_only=True)
class CarNotReady(Fact):
    """A car charges, or is on its way, for longer than was foreseen: whoever booked it for before needs another."""

    car: Car
    ready_from: datetime
    now: datetime


@dataclass(frozen=True, kw_only=True)
class CarMoved(Fact):
    """A car leaves for another site: whoever has booked it where it was needs another."""

    car: Car
    now: datetime


@dataclass(frozen=True, kw_only=True)
class CarFollowed(Fact):
    """The site had begun with another car of the kind: that is the trial's car now."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class HoldExpired(Fact):
    """A hold is over before anybody but the shopper heard of it."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class TrialMoved(Fact):
    """Another pick-up time, perhaps with another car of the kind."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class CarFreed(Fact):
    """A time of a car that was kept can be had again: whoever waits for it may be offered it."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class CarOffered(Fact):
    """Somebody's turn on the wait-list has come: a car is held for them."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class InsteadOffered(Fact):
    """The booked car is not available, nor one like it; the shopper is asked. With ``offer.kept`` the trial has
    another car by now."""

    trial: Trial
    offer: Offer
    now: datetime


@dataclass(frozen=True, kw_only=True)
class KeptCarStays(Fact):
    """The car that was kept while the offer stood is the trial's: chosen, or nobody answered."""

    trial: Trial
    now: datetime


@dataclass(frozen=True, kw_only=True)
class BookedCarIsBack(Fact):
    """The car that had failed can be had after all; the offer is withdrawn and the booking stands."""

    trial: Trial
    now: datetime
