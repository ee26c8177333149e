"""Markets, their versions over time, and what is kept of a decision."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from autosilo.platform.journey.booking.actions import CannotBook
from autosilo.platform.journey.eligibility import actions, queries, scheduled, scheduling
from autosilo.platform.journey.eligibility.models import EligibilityDecision, ScheduledPolicy
from autosilo.platform.journey.eligibility.scheduling import CannotSchedule
from autosilo.platform.journey.trial.queries import length_of
from autosilo.platform.policies import registry
from autosilo.platform.policies.records import from_record
from autosilo.platform.resources.people.models import AuditEntry, Person

FILE = """\
market = "cn"
name = "cn"
version = "2026-04"
valid_from = 2026-03-10T05:00:00Z
currency = "CNY"
trial_hours = 48
review = "on_request"
[[rule]]
kind = "one_at_a_time"
[[rule]]
kind = "model_once"
[[rule]]
kind = "licence"
[[rule]]
kind = "age"
least_years = 40
"""
HOUR = timedelta(hours=1)


@pytest.fixture
def operator(shop):
    return Person.objects.create_user("operator@example.org", None, is_staff=True)


@pytest.fixture
def schedule(shop, operator, django_capture_on_commit_callbacks):
    def do(text=FILE, reason="Spring rules", now=None):
        with django_capture_on_commit_callbacks(execute=True):
            return scheduling.schedule(text=text, reason=reason, by=operator, now=now or shop.now)

    return do


def decide(shop, person, **changes):
    return actions.decide(person=person, car_model=shop.model, site=shop.site, now=shop.now, **changes)


def test_what_was_judged_is_kept_and_gives_the_same_decision_again(shop):
    decision = decide(shop, shop.add_person())
    facts = from_record(decision.facts)
    again = registry.named(decision.policy).decide(facts).as_record()
    assert (again["allowed"], again["rules"], again["terms"]) == (decision.allowed, decision.rules, decision.terms)


def test_facts_say_neither_who_it_is_nor_what_the_licence_is(shop):
    person = shop.add_person()
    said = json.dumps(decide(shop, person).facts)
    for secret in (person.email, person.first_name, person.last_name, person.phone, person.licence.number):
        assert secret not in said


def test_facts_are_forgotten_after_a_while_and_the_decision_stays(shop):
    decision = decide(shop, shop.add_person())
    assert actions.forget_facts(now=shop.now + actions.FACTS_KEPT) == 0
    assert actions.forget_facts(now=shop.now + actions.FACTS_KEPT + HOUR) == 1
    decision.refresh_from_db()
    assert decision.facts is None
    assert decision.rules


def test_guangzhou_decides_without_the_bureau_and_is_free_with_it(shop, fakes):
    shop.site.market = "cn-fee"
    shop.site.save()
    person = shop.add_person(eligible=False)
    decision = decide(shop, person)
    assert decision.allowed
    assert decision.terms == {
        "currency": "CNY",
        "fee_minor": 14_800,
        "deposit_minor": 300_000,
        "free_because": None,
        "most_open": 1,
    }
    assert not fakes.bureau.asked
    assert not queries.needs_consent(person=person, site=shop.site, now=shop.now)
    actions.ask_credit(person=person, site=shop.site, now=shop.now)
    assert decide(shop, person).terms["free_because"] == "credit"


def test_a_price_in_another_currency_is_not_taken_for_one(shop):
    shop.site.market = "eu"
    shop.site.save()
    decision = decide(shop, shop.add_person())
    assert decision.facts["price_minor"] is None
    assert decision.terms["deposit_minor"] == 50_000


def test_a_scheduled_policy_takes_over_at_its_time(shop, schedule):
    schedule()
    person = shop.add_person()
    assert decide(shop, person).policy == "cn 2026-01"
    shop.now += HOUR
    decision = decide(shop, person)
    assert decision.policy == "cn 2026-04"
    assert [rule["rule"] for rule in queries.unmet(decision)] == ["age"]


def test_a_trial_keeps_the_policy_under_which_it_was_made(shop, schedule):
    schedule()
    shop.add_cars(1)
    trial = shop.book(shop.add_person())
    shop.now += 2 * HOUR
    assert registry.policy_for("cn", shop.now).full_name == "cn 2026-04"
    shop.drive_off(trial)
    trial.refresh_from_db()
    assert trial.policy == "cn 2026-01"
    assert length_of(trial) == timedelta(hours=72)
    assert trial.due_at - trial.handed_over_at == timedelta(hours=72)
    older = shop.add_person(birth_date=date(1960, 1, 1))
    shop.add_cars(1)
    assert length_of(shop.book(older, start=shop.now)) == timedelta(hours=48)
    with pytest.raises(CannotBook):
        shop.book(shop.add_person(), start=shop.now)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": "nonsense"}, "unreadable"),
        ({"text": FILE.replace("least_years = 40", "least_years = 4")}, "unreadable"),
        ({"text": FILE.replace("05:00:00Z", "04:04:59Z")}, "too_soon"),
        ({"text": FILE.replace("2026-04", "2026-01")}, "version_known"),
        ({"reason": " "}, "reason_missing"),
    ],
)
def test_what_cannot_be_scheduled(schedule, change, reason):
    with pytest.raises(CannotSchedule) as caught:
        schedule(**change)
    assert caught.value.reason == reason
    assert not ScheduledPolicy.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_version_and_a_beginning_are_there_once(schedule):
    schedule()
    for text, reason in ((FILE, "version_known"), (FILE.replace("2026-04", "2026-05"), "date_taken")):
        with pytest.raises(CannotSchedule) as caught:
            schedule(text=text)
        assert caught.value.reason == reason


def test_one_is_withdrawn_before_it_holds_and_not_after(shop, operator, schedule, django_capture_on_commit_callbacks):
    row = schedule()
    with django_capture_on_commit_callbacks(execute=True):
        scheduling.withdraw(row=row, reason="A mistake", by=operator, now=shop.now)
    assert registry.policy_for("cn", shop.now + HOUR).full_name == "cn 2026-01"
    with pytest.raises(CannotSchedule, match="This policy was withdrawn"):
        scheduling.withdraw(row=row, reason="A mistake", by=operator, now=shop.now)
    later = schedule(text=FILE.replace("2026-04", "2026-06"))
    with pytest.raises(CannotSchedule) as caught:
        scheduling.withdraw(row=later, reason="Late", by=operator, now=shop.now + 58 * timedelta(minutes=1))
    assert caught.value.reason == "holds_already"
    assert list(AuditEntry.objects.values_list("action", flat=True).order_by("id")) == [
        "policy_scheduled",
        "policy_withdrawn",
        "policy_scheduled",
    ]


def test_a_file_that_no_release_can_read_any_more_is_left_out(shop, schedule):
    row = schedule()
    ScheduledPolicy.objects.filter(pk=row.pk).update(text="market = 7")
    scheduled.forget()
    assert registry.policy_for("cn", shop.now + HOUR).full_name == "cn 2026-01"


def test_what_would_have_changed(shop, schedule):
    for birth_date in (date(1960, 1, 1), date(1990, 1, 1), date(1995, 1, 1)):
        decide(shop, shop.add_person(birth_date=birth_date))
    policy = scheduling.parse(FILE)
    found = scheduling.try_on_the_past(policy=policy, since=shop.now - HOUR, market="cn", most=100)
    assert (found.judged, found.same, found.newly_refused) == (3, 1, 2)
    assert scheduling.try_on_the_past(policy=policy, since=shop.now - HOUR, market="eu", most=100).judged == 0
    assert scheduling.try_on_the_past(policy=policy, since=shop.now + HOUR, most=100).judged == 0
    assert scheduling.try_on_the_past(policy=policy, since=shop.now - HOUR, most=2).judged == 2


def test_what_cannot_be_read_any_more_is_passed_over(shop):
    decide(shop, shop.add_person())
    EligibilityDecision.objects.update(facts={"v": 99})
    found = scheduling.try_on_the_past(policy=scheduling.parse(FILE), since=datetime(2020, 1, 1, tzinfo=UTC), most=9)
    assert found.judged == 0


def test_the_past_is_read_at_one_cost(shop, django_assert_num_queries):
    person = shop.add_person()
    for _ in range(30):
        shop.now += 2 * timedelta(minutes=1)
        decide(shop, person)
    with django_assert_num_queries(1):
        assert len(list(queries.past(since=shop.now - 9 * HOUR, market=None, most=100))) == 30
