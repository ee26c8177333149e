"""What a market rule answers: every rule's outcome, and what would help where one is not met."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autosilo.platform.policies.terms import Terms


class Rule(StrEnum):
    """The questions that any market may ask; a market uses those that it needs."""

    CREDIT = "credit"
    MEMBERSHIP = "membership"
    TRIAL_COUNT = "trial_count"
    ONE_AT_A_TIME = "one_at_a_time"
    MODEL_ONCE = "model_once"
    LICENCE = "licence"
    LICENCE_VERIFIED = "licence_verified"
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
    VERIFY_LICENCE = "verify_licence"
    GIVE_BIRTH_DATE = "give_birth_date"
    WAIT = "wait"


@dataclass(frozen=True, kw_only=True)
class RuleOutcome:
    """``detail`` holds JSON values only (str, int, bool, None), keys fixed for each rule of a policy version.

    ``eligible_at``: from when on this rule alone would be met if nothing else changes; None where nobody can tell.
    ``waived``: not met by itself, and let pass by a person who looked at it.
    """

    rule: Rule
    met: bool
    detail: dict[str, Any] = field(default_factory=dict)
    remedy: Remedy | None = None
    eligible_at: datetime | None = None
    waived: bool = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The outcome of one policy version for one set of facts, and the terms on which the car may be had."""

    policy: str
    version: str
    allowed: bool
    rules: tuple[RuleOutcome, ...]
    terms: "Terms"

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
                    **({"waived": True} if outcome.waived else {}),
                }
                for outcome in self.rules
            ],
            "terms": self.terms.as_record(),
        }
