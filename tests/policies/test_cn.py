"""China 2026-01, rule by rule."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosilo.platform.policies.decision import Decision, Remedy, Rule, RuleOutcome
from autosilo.platform.policies.facts import CreditFact, EarlierTrial, Membership, Standing, TrialFacts
from autosilo.platform.policies.registry import NoPolicy, decide, named, policy_for

CN_2026_01 = named("cn 2026-01")
assert CN_2026_01 is not None
MOST_TRIALS = 5
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
GOOD = TrialFacts(
    now=NOW,
    starts_at=NOW + timedelta(hours=2),
    zone=SHANGHAI,
    model="byd-seal",
    birth_date=date(1990, 5, 4),
    licence_valid_until=date(2030, 1, 1),
    membership=Membership.PREMIUM,
    credit=CreditFact(threshold=700, meets=True, asked_at=NOW, valid_until=NOW + timedelta(days=30)),
)


def outcome(facts: TrialFacts, rule: Rule) -> RuleOutcome:
    return next(o for o in CN_2026_01.decide(facts).rules if o.rule is rule)


def driven(*days: date, model: str = "other") -> tuple[EarlierTrial, ...]:
    return tuple(
        EarlierTrial(
            model=f"{model}-{n}",
            starts_at=datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI),
            standing=Standing.DRIVEN,
        )
        for n, day in enumerate(days)
    )


def test_a_good_shopper_may_drive_and_sees_every_rule() -> None:
    decision = CN_2026_01.decide(GOOD)
    assert decision.allowed
    assert (decision.policy, decision.version) == ("cn", "2026-01")
    assert [o.rule for o in decision.rules] == [rule for rule in Rule if rule is not Rule.LICENCE_VERIFIED]
    assert all(o.met and o.remedy is None for o in decision.rules)


def test_every_unmet_rule_is_told_at_once() -> None:
    nobody = replace(GOOD, birth_date=None, licence_valid_until=None, membership=None, credit=None)
    decision = CN_2026_01.decide(nobody)
    assert {o.rule for o in decision.unmet} == {Rule.CREDIT, Rule.MEMBERSHIP, Rule.LICENCE, Rule.AGE}
    assert all(o.remedy for o in decision.unmet)
    assert decision.eligible_at is None


def test_a_decision_can_be_kept_as_json() -> None:
    record = CN_2026_01.decide(replace(GOOD, birth_date=date(2010, 1, 1))).as_record()
    assert json.loads(json.dumps(record)) == record
    assert record["rules"][-1]["eligible_at"] == "2027-12-31T16:00:00+00:00"


def test_an_unmet_rule_never_repeats_the_birth_date() -> None:
    assert "2010" not in json.dumps(outcome(replace(GOOD, birth_date=date(2010, 7, 3)), Rule.AGE).detail)


@pytest.mark.parametrize(
    ("change", "state", "remedy"),
    [
        ({"meets": False}, "below", Remedy.RAISE_CREDIT),
        ({"valid_until": NOW}, "expired", Remedy.ASK_CREDIT),
        ({"threshold": 650}, "unknown", Remedy.ASK_CREDIT),
    ],
)
def test_credit_needs_a_valid_answer_to_our_question(change: dict, state: str, remedy: Remedy) -> None:
    assert GOOD.credit is not None
    judged = outcome(replace(GOOD, credit=replace(GOOD.credit, **change)), Rule.CREDIT)
    assert not judged.met
    assert judged.detail["state"] == state
    assert judged.remedy is remedy


def test_no_answer_is_not_a_yes() -> None:
    assert outcome(replace(GOOD, credit=None), Rule.CREDIT).detail["state"] == "unknown"


@pytest.mark.parametrize("held", [Membership.BASIC, None])
def test_membership_must_be_premium(held: Membership | None) -> None:
    assert not outcome(replace(GOOD, membership=held), Rule.MEMBERSHIP).met


def test_membership_must_last_to_the_hand_over() -> None:
    assert outcome(replace(GOOD, membership_until=date(2026, 11, 20)), Rule.MEMBERSHIP).met
    assert not outcome(replace(GOOD, membership_until=date(2026, 11, 19)), Rule.MEMBERSHIP).met


def test_a_licence_must_last_through_the_return_by_the_sites_calendar() -> None:
    # 17:00 UTC on the 20th is 01:00 on the 21st in Shanghai; 72 h later it is the 24th there.
    late = replace(GOOD, starts_at=datetime(2026, 11, 20, 17, tzinfo=UTC))
    assert outcome(replace(late, licence_valid_until=date(2026, 11, 24)), Rule.LICENCE).met
    assert not outcome(replace(late, licence_valid_until=date(2026, 11, 23)), Rule.LICENCE).met


def test_coming_of_age_is_a_matter_of_waiting() -> None:
    young = replace(GOOD, birth_date=date(2008, 11, 22))
    decision = CN_2026_01.decide(young)
    assert decision.eligible_at == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert CN_2026_01.decide(replace(young, starts_at=decision.eligible_at)).allowed


@pytest.mark.parametrize(
    ("standing", "one", "once"),
    [(Standing.OPEN, False, False), (Standing.DRIVEN, True, False), (Standing.NOT_DRIVEN, True, True)],
)
def test_an_earlier_trial_of_the_model(standing: Standing, one: bool, once: bool) -> None:
    facts = replace(
        GOOD, earlier=(EarlierTrial(model="byd-seal", starts_at=NOW - timedelta(days=9), standing=standing),)
    )
    assert outcome(facts, Rule.ONE_AT_A_TIME).met is one
    assert outcome(facts, Rule.MODEL_ONCE).met is once


def test_another_model_is_free_to_try() -> None:
    assert outcome(replace(GOOD, earlier=driven(date(2026, 11, 1))), Rule.MODEL_ONCE).met


def test_the_fifth_trial_is_allowed_and_the_sixth_waits() -> None:
    starts = [date(2026, 10, d) for d in (1, 5, 9, 13, 17)]
    assert CN_2026_01.decide(replace(GOOD, earlier=driven(*starts[:4]))).allowed
    decision = CN_2026_01.decide(replace(GOOD, earlier=driven(*starts)))
    assert {o.rule for o in decision.unmet} == {Rule.TRIAL_COUNT}
    assert decision.eligible_at == datetime(2026, 11, 30, 16, tzinfo=UTC)  # 1 December in Shanghai


def test_bookings_that_came_to_nothing_do_not_count() -> None:
    lost = tuple(replace(trial, standing=Standing.NOT_DRIVEN) for trial in driven(*[date(2026, 11, 1)] * 9))
    assert outcome(replace(GOOD, earlier=lost), Rule.TRIAL_COUNT).detail["counted"] == 0


def test_the_window_is_counted_in_the_sites_zone() -> None:
    # 17:00 UTC on 20 September is the 21st in Shanghai (inside the window of 20 November), the 20th in London.
    edge = EarlierTrial(model="x", starts_at=datetime(2026, 9, 20, 17, tzinfo=UTC), standing=Standing.DRIVEN)
    facts = replace(GOOD, earlier=(edge,))
    assert outcome(facts, Rule.TRIAL_COUNT).detail["counted"] == 1
    london = replace(facts, zone=ZoneInfo("Europe/London"))
    assert outcome(london, Rule.TRIAL_COUNT).detail["counted"] == 0


def _two_months_back(day: date) -> date:
    """Independent of the code under test: walk back day by day to the same day number, or the month's last."""
    month = (day.year * 12 + day.month - 1) - 2
    cursor = day
    while (cursor.year * 12 + cursor.month - 1) > month:
        cursor -= timedelta(days=1)
    while cursor.day > day.day:
        cursor -= timedelta(days=1)
    return cursor


def _oracle_allows(day: date, earlier: list[date]) -> bool:
    back = _two_months_back(day)
    inside = 0
    cursor = back + timedelta(days=1)
    while cursor <= day:
        inside += earlier.count(cursor)
        cursor += timedelta(days=1)
    return inside + 1 <= 5


@settings(max_examples=150, deadline=None)
@given(
    start=st.dates(min_value=date(2027, 1, 1), max_value=date(2029, 12, 31)),
    ago=st.lists(st.integers(min_value=0, max_value=75), max_size=12),
)
def test_the_two_month_window_agrees_with_a_slow_oracle(start: date, ago: list[int]) -> None:
    earlier = [start - timedelta(days=n) for n in ago]
    at = datetime(start.year, start.month, start.day, 12, tzinfo=SHANGHAI)
    facts = replace(GOOD, now=at, starts_at=at, earlier=driven(*earlier))
    judged = outcome(facts, Rule.TRIAL_COUNT)
    assert judged.met is _oracle_allows(start, earlier)
    if judged.met:
        assert judged.eligible_at is None
        return
    day = start
    while not _oracle_allows(day, earlier):
        day += timedelta(days=1)
    assert judged.eligible_at is not None
    assert judged.eligible_at.astimezone(SHANGHAI) == datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


@given(st.integers(min_value=0, max_value=MOST_TRIALS * 2))
def test_allowed_means_exactly_that_nothing_is_unmet(count: int) -> None:
    decision: Decision = CN_2026_01.decide(replace(GOOD, earlier=driven(*[date(2026, 11, 1)] * count)))
    assert decision.allowed is (not decision.unmet)


def test_naive_datetimes_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(GOOD, now=datetime(2026, 1, 1))  # noqa: DTZ001  the naive value is the point


def test_the_registry_knows_markets_and_times() -> None:
    assert policy_for("cn", NOW) is CN_2026_01
    assert decide(GOOD, market="cn").allowed
    with pytest.raises(NoPolicy):
        policy_for("mars", NOW)
    with pytest.raises(NoPolicy):
        policy_for("cn", datetime(2025, 12, 31, tzinfo=UTC))


CN_2026_11 = named("cn 2026-11")
PROVEN = replace(GOOD, licence_proved_until=date(2030, 1, 1))


def test_nobody_drives_on_their_word_alone() -> None:
    assert CN_2026_11 is not None
    assert [o.rule for o in CN_2026_11.decide(PROVEN).rules] == list(Rule)
    assert CN_2026_11.decide(PROVEN).allowed
    refused = CN_2026_11.decide(GOOD)
    assert [(o.rule, o.remedy) for o in refused.unmet] == [(Rule.LICENCE_VERIFIED, Remedy.VERIFY_LICENCE)]
    assert refused.eligible_at is None, "waiting does not help"


def test_a_proof_lasts_through_the_last_day_of_the_trial() -> None:
    assert CN_2026_11 is not None
    ends = PROVEN.local_date(PROVEN.starts_at + CN_2026_11.trial_length)
    for until, met in ((ends, True), (ends - timedelta(days=1), False)):
        outcome = next(
            o
            for o in CN_2026_11.decide(replace(PROVEN, licence_proved_until=until)).rules
            if o.rule is Rule.LICENCE_VERIFIED
        )
        assert outcome.met is met


def test_no_operator_can_let_an_unverified_licence_pass() -> None:
    assert CN_2026_11 is not None
    assert not CN_2026_11.decide(replace(GOOD, waived=tuple(Rule))).allowed
