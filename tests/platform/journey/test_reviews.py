"""A person looks at a refusal."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from autosilo.platform.journey.booking.actions import CannotBook
from autosilo.platform.journey.eligibility import actions, queries, reviewing
from autosilo.platform.journey.eligibility.models import EligibilityDecision, Review
from autosilo.platform.journey.eligibility.reviewing import CannotAskForReview, CannotDecideReview
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.people.models import AuditEntry, Person

REASON = "The membership was paid for; the payment came late."


@pytest.fixture
def person(shop):
    """Not a premium member; the bureau's answer is there."""
    person = shop.add_person()
    person.membership.tier = "basic"
    person.membership.save()
    return person


@pytest.fixture
def operator(shop):
    return Person.objects.create_user("operator@example.org", None, is_staff=True)


def decide(shop, person, **changes):
    wish = {"car_model": shop.model, "site": shop.site} | changes
    return actions.decide(person=person, now=shop.now, **wish)


def ask(shop, person, words="I paid yesterday."):
    decision = decide(shop, person)
    return reviewing.ask(person=person, decision=decision, site=shop.site, words=words, now=shop.now)


def test_a_shopper_asks_and_is_told_until_when(shop, person):
    review = ask(shop, person)
    assert review.due_at == shop.now + reviewing.REVIEW_WITHIN
    assert review.decision.policy == "cn 2026-01"
    assert not review.by_policy
    letter = Notice.objects.get(kind="review_asked")
    assert "2026-03-13 12:00" in letter.body
    assert list(queries.open_reviews()) == [review]


def test_one_review_at_a_time_for_a_model(shop, person):
    ask(shop, person)
    with pytest.raises(CannotAskForReview) as caught:
        ask(shop, person)
    assert caught.value.reason == "open_already"


def test_there_is_nothing_to_look_at_when_it_is_a_yes(shop):
    with pytest.raises(CannotAskForReview) as caught:
        ask(shop, shop.add_person())
    assert caught.value.reason == "allowed"


def test_nobody_asks_about_another(shop, person):
    decision = decide(shop, person)
    with pytest.raises(CannotAskForReview) as caught:
        reviewing.ask(person=shop.add_person(), decision=decision, site=shop.site, words="", now=shop.now)
    assert caught.value.reason == "not_yours"


def test_a_decision_that_changed_meanwhile_is_read_again(shop, person):
    decision = decide(shop, person)
    person.membership.tier = "premium"
    person.membership.save()
    assert decide(shop, person).allowed
    with pytest.raises(CannotAskForReview) as caught:
        reviewing.ask(person=person, decision=decision, site=shop.site, words="", now=shop.now)
    assert caught.value.reason == "outdated"


def test_overturned_lets_the_shopper_book_for_a_while(shop, person, operator):
    shop.add_cars(1)
    with pytest.raises(CannotBook):
        shop.book(person)
    review = ask(shop, person)
    reviewing.decide(review=review, overturn=True, reason=REASON, by=operator, now=shop.now)
    decision = decide(shop, person)
    assert decision.allowed
    assert [rule["rule"] for rule in decision.rules if rule.get("waived")] == ["membership"]
    assert Notice.objects.get(kind="review_overturned").body.count(REASON) == 1
    assert shop.book(person).policy == "cn 2026-01"


def test_what_was_let_pass_holds_for_this_model_and_this_while(shop, person, operator):
    other = shop.add_model("nio-et5")
    review = ask(shop, person)
    reviewing.decide(review=review, overturn=True, reason=REASON, by=operator, now=shop.now)
    assert not decide(shop, person, car_model=other).allowed
    europe = shop.add_site("berlin")
    europe.market = "cn-fee"
    europe.save()
    assert queries.waived(person=person, car_model=shop.model, site=europe, now=shop.now) == ()
    shop.now += reviewing.BOOK_WITHIN - timedelta(seconds=1)
    assert decide(shop, person).allowed
    shop.now += timedelta(seconds=1)
    assert not decide(shop, person).allowed


def test_other_rules_are_asked_all_the_same(shop, person, operator):
    reviewing.decide(review=ask(shop, person), overturn=True, reason=REASON, by=operator, now=shop.now)
    person.licence.expires_on = shop.now.date()
    person.licence.save()
    assert [rule["rule"] for rule in queries.unmet(decide(shop, person))] == ["licence"]


def test_upheld_is_written_with_its_reason_and_may_be_asked_again(shop, person, operator):
    review = reviewing.decide(review=ask(shop, person), overturn=False, reason=REASON, by=operator, now=shop.now)
    assert review.state == "upheld"
    assert REASON in Notice.objects.get(kind="review_upheld").body
    assert not decide(shop, person).allowed
    assert ask(shop, person).pk != review.pk


def test_what_was_done_stands_in_the_audit_trail(shop, person, operator):
    review = reviewing.decide(review=ask(shop, person), overturn=True, reason=REASON, by=operator, now=shop.now)
    entry = AuditEntry.objects.get(action="review_decided")
    assert (entry.actor, entry.target) == (operator, f"review {review.pk}")
    assert entry.detail == {"outcome": "overturned", "reason": REASON, "rules": "membership"}
    (change,) = review.changes.all()
    assert (change.source, change.target, change.by) == ("open", "overturned", f"operator {operator.pk}")


@pytest.mark.parametrize("reason", ["", "   ", "no"])
def test_no_reason_no_decision(shop, person, operator, reason):
    with pytest.raises(CannotDecideReview) as caught:
        reviewing.decide(review=ask(shop, person), overturn=False, reason=reason, by=operator, now=shop.now)
    assert caught.value.reason == "reason_missing"


def test_it_is_decided_once(shop, person, operator):
    review = ask(shop, person)
    stale = Review.objects.get(pk=review.pk)
    reviewing.decide(review=review, overturn=False, reason=REASON, by=operator, now=shop.now)
    with pytest.raises(CannotDecideReview) as caught:
        reviewing.decide(review=stale, overturn=True, reason=REASON, by=operator, now=shop.now)
    assert caught.value.reason == "decided"
    assert AuditEntry.objects.filter(action="review_decided").count() == 1


def test_a_licence_is_never_let_pass(shop, person, operator):
    person.licence.expires_on = shop.now.date()
    person.licence.save()
    review = ask(shop, person)
    assert reviewing.waivable(review) == ["membership"]
    with pytest.raises(CannotDecideReview) as caught:
        reviewing.decide(review=review, overturn=True, reason=REASON, by=operator, now=shop.now)
    assert caught.value.reason == "nothing_to_let_pass"
    reviewing.decide(review=review, overturn=False, reason=REASON, by=operator, now=shop.now)


def test_in_europe_a_person_looks_at_every_refusal_once(shop, operator):
    shop.site.market = "eu"
    shop.site.save()
    person = shop.add_person()
    person.licence.expires_on = shop.now.date()
    person.licence.save()
    decide(shop, person)
    shop.now += timedelta(hours=1)
    decide(shop, person)
    review = Review.objects.get()
    assert review.by_policy
    assert not Notice.objects.exists()
    reviewing.decide(review=review, overturn=False, reason=REASON, by=operator, now=shop.now)
    shop.now += timedelta(hours=1)
    decide(shop, person)
    assert Review.objects.count() == 1
    person.birth_date = shop.now.date() - timedelta(days=3000)
    person.save()
    decide(shop, person)
    assert Review.objects.count() == 2


def test_in_china_nobody_looks_unasked(shop, person):
    decide(shop, person)
    assert not Review.objects.exists()


def test_the_database_wants_a_reason(shop, person):
    review = ask(shop, person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state="upheld", decided_at=shop.now)


def test_with_the_person_everything_goes(shop, person):
    ask(shop, person)
    person.delete()
    assert not Review.objects.exists()
    assert not EligibilityDecision.objects.exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("overturn", [True, False])
def test_every_letter_reads_well(shop, operator, language, overturn):
    person = shop.add_person(language=language)
    person.membership.tier = "basic"
    person.membership.save()
    reviewing.decide(review=ask(shop, person), overturn=overturn, reason=REASON, by=operator, now=shop.now)
    letters = list(Notice.objects.all())
    assert len(letters) == 2
    for letter in letters:
        assert "{" not in letter.subject + letter.body
        assert ("您" in letter.body) == (language == "zh-hans")
        assert f"/book/{shop.model.slug}" in letter.body
