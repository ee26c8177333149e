"""What a market rule may know. Everything is a value; nothing here reads a clock, a database or a network."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Standing(StrEnum):
    """What became of an earlier booking."""

    OPEN = "open"  # booked, collecting, driving, overdue or returning
    DRIVEN = "driven"  # over, and the car was driven: returned or purchased
    NOT_DRIVEN = "not_driven"  # over before the car left the tower: cancelled or no-show


class Membership(StrEnum):
    BASIC = "basic"
    PREMIUM = "premium"


@dataclass(frozen=True, kw_only=True)
class CreditFact:
    """A bureau's answer to "is the score over ``threshold``?". The score itself is never known here."""

    threshold: int
    meets: bool
    asked_at: datetime
    valid_until: datetime


@dataclass(frozen=True, kw_only=True)
class EarlierTrial:
    """``starts_at``: when the car was, or is to be, handed over (aware)."""

    model: str
    starts_at: datetime
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class TrialFacts:
    """A shopper, a model and a start, at one moment. All datetimes are aware.

    ``now``: when the question is put. ``starts_at``: the wanted hand-over; before a slot is chosen, pass ``now``.
    ``zone``: the site's time zone, in which dates and calendar months are counted.
    ``earlier``: every other booking of this shopper. A trial that is judged again must not be among them.
    ``licence_proved_until``: as a wallet or an operator has shown; None while there is only the shopper's word.
    ``price_minor``: the model's list price. ``waived``: names of rules that a person let pass for this trial.
    ``None`` means "not known", and no rule takes that for a yes.
    """

    now: datetime
    starts_at: datetime
    zone: ZoneInfo
    model: str
    birth_date: date | None
    licence_valid_until: date | None
    membership: Membership | None
    membership_until: date | None = None
    credit: CreditFact | None = None
    earlier: tuple[EarlierTrial, ...] = ()
    price_minor: int | None = None
    waived: tuple[str, ...] = ()
    licence_proved_until: date | None = None

    def __post_init__(self) -> None:
        moments = [self.now, self.starts_at, *(trial.starts_at for trial in self.earlier)]
        if self.credit is not None:
            moments += [self.credit.asked_at, self.credit.valid_until]
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("a policy needs aware datetimes")

    def local_date(self, moment: datetime) -> date:
        """The calendar date of ``moment`` at the site."""
        return moment.astimezone(self.zone).date()
