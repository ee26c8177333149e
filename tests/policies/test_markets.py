"""The shipped policies, each as a whole: total, monotone, and what its market is known for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosilo.platform.policies.decision import Rule
from autosilo.platform.policies.facts import CreditFact, EarlierTrial, Membership, Standing, TrialFacts
from autosilo.platform.policies.policy import WAIVABLE, Policy, Review
from autosilo.platform.policies.records import NotFacts, from_record, to_record
from autosilo.platform.policies.registry import POLICIES, named, policy_for
from autosilo.wire.identity import IdentityMode

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
MODELS = ("one", "two", "three")

moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001  the zone is added
    max_value=datetime(2110, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2120, 1, 1))
credits = st.builds(
    CreditFact, threshold=st.sampled_from([650, 700]), meets=st.booleans(), asked_at=moments, valid_until=moments
)
earlier = st.builds(
    EarlierTrial, model=st.sampled_from(MODELS), starts_at=moments, standing=st.sampled_from(list(Standing))
)


def near(start: datetime) -> st.SearchStrategy[EarlierTrial]:
    """Trials about the window, where it matters."""
    return st.builds(
        EarlierTrial,
        model=st.sampled_from(MODELS),
        starts_at=st.integers(min_value=-80 * 24, max_value=10 * 24).map(lambda hours: start + timedelta(hours=hours)),
        standing=st.sampled_from(list(Standing)),
    )


@st.composite
def all_facts(draw: st.DrawFn) -> TrialFacts:
    now = draw(moments)
    return TrialFacts(
        now=now,
        starts_at=now + timedelta(hours=draw(st.integers(min_value=0, max_value=24 * 30))),
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        model=draw(st.sampled_from(MODELS)),
        price_minor=draw(st.none() | st.integers(min_value=0, max_value=10**9)),
        birth_date=draw(st.none() | days),
        licence_valid_until=draw(st.none() | days),
        licence_proved_until=draw(st.none() | days),
        membership=draw(st.none() | st.sampled_from(list(Membership))),
        membership_until=draw(st.none() | days),
        credit=draw(st.none() | credits),
        earlier=tuple(draw(st.lists(near(now) | earlier, max_size=9))),
        waived=tuple(draw(st.sets(st.sampled_from([rule.value for rule in Rule] + ["nonsense"])))),
    )


policies = st.sampled_from(POLICIES)


def policy(name: str) -> Policy:
    found = named(name)
    assert found is not None
    return found


@settings(max_examples=200)
@given(policies, all_facts())
def test_every_policy_answers_whatever_the_facts(which: Policy, facts: TrialFacts) -> None:
    decision = which.decide(facts)
    assert decision.allowed is (not decision.unmet)
    assert all(outcome.met or outcome.remedy or outcome.detail for outcome in decision.rules)
    assert all(outcome.eligible_at is None or not outcome.met for outcome in decision.rules)
    assert decision.terms.fee_minor >= 0
    assert decision.terms.deposit_minor >= 0
    assert which.decide(facts) == decision


@settings(max_examples=150)
@given(policies, all_facts())
def test_facts_kept_as_json_are_decided_alike(which: Policy, facts: TrialFacts) -> None:
    again = from_record(to_record(facts))
    assert again == facts
    assert which.decide(again) == which.decide(facts)


@settings(max_examples=150)
@given(policies, all_facts(), st.data())
def test_one_more_trial_never_helps(which: Policy, facts: TrialFacts, data: st.DataObject) -> None:
    more = replace(facts, earlier=(*facts.earlier, data.draw(near(facts.now))))
    assert {o.rule for o in which.decide(facts).unmet} <= {o.rule for o in which.decide(more).unmet}


@settings(max_examples=150)
@given(policies, all_facts(), st.integers(min_value=1, max_value=4000))
def test_what_is_better_never_hurts(which: Policy, facts: TrialFacts, days_more: int) -> None:
    base = {o.rule for o in which.decide(facts).unmet}
    fee = which.decide(facts).terms.fee_minor
    more = timedelta(days=days_more)
    better = [replace(facts, membership=Membership.PREMIUM), replace(facts, waived=tuple(rule.value for rule in Rule))]
    if facts.birth_date is not None and facts.birth_date - more > date.min:
        better.append(replace(facts, birth_date=facts.birth_date - more))
    if facts.licence_valid_until is not None:
        better.append(replace(facts, licence_valid_until=facts.licence_valid_until + more))
    if facts.licence_proved_until is not None:
        better.append(replace(facts, licence_proved_until=facts.licence_proved_until + more))
    if facts.credit is not None:
        better.append(replace(facts, credit=replace(facts.credit, meets=True)))
    for one in better:
        decision = which.decide(one)
        assert {o.rule for o in decision.unmet} <= base
        assert decision.terms.fee_minor <= fee


@settings(max_examples=150)
@given(policies, all_facts())
def test_when_it_says_from_when_then_it_is_met(which: Policy, facts: TrialFacts) -> None:
    for outcome in which.decide(facts).unmet:
        if outcome.eligible_at is None:
            continue
        later = which.decide(replace(facts, starts_at=outcome.eligible_at))
        assert next(o for o in later.rules if o.rule is outcome.rule).met
        just_before = which.decide(replace(facts, starts_at=outcome.eligible_at - timedelta(seconds=1)))
        assert not next(o for o in just_before.rules if o.rule is outcome.rule).met


@settings(max_examples=100)
@given(policies, all_facts())
def test_a_person_lets_pass_only_what_may_be_let_pass(which: Policy, facts: TrialFacts) -> None:
    strict = which.decide(replace(facts, waived=()))
    kind = which.decide(replace(facts, waived=tuple(rule.value for rule in Rule)))
    assert {o.rule for o in kind.unmet} == {o.rule for o in strict.unmet} - WAIVABLE
    assert {o.rule for o in kind.rules if o.waived} == {o.rule for o in strict.unmet} & WAIVABLE


GOOD = TrialFacts(
    now=NOW,
    starts_at=NOW + timedelta(hours=2),
    zone=ZoneInfo("Asia/Shanghai"),
    model="one",
    price_minor=20_000_000,
    birth_date=date(1990, 5, 4),
    licence_valid_until=date(2030, 1, 1),
    membership=Membership.BASIC,
)
YES = CreditFact(threshold=700, meets=True, asked_at=NOW, valid_until=NOW + timedelta(days=9))


@pytest.mark.parametrize(("price", "fee"), [(15_000_000, 9_900), (15_000_001, 14_800), (99_000_000, 19_800)])
def test_guangzhou_takes_a_fee_by_model_and_a_deposit(price: int, fee: int) -> None:
    decision = policy("cn-fee 2018-03").decide(replace(GOOD, price_minor=price))
    assert decision.allowed
    assert (decision.terms.fee_minor, decision.terms.deposit_minor, decision.terms.currency) == (fee, 300_000, "CNY")


def test_a_model_without_a_known_price_pays_as_the_dearest() -> None:
    assert policy("cn-fee 2018-03").decide(replace(GOOD, price_minor=None)).terms.fee_minor == 19_800


@pytest.mark.parametrize(
    ("change", "why"), [({"membership": Membership.PREMIUM}, "membership"), ({"credit": YES}, "credit")]
)
def test_guangzhou_is_free_for_members_or_by_score(change: dict[str, object], why: str) -> None:
    terms = policy("cn-fee 2018-03").decide(replace(GOOD, **change)).terms  # type: ignore[arg-type]
    assert (terms.fee_minor, terms.deposit_minor, terms.free_because) == (0, 0, why)


def test_guangzhou_does_not_insist_on_the_bureau() -> None:
    guangzhou = policy("cn-fee 2018-03")
    assert guangzhou.credit_threshold == 700
    assert not guangzhou.credit_required
    late = replace(YES, valid_until=NOW)
    assert guangzhou.decide(replace(GOOD, credit=late)).terms.fee_minor == 14_800
    assert guangzhou.decide(replace(GOOD, credit=replace(YES, meets=False))).allowed


def test_guangzhou_lends_two_cars_one_after_the_other() -> None:
    long_ago = NOW - timedelta(days=900)
    tried = [EarlierTrial(model=f"m{n}", starts_at=long_ago, standing=Standing.DRIVEN) for n in range(2)]
    guangzhou = policy("cn-fee 2018-03")
    assert guangzhou.decide(replace(GOOD, earlier=tuple(tried[:1]))).allowed
    decision = guangzhou.decide(replace(GOOD, earlier=tuple(tried)))
    assert [o.rule for o in decision.unmet] == [Rule.TRIAL_COUNT]
    assert decision.eligible_at is None
    on_the_road = replace(tried[0], standing=Standing.OPEN)
    assert [o.rule for o in guangzhou.decide(replace(GOOD, earlier=(on_the_road,))).unmet] == [Rule.ONE_AT_A_TIME]


def test_europe_asks_no_bureau_and_lets_a_person_look_at_every_refusal() -> None:
    europe = policy("eu 2026-01")
    assert europe.credit_threshold is None
    assert europe.review is Review.EVERY_REFUSAL
    decision = europe.decide(GOOD)
    assert decision.allowed
    assert (decision.terms.deposit_minor, decision.terms.currency) == (50_000, "EUR")
    assert Rule.CREDIT not in {o.rule for o in decision.rules}


def test_each_market_has_rules_today() -> None:
    assert {one.market for one in POLICIES} == {"cn", "cn-fee", "eu"}
    assert all(policy_for(one.market, NOW).market == one.market for one in POLICIES)


def test_every_market_verifies_licences_now() -> None:
    for market in sorted({one.market for one in POLICIES}):
        today = policy_for(market, datetime(2026, 11, 27, tzinfo=UTC))
        assert Rule.LICENCE_VERIFIED in {o.rule for o in today.decide(GOOD).unmet}, market


@pytest.mark.parametrize(
    "record", [{}, {"v": 2}, {**to_record(GOOD), "zone": "Mars/Olympus"}, {**to_record(GOOD), "name": "x"}]
)
def test_what_is_not_facts_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(NotFacts):
        from_record(record)


def test_europe_compares_no_face_with_many_and_everywhere_pass_and_code_are_offered() -> None:
    assert policy_for("eu", NOW + timedelta(days=30)).identity == (IdentityMode.PASS_FACE, IdentityMode.PASS_CODE)
    for market in ("cn", "cn-fee"):
        assert policy_for(market, NOW + timedelta(days=30)).identity == tuple(IdentityMode)
    assert all(IdentityMode.PASS_CODE in policy.identity for policy in POLICIES)
