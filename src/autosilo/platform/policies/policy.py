"""One version of one market's rules."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from autosilo.platform.policies.decision import Decision, Rule, RuleOutcome
from autosilo.platform.policies.facts import TrialFacts
from autosilo.platform.policies.overbooking import OverBooking
from autosilo.platform.policies.terms import NOTHING_SAID, Afterwards, Terms
from autosilo.wire.identity import IdentityMode

WAIVABLE = frozenset({Rule.CREDIT, Rule.MEMBERSHIP, Rule.TRIAL_COUNT})
"""What a person may let pass. A licence and an age are asked for by law; one open trial and each model once are kept
by the database as well."""


DEFAULT_MODES = (IdentityMode.FACE_EXPECTED, IdentityMode.PASS_CODE)
"""Of policies that were written before a market could choose."""


class Review(StrEnum):
    """When a person looks at a refusal."""

    ON_REQUEST = "on_request"
    EVERY_REFUSAL = "every_refusal"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One market's rules from ``valid_from`` on, until ``valid_until`` or a later version of the same market.

    ``credit_threshold`` is what to ask the bureau: is the score over it? None: this market does not ask.
    ``identity``: the ways in which a kiosk may know a shopper, in the order in which they are offered.
    ``over_booking``: None, and every booking waits for the full turn-round.
    ``credit_required``: without an answer there is no decision; else the answer only makes the terms better.
    """

    market: str
    name: str
    version: str
    valid_from: datetime
    trial_length: timedelta
    credit_threshold: int | None
    rules: tuple[Callable[[TrialFacts], RuleOutcome], ...]
    terms: Callable[[TrialFacts], Terms]
    currency: str
    credit_required: bool = True
    review: Review = Review.ON_REQUEST
    valid_until: datetime | None = None
    identity: tuple[IdentityMode, ...] = DEFAULT_MODES
    afterwards: Afterwards = NOTHING_SAID
    over_booking: OverBooking | None = None

    @property
    def full_name(self) -> str:
        """As a trial and a decision keep it."""
        return f"{self.name} {self.version}"

    def holds_at(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)

    def decide(self, facts: TrialFacts) -> Decision:
        """Judge every rule, met or not. Pure and total: the same facts always give the same decision."""
        outcomes = tuple(_waive(rule(facts), facts) for rule in self.rules)
        return Decision(
            policy=self.name,
            version=self.version,
            allowed=all(outcome.met for outcome in outcomes),
            rules=outcomes,
            terms=self.terms(facts),
        )


def _waive(outcome: RuleOutcome, facts: TrialFacts) -> RuleOutcome:
    if outcome.met or outcome.rule not in WAIVABLE or outcome.rule.value not in facts.waived:
        return outcome
    return replace(outcome, met=True, waived=True, remedy=None, eligible_at=None)
