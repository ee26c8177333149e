"""What a shopper is told about the rules, what it costs, and a person who looks at it."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import translation

from autosilo.platform.journey.eligibility import reviewing
from autosilo.platform.journey.eligibility.consent_text import VERSION
from autosilo.platform.journey.eligibility.models import EligibilityDecision, Review
from autosilo.platform.policies.decision import Remedy, Rule
from autosilo.platform.resources.people.models import Membership, Person
from autosilo.platform.surfaces.shopper import ruling

from .test_every_page import check

PAGE = "/book/byd-seal"


@pytest.fixture
def basic(shop: Any, signed_in: Callable[..., Person]) -> Person:
    """The bureau's answer is good, the membership is not."""
    shop.add_cars(1)
    person = signed_in()
    Membership.objects.update(tier="basic")
    return person


def test_a_refusal_offers_a_person(client: Client, basic: Person, page: Callable[..., str]) -> None:
    assert 'data-testid="review-ask"' in page(PAGE)
    answer = client.post(f"{PAGE}/review", {"site": "shanghai", "words": " I paid. ", "next": PAGE})
    assert answer["Location"] == PAGE
    review = Review.objects.get()
    assert (review.person, review.words, review.site_id) == (basic, "I paid.", "shanghai")
    text = page(PAGE)
    assert 'data-testid="review-open"' in text
    assert "13 Mar" in text
    assert 'data-testid="review-ask"' not in text


def test_asking_twice_asks_once(client: Client, basic: Person, page: Callable[..., str]) -> None:
    page(PAGE)
    for _ in range(2):
        client.post(f"{PAGE}/review", {"site": "shanghai"})
    assert Review.objects.count() == 1


def test_what_the_person_said_is_shown(shop: Any, client: Client, basic: Person, page: Callable[..., str]) -> None:
    page(PAGE)
    client.post(f"{PAGE}/review", {"site": "shanghai"})
    operator = Person.objects.create_user("operator@example.org", None, is_staff=True)
    reason = "No payment is known to us."
    reviewing.decide(review=Review.objects.get(), overturn=False, reason=reason, by=operator, now=shop.now)
    text = page(PAGE)
    assert reason in text
    assert 'data-testid="review-ask"' in text
    client.post(f"{PAGE}/review", {"site": "shanghai"})
    second = Review.objects.get(state="open")
    reviewing.decide(review=second, overturn=True, reason="The payment came.", by=operator, now=shop.now)
    text = page(PAGE)
    assert 'data-testid="decision-yes"' in text
    assert "A person has looked at this and let it pass." in text


def test_only_what_was_decided_can_be_looked_at(client: Client, basic: Person) -> None:
    assert client.post(f"{PAGE}/review", {"site": "shanghai"}).status_code == 404
    assert client.post("/book/unheard-of/review", {"site": "shanghai"}).status_code == 404
    client.get(PAGE)
    assert client.post(f"{PAGE}/review", {"site": "mars"}).status_code == 404
    client.logout()
    assert client.post(f"{PAGE}/review", {"site": "shanghai"})["Location"].startswith("/login")
    assert not Review.objects.exists()


def test_nobody_floods_the_reviewers(client: Client, basic: Person) -> None:
    client.get(PAGE)
    answers = [client.post(f"{PAGE}/review", {"site": "shanghai"}).status_code for _ in range(11)]
    assert answers[-1] == 429


def test_a_fee_and_a_deposit_are_told_before_booking(
    shop: Any, client: Client, page: Callable[..., str], signed_in: Callable[..., Person]
) -> None:
    shop.add_cars(1)
    shop.site.market = "cn-fee"
    shop.site.save()
    signed_in(eligible=False)
    text = page(PAGE)
    assert 'data-testid="decision-yes"' in text
    assert "Fee for the trial: ¥148." in text
    assert "Deposit, given back when the car is: ¥3,000." in text
    assert 'data-testid="terms-bureau"' in text
    client.post("/me/credit", {"consent": VERSION, "site": "shanghai"})
    text = page(PAGE)
    assert 'data-testid="terms-free"' in text
    assert "¥148" not in text


def test_every_page_of_it_is_whole(shop: Any, client: Client, basic: Person) -> None:
    check(client, PAGE)
    client.post(f"{PAGE}/review", {"site": "shanghai"})
    check(client, PAGE)
    shop.site.market = "cn-fee"
    shop.site.save()
    check(client, PAGE)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("months", [2, None])
def test_every_rule_and_remedy_has_words(shop: Any, language: str, months: int | None) -> None:
    detail = {"counted": 5, "most": 5, "months": months, "least_years": 18, "state": "below", "threshold": 700}
    dates = {"valid_until": "2026-01-01", "needed_until": "2026-02-02", "needed": "basic"}
    with translation.override(language):
        for rule in Rule:
            for met in (True, False):
                for remedy in (None, *Remedy):
                    row = {"rule": rule, "met": met, "detail": detail | dates, "remedy": remedy, "eligible_at": None}
                    (said,) = ruling.in_words([row], zone=ZoneInfo("UTC"))
                    assert said.title
                    assert said.text
                    if not met and remedy not in (None, Remedy.WAIT):
                        assert said.help


def test_the_record_keeps_what_was_said(client: Client, basic: Person, page: Callable[..., str]) -> None:
    page(PAGE)
    decision = EligibilityDecision.objects.get()
    assert decision.policy == "cn 2026-01"
    assert decision.facts["membership"] == "basic"
