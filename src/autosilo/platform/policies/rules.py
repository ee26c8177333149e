"""The rules that a market's policy is composed of. Each is a small value: parameters in, ``TrialFacts`` judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from autosilo.platform.policies.calendar import full_years, leaves_window, plus_months, start_of, turns
from autosilo.platform.policies.decision import Remedy, Rule, RuleOutcome
from autosilo.platform.policies.facts import Membership, Standing, TrialFacts

AnyRule = Callable[[TrialFacts], RuleOutcome]


@dataclass(frozen=True, kw_only=True)
class CreditOver:
    """Met by an answer to exactly our question that is still valid now. The score must be over it, not at it."""

    threshold: int

    def __call__(self, facts: TrialFacts) -> RuleOutcome:
        answer = facts.credit
        if answer is None or answer.threshold != self.threshold:
            return self._outcome("unknown", None, Remedy.ASK_CREDIT)
        if answer.valid_until <= facts.now:
            return self._outcome("expired", answer.valid_until, Remedy.ASK_CREDIT)
        if not answer.meets:
            return self._outcome("below", answer.valid_until, Remedy.RAISE_CREDIT)
        return self._outcome("meets", answer.valid_until, None)

    def _outcome(self, state: str, valid_until: datetime | None, remedy: Remedy | None) -> RuleOutcome:
        return RuleOutcome(
            rule=Rule.CREDIT,
            met=state == "meets",
            detail={
                "state": state,
                "threshold": self.threshold,
                "valid_until": valid_until.isoformat() if valid_until else None,
            },
            remedy=remedy,
        )


@dataclass(frozen=True, kw_only=True)
class MemberOf:
    """Of this tier on the day of the hand-over; premium includes basic."""

    tier: Membership

    def __call__(self, facts: TrialFacts) -> RuleOutcome:
        until = facts.membership_until
        held = facts.membership
        good = held is self.tier or held is Membership.PREMIUM
        met = good and (until is None or facts.local_date(facts.starts_at) <= until)
        return RuleOutcome(
            rule=Rule.MEMBERSHIP,
            met=met,
            detail={
                "needed": self.tier.value,
                "held": held.value if held else None,
                "until": until.isoformat() if until else None,
            },
            remedy=None if met else Remedy.BECOME_PREMIUM,
        )


@dataclass(frozen=True, kw_only=True)
class TrialCount:
    """With this one, at most ``most`` trials whose start lies less than ``months`` calendar months back.

    By dates at the site. A trial that starts that many months before to the day has left the window. Without
    ``months``: at most so many in all, and waiting does not help.
    """

    most: int
    months: int | None

    def __call__(self, facts: TrialFacts) -> RuleOutcome:
        days = sorted(
            (facts.local_date(trial.starts_at) for trial in facts.earlier if trial.standing is not Standing.NOT_DRIVEN),
            reverse=True,
        )
        counted = len(days)
        if self.months is not None:
            opens_after = plus_months(facts.local_date(facts.starts_at), -self.months)
            counted = sum(day > opens_after for day in days)
        met = counted < self.most
        eligible_at = None
        if not met and self.months is not None:
            eligible_at = start_of(leaves_window(days[self.most - 1], months=self.months), facts.zone)
        return RuleOutcome(
            rule=Rule.TRIAL_COUNT,
            met=met,
            detail={"counted": counted, "most": self.most, "months": self.months},
            remedy=None if met or self.months is None else Remedy.WAIT,
            eligible_at=eligible_at,
        )


@dataclass(frozen=True, kw_only=True)
class OneAtATime:
    def __call__(self, facts: TrialFacts) -> RuleOutcome:
        open_trials = sum(trial.standing is Standing.OPEN for trial in facts.earlier)
        return RuleOutcome(
            rule=Rule.ONE_AT_A_TIME,
            met=open_trials == 0,
            detail={"open": open_trials},
            remedy=Remedy.FINISH_OPEN_TRIAL if open_trials else None,
        )


@dataclass(frozen=True, kw_only=True)
class ModelOnce:
    """A booking that ended before the car left does not use the model up."""

    def __call__(self, facts: TrialFacts) -> RuleOutcome:
        tried = any(t.model == facts.model and t.standing is not Standing.NOT_DRIVEN for t in facts.earlier)
        return RuleOutcome(
            rule=Rule.MODEL_ONCE,
            met=not tried,
            detail={"model": facts.model},
            remedy=Remedy.CHOOSE_OTHER_MODEL if tried else None,
        )


@dataclass(frozen=True, kw_only=True)
class LicenceValid:
    """Through the day on which the trial ends, at the site."""

    trial_length: timedelta

    def __call__(self, facts: TrialFacts) -> RuleOutcome:
        ends = facts.local_date(facts.starts_at + self.trial_length)
        until = facts.licence_valid_until
        met = until is not None and until >= ends
        remedy = None
        if not met:
            remedy = Remedy.GIVE_LICENCE if until is None else Remedy.RENEW_LICENCE
        return RuleOutcome(
            rule=Rule.LICENCE,
            met=met,
            detail={"valid_until": until.isoformat() if until else None, "needed_until": ends.isoformat()},
            remedy=remedy,
        )


@dataclass(frozen=True, kw_only=True)
class LicenceVerified:
    """Somebody else than the shopper has said that the licence is real, and good through the last day of the trial."""

    trial_length: timedelta

    def __call__(self, facts: TrialFacts) -> RuleOutcome:
        ends = facts.local_date(facts.starts_at + self.trial_length)
        until = facts.licence_proved_until
        met = until is not None and until >= ends
        return RuleOutcome(
            rule=Rule.LICENCE_VERIFIED,
            met=met,
            detail={"proved_until": until.isoformat() if until else None, "needed_until": ends.isoformat()},
            remedy=None if met else Remedy.VERIFY_LICENCE,
        )


@dataclass(frozen=True, kw_only=True)
class LeastAge:
    """In completed years on the day of the hand-over. The birth date itself is not repeated in the outcome."""

    years: int

    def __call__(self, facts: TrialFacts) -> RuleOutcome:
        detail = {"least_years": self.years}
        if facts.birth_date is None:
            return RuleOutcome(rule=Rule.AGE, met=False, detail=detail, remedy=Remedy.GIVE_BIRTH_DATE)
        met = full_years(facts.birth_date, facts.local_date(facts.starts_at)) >= self.years
        return RuleOutcome(
            rule=Rule.AGE,
            met=met,
            detail=detail,
            remedy=None if met else Remedy.WAIT,
            eligible_at=None if met else start_of(turns(facts.birth_date, years=self.years), facts.zone),
        )
