"""What a market rule answers: every rule's outcome, and what would help where one is not met."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from autosilo.platform.policies.facts import TrialFacts


class Rule(StrEnum):
    """The questions that any market may ask; a market uses those that it needs."""

    CREDIT = "credit"
    MEMBERSHIP = "membership"
    TRIAL_COUNT = "trial_count"
    ONE_AT_A_TIME = "one_at_a_time"
    MODEL_ONCE = "model_once"
    LICENCE = "licence"
    AGE = "age"


class Remedy(StrEnum):
    """What the shopper can do about a rule that is not met."""

    ASK_CREDIT = "ask_credit"
    RAISE_CREDIT = "raise_credit"
    BECOME_PREMIUM = "become_premium"
    FINISH_OPEN_TRIAL = "finish_open_trial"
    CHOOSE_OTHER_MODEL = "choose_other_model"
    RENEW_LICENCE = "renew_licence"
    GIVE_LICENCE = "give_licence"
    GIVE_BIRTH_DATE = "give_birth_date"
    WAIT = "wait"


@dataclass(frozen=True, kw_only=True)
class RuleOutcome:
    """``detail`` holds JSON values only (str, int, bool, None), keys fixed for each rule of a policy version.

    ``eligible_at``: from when on this rule alone would be met if nothing else changes; None where nobody can tell.
    """

    rule: Rule
    met: bool
    detail: dict[str, Any] = field(default_factory=dict)
    remedy: Remedy | None = None
    eligible_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The outcome of one policy version for one set of facts."""

    policy: str
    version: str
    allowed: bool
    rules: tuple[RuleOutcome, ...]

    @property
    def unmet(self) -> tuple[RuleOutcome, ...]:
        return tuple(outcome for outcome in self.rules if not outcome.met)

    @property
    def eligible_at(self) -> datetime | None:
        """From when on waiting alone would be enough; None when allowed already or when waiting does not help."""
        moments = [outcome.eligible_at for outcome in self.unmet]
        known = [moment for moment in moments if moment is not None]
        return max(known) if known and len(known) == len(moments) else None

    def as_record(self) -> dict[str, Any]:
        """JSON to keep beside a trial, so that a decision can be explained later."""
        return {
            "policy": self.policy,
            "version": self.version,
            "allowed": self.allowed,
            "rules": [
                {
                    "rule": outcome.rule.value,
                    "met": outcome.met,
                    "detail": dict(outcome.detail),
                    "remedy": outcome.remedy.value if outcome.remedy else None,
                    "eligible_at": outcome.eligible_at.isoformat() if outcome.eligible_at else None,
                }
                for outcome in self.rules
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One market's rules from ``valid_from`` on, until a later version of the same market takes over.

    ``credit_threshold`` is what to ask the bureau: is the score over it? None: this market does not ask.
    """

    market: str
    name: str
    version: str
    valid_from: datetime
    trial_length: timedelta
    credit_threshold: int | None
    rules: tuple[Callable[[TrialFacts], RuleOutcome], ...]

    def decide(self, facts: TrialFacts) -> Decision:
        """Judge every rule, met or not."""
        outcomes = tuple(rule(facts) for rule in self.rules)
        return Decision(
            policy=self.name,
            version=self.version,
            allowed=all(outcome.met for outcome in outcomes),
            rules=outcomes,
        )
