"""Which rules hold in which market, and since when."""

from datetime import datetime

from autosilo.platform.policies.cn import CN_2026_01
from autosilo.platform.policies.decision import Decision, Policy
from autosilo.platform.policies.facts import TrialFacts

POLICIES: tuple[Policy, ...] = (CN_2026_01,)


class NoPolicy(LookupError):
    """No rules are known for this market at this time: a fault of a site's configuration."""


def markets() -> frozenset[str]:
    """The markets that a site may name."""
    return frozenset(policy.market for policy in POLICIES)


def policy_for(market: str, at: datetime) -> Policy:
    """The version that holds at ``at`` (aware). Raises ``NoPolicy``."""
    held = [policy for policy in POLICIES if policy.market == market and policy.valid_from <= at]
    if not held:
        raise NoPolicy(f"no rules for market {market!r} at {at.isoformat()}; known: {sorted(markets())}")
    return max(held, key=lambda policy: policy.valid_from)


def decide(facts: TrialFacts, *, market: str) -> Decision:
    """Judge by the rules that hold when the question is put."""
    return policy_for(market, facts.now).decide(facts)
