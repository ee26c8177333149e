"""May this shopper drive this car: what is asked of the bureau, what is kept, and what is said."""

from datetime import date, timedelta

import pytest

from autosilo.platform.journey.eligibility import actions, queries
from autosilo.platform.journey.eligibility.actions import CannotDecide
from autosilo.platform.journey.eligibility.bureau_client import BureauFailure
from autosilo.platform.journey.eligibility.consent_text import VERSION, text
from autosilo.platform.journey.eligibility.models import CreditCheck, EligibilityDecision
from autosilo.platform.resources.people.actions import save_details

DAY = timedelta(days=1)


@pytest.fixture
def person(shop):
    person = shop.add_person()
    person.credit_checks.all().delete()
    return person


def decide(shop, person, *, consent=True):
    return actions.decide(person=person, car_model=shop.model, site=shop.site, now=shop.now, credit_consent=consent)


def test_every_rule_is_shown_and_the_score_is_nowhere(shop, person, fakes):
    decision = decide(shop, person)
    assert decision.allowed
    assert decision.policy == "cn 2026-01"
    assert {rule["rule"] for rule in decision.rules} >= {"credit", "membership", "licence", "trial_count"}
    assert {field.name for field in CreditCheck._meta.fields} == {
        "id",
        "person",
        "consent_text",
        "threshold",
        "meets",
        "asked_at",
        "valid_until",
    }
    assert CreditCheck.objects.get().consent_text == VERSION


def test_a_page_that_is_looked_at_again_leaves_one_record(shop, person, fakes):
    first = decide(shop, person)
    shop.now += timedelta(seconds=40)
    assert decide(shop, person) == first
    person.licence.expires_on = shop.now.date()
    person.licence.save()
    changed = decide(shop, person)
    assert changed != first
    assert not changed.allowed
    shop.now += timedelta(seconds=61)
    assert decide(shop, person) not in (first, changed)
    assert EligibilityDecision.objects.count() == 3


def test_the_bureau_is_asked_once_while_its_answer_is_valid(shop, person, fakes):
    decide(shop, person)
    decide(shop, person, consent=False)
    assert len(fakes.bureau.asked) == 1
    shop.now += 31 * DAY
    decide(shop, person)
    assert len(fakes.bureau.asked) == 2


def test_nobody_is_asked_about_without_consent(shop, person, fakes):
    with pytest.raises(CannotDecide) as caught:
        decide(shop, person, consent=False)
    assert caught.value.reason == "consent_needed"
    assert not fakes.bureau.asked
    assert queries.needs_consent(person=person, site=shop.site, now=shop.now)


def test_a_low_score_may_be_asked_about_again_after_a_day(shop, person, fakes):
    person.licence.number = "LOW1"
    person.licence.save()
    decision = decide(shop, person)
    assert [rule["rule"] for rule in queries.unmet(decision)] == ["credit"]
    person.licence.number = "310100001"
    person.licence.save()
    assert not decide(shop, person).allowed
    shop.now += DAY
    assert decide(shop, person).allowed
    assert len(fakes.bureau.asked) == 2


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("timeout", "bureau_unavailable"),
        ("bad_reply", "bureau_unavailable"),
        ("unknown_person", "bureau_unknown_person"),
    ],
)
def test_a_bureau_without_an_answer(shop, person, fakes, kind, reason):
    fakes.bureau.failure = BureauFailure(kind, permanent=False)
    with pytest.raises(CannotDecide) as caught:
        decide(shop, person)
    assert caught.value.reason == reason
    assert not CreditCheck.objects.exists()
    assert not EligibilityDecision.objects.exists()


def test_details_come_first(shop, person):
    person.licence.delete()
    person.phone = ""
    person.save()
    with pytest.raises(CannotDecide) as caught:
        decide(shop, person)
    assert caught.value.detail["missing"] == ["phone", "licence_number", "licence_expires_on"]


def test_an_expired_licence_is_a_reason(shop, person):
    person.licence.expires_on = (shop.now + DAY).date()
    person.licence.save()
    assert [rule["rule"] for rule in queries.unmet(decide(shop, person))] == ["licence"]


def test_five_trials_in_two_months(shop, person):
    decide(shop, person)
    for number in range(5):
        model = shop.add_model(f"model-{number}")
        shop.add_cars(1, model=model)
        shop.bring_back(shop.drive_off(shop.book(person, car_model=model, paint=model.paints.get(code="white"))))
    decision = decide(shop, person)
    (rule,) = queries.unmet(decision)
    assert (rule["rule"], rule["detail"]["counted"]) == ("trial_count", 5)
    assert rule["eligible_at"] > shop.now.isoformat()


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_the_consent_is_there_in_some_words(language):
    assert text(language)


@pytest.mark.parametrize(
    "change", [{"licence_number": "310199"}, {"family_name": "Wu"}, {"birth_date": date(1991, 1, 1)}]
)
def test_an_answer_about_somebody_else_is_no_answer(shop, person, fakes, change):
    details = {
        "given_name": person.first_name,
        "family_name": person.last_name,
        "birth_date": person.birth_date,
        "phone": person.phone,
        "licence_number": person.licence.number,
        "licence_expires_on": person.licence.expires_on,
    }
    decide(shop, person)
    shop.now += timedelta(minutes=1)
    save_details(person=person, **details | {"phone": "+86 139 1111 1111"}, now=shop.now)
    decide(shop, person, consent=False)
    save_details(person=person, **details | change, now=shop.now)
    with pytest.raises(CannotDecide) as caught:
        decide(shop, person, consent=False)
    assert caught.value.reason == "consent_needed"
    decide(shop, person)
    assert len(fakes.bureau.asked) == 2
