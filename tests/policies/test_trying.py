"""What would have changed?"""

from dataclasses import asdict, replace
from datetime import date

from autosilo.platform.policies.decision import Rule
from autosilo.platform.policies.facts import Membership, TrialFacts
from autosilo.platform.policies.policy import Policy
from autosilo.platform.policies.registry import named
from autosilo.platform.policies.trying import EXAMPLES, Past, compare
from policies.test_cn import GOOD, NOW


def policy(name: str) -> Policy:
    found = named(name)
    assert found is not None
    return found


def past(facts: TrialFacts, by: str = "cn 2026-01") -> Past:
    decision = policy(by).decide(facts)
    return Past(
        facts=facts,
        policy=by,
        allowed=decision.allowed,
        unmet=tuple(one.rule.value for one in decision.unmet),
        terms=decision.terms.as_record(),
    )


BASIC = replace(GOOD, membership=Membership.BASIC, price_minor=1)
POOR = replace(BASIC, credit=None)
YOUNG = replace(GOOD, birth_date=date(2010, 1, 1))


def test_the_same_rules_change_nothing() -> None:
    found = compare(policy("cn 2026-01"), [past(one) for one in (GOOD, BASIC, POOR, YOUNG)])
    assert (found.judged, found.same, found.newly_allowed, found.newly_refused) == (4, 4, 0, 0)
    assert found.by_rule == found.by_rule_before
    assert not found.examples


def test_what_changes_is_counted_by_kind_and_by_rule() -> None:
    found = compare(policy("cn-fee 2018-03"), [past(one) for one in (GOOD, BASIC, POOR, YOUNG)])
    assert (found.judged, found.newly_allowed, found.newly_refused, found.same) == (4, 2, 0, 2)
    assert found.by_rule == {Rule.AGE.value: 1}
    assert found.by_rule_before == {Rule.MEMBERSHIP.value: 2, Rule.CREDIT.value: 1, Rule.AGE.value: 1}
    back = compare(policy("cn 2026-01"), [past(one, "cn-fee 2018-03") for one in (GOOD, POOR)])
    assert (back.newly_refused, back.was_allowed, back.would_be_allowed) == (1, 2, 1)
    assert back.examples["newly_refused"][0].was_to_pay == "CNY 9900 + 300000"


def test_other_terms_are_a_change_too() -> None:
    found = compare(policy("eu 2026-01"), [past(replace(GOOD, price_minor=1), "cn-fee 2018-03")])
    assert found.other_terms == 1


def test_examples_are_few_and_say_nothing_of_the_person() -> None:
    found = compare(policy("cn-fee 2018-03"), [past(POOR)] * (EXAMPLES + 5))
    assert found.newly_allowed == EXAMPLES + 5
    assert len(found.examples["newly_allowed"]) == EXAMPLES
    said = str(asdict(found.examples["newly_allowed"][0]))
    assert "1990" not in said
    assert found.examples["newly_allowed"][0].day == NOW.date()
