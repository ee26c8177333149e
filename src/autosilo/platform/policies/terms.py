"""What a trial costs under a policy: a fee by the model's list price, a deposit, and who pays neither."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from autosilo.platform.policies.facts import TrialFacts
from autosilo.platform.policies.rules import CreditOver, MemberOf

HOUR = timedelta(hours=1)
MOST_OPEN = 1
"""How many trials one person may have open at once, in every market: the database itself allows no second one."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Amounts in minor units of ``currency``. ``free_because``: "membership" or "credit" where that made it free."""

    currency: str
    fee_minor: int = 0
    deposit_minor: int = 0
    free_because: str | None = None
    most_open: int = MOST_OPEN

    @property
    def costs(self) -> bool:
        """Is there anything to pay or to leave?"""
        return bool(self.fee_minor or self.deposit_minor)

    def as_record(self) -> dict[str, Any]:
        return {
            "currency": self.currency,
            "fee_minor": self.fee_minor,
            "deposit_minor": self.deposit_minor,
            "free_because": self.free_because,
            "most_open": self.most_open,
        }


@dataclass(frozen=True, kw_only=True)
class Afterwards:
    """What becomes of fee and deposit when a trial ends otherwise than planned.

    ``inspect``: so long after the return a person may still keep a part of the deposit; then it is released.
    ``late_hour_minor``: for each hour begun after the car was due, what a person is proposed to keep of it.
    """

    no_show_keeps_fee: bool = True
    inspect: timedelta = timedelta(0)
    late_hour_minor: int = 0

    def late_minor(self, *, late: timedelta, deposit_minor: int) -> int:
        """What lateness costs, in minor units: never more than the deposit."""
        hours = max(0, -(-late // HOUR))
        return min(deposit_minor, hours * self.late_hour_minor)


NOTHING_SAID = Afterwards()
"""Of policies that were written before a market could choose."""


@dataclass(frozen=True, kw_only=True)
class FeeBand:
    """For models whose list price is at most ``up_to_minor``; None is every dearer one."""

    up_to_minor: int | None
    fee_minor: int


@dataclass(frozen=True, kw_only=True)
class TermsOf:
    """``bands`` in rising order, the last without an end. ``free_member`` or ``free_credit``: either is enough."""

    currency: str
    deposit_minor: int = 0
    bands: tuple[FeeBand, ...] = ()
    free_member: MemberOf | None = None
    free_credit: CreditOver | None = None

    def __call__(self, facts: TrialFacts) -> Terms:
        full = Terms(currency=self.currency, fee_minor=self._fee(facts), deposit_minor=self.deposit_minor)
        if not full.costs:
            return full
        if self.free_member is not None and self.free_member(facts).met:
            return Terms(currency=self.currency, free_because="membership")
        if self.free_credit is not None and self.free_credit(facts).met:
            return Terms(currency=self.currency, free_because="credit")
        return full

    def _fee(self, facts: TrialFacts) -> int:
        """A model whose price nobody told pays the last band's."""
        for band in self.bands:
            known = facts.price_minor is not None and band.up_to_minor is not None
            if band.up_to_minor is None or (known and facts.price_minor <= band.up_to_minor):  # type: ignore[operator]
                return band.fee_minor
        return 0
