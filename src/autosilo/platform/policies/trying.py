"""What would have changed? A policy judged over the facts of past decisions. Pure, and without personal data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from autosilo.platform.policies.facts import TrialFacts
from autosilo.platform.policies.policy import Policy

EXAMPLES = 10
"""Of each kind of change."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """A decision as it was made: the facts, and what was said."""

    facts: TrialFacts
    policy: str
    allowed: bool
    unmet: tuple[str, ...]
    terms: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Example:
    """One decision that would have been another: the model and the day, the rules, the amounts; nobody's name."""

    model: str
    day: date
    was_allowed: bool
    would_be_allowed: bool
    was_unmet: tuple[str, ...]
    would_be_unmet: tuple[str, ...]
    was_to_pay: str
    would_pay: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """``by_rule``: how often each rule would refuse. ``examples`` at most ``EXAMPLES`` of each kind."""

    policy: str
    judged: int = 0
    same: int = 0
    newly_allowed: int = 0
    newly_refused: int = 0
    other_reasons: int = 0
    other_terms: int = 0
    was_allowed: int = 0
    would_be_allowed: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    by_rule_before: dict[str, int] = field(default_factory=dict)
    examples: dict[str, tuple[Example, ...]] = field(default_factory=dict)


def compare(policy: Policy, past: Iterable[Past]) -> Comparison:
    """Judge each past decision again under ``policy`` and count what changes, whatever its validity dates."""
    counts: Counter[str] = Counter()
    after: Counter[str] = Counter()
    before: Counter[str] = Counter()
    examples: dict[str, list[Example]] = {}
    for one in past:
        decision = policy.decide(one.facts)
        unmet = tuple(outcome.rule.value for outcome in decision.unmet)
        pays = money(decision.terms.as_record())
        after.update(unmet)
        before.update(one.unmet)
        kind = _kind(one, allowed=decision.allowed, unmet=unmet, pays=pays)
        counts.update([kind, "judged"])
        counts["was_allowed"] += one.allowed
        counts["would_be_allowed"] += decision.allowed
        shown = examples.setdefault(kind, [])
        if kind != "same" and len(shown) < EXAMPLES:
            shown.append(_example(one, allowed=decision.allowed, unmet=unmet, pays=pays))
    return Comparison(
        policy=policy.full_name,
        **{name: counts[name] for name in _COUNTED},
        by_rule=dict(after),
        by_rule_before=dict(before),
        examples={kind: tuple(shown) for kind, shown in examples.items() if shown},
    )


_COUNTED = (
    "judged",
    "same",
    "newly_allowed",
    "newly_refused",
    "other_reasons",
    "other_terms",
    "was_allowed",
    "would_be_allowed",
)


def money(terms: dict[str, Any] | None) -> str:
    """ "CNY 9900 + 300000": fee and deposit in minor units; empty where there is nothing to pay."""
    if not terms or not (terms.get("fee_minor") or terms.get("deposit_minor")):
        return ""
    return f"{terms['currency']} {terms['fee_minor']} + {terms['deposit_minor']}"


def _kind(one: Past, *, allowed: bool, unmet: tuple[str, ...], pays: str) -> str:
    if allowed != one.allowed:
        return "newly_allowed" if allowed else "newly_refused"
    if set(unmet) != set(one.unmet):
        return "other_reasons"
    return "other_terms" if allowed and pays != money(one.terms) else "same"


def _example(one: Past, *, allowed: bool, unmet: tuple[str, ...], pays: str) -> Example:
    return Example(
        model=one.facts.model,
        day=one.facts.local_date(one.facts.starts_at),
        was_allowed=one.allowed,
        would_be_allowed=allowed,
        was_unmet=one.unmet,
        would_be_unmet=unmet,
        was_to_pay=money(one.terms),
        would_pay=pays,
    )
