"""Reads about who may drive."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from autosilo.platform.journey.eligibility.models import CreditCheck, EligibilityDecision, Review, ScheduledPolicy
from autosilo.platform.journey.eligibility.states import ReviewState
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import ACTIVE, NOT_DRIVEN
from autosilo.platform.kit.prepared import Given, Prepared
from autosilo.platform.policies.facts import CreditFact, EarlierTrial, Membership, Standing, TrialFacts
from autosilo.platform.policies.policy import WAIVABLE
from autosilo.platform.policies.records import NotFacts, from_record
from autosilo.platform.policies.registry import everything, policy_for
from autosilo.platform.policies.trying import Past
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.licences.queries import licence_with_proof, proved_until
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.queries import membership_of, tier_by
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import zone_of

_LATEST = Prepared(
    lambda: EligibilityDecision.objects.filter(person=Given("person"), car_model=Given("model")).order_by("-at", "-pk")[
        :1
    ]
)


def credit_check(*, person: Person, threshold: int, now: datetime) -> CreditCheck | None:
    """The latest answer to exactly this question that is still valid, and is about who the person now says to be."""
    answers = CreditCheck.objects.filter(person=person, threshold=threshold, valid_until__gt=now)
    return answers.filter(asked_at__gte=F("person__licence__stated_at")).first()


def needs_consent(*, person: Person, site: Site, now: datetime) -> bool:
    """Must the shopper be asked for consent before a decision, since the bureau has to be asked?"""
    policy = policy_for(site.market, now)
    threshold = policy.credit_threshold
    if threshold is None or not policy.credit_required:
        return False
    return credit_check(person=person, threshold=threshold, now=now) is None


def latest(*, person: Person, car_model: CarModel) -> EligibilityDecision | None:
    return _LATEST.one(person=person.pk, model=car_model.pk)


def same(one: EligibilityDecision, other: EligibilityDecision) -> bool:
    """Do they say the same under the same rules: every rule's outcome, the facts told with it, and the terms?"""
    return (one.policy, one.allowed, one.rules, one.terms) == (other.policy, other.allowed, other.rules, other.terms)


def unmet(decision: EligibilityDecision) -> list[dict[str, Any]]:
    """The rules that were not met, as recorded."""
    return [rule for rule in decision.rules if not rule["met"]]


def facts_of(
    *,
    person: Person,
    car_model: CarModel,
    site: Site,
    starts_at: datetime,
    check: CreditCheck | None,
    currency: str,
    now: datetime,
) -> TrialFacts:
    """Everything that a market rule may know. Four queries. A price in another currency than the rules' is unknown."""
    licence, membership = licence_with_proof(person=person), membership_of(person=person)
    zone = zone_of(site)
    until = membership.until if membership else None
    return TrialFacts(
        now=now,
        starts_at=starts_at,
        zone=zone,
        model=car_model.pk,
        birth_date=person.birth_date,
        licence_valid_until=licence.expires_on if licence else None,
        membership=Membership(tier_by(membership, now=now)) if membership else None,
        membership_until=until.astimezone(zone).date() if until else None,
        credit=_credit(check),
        earlier=earlier_trials(person),
        price_minor=car_model.price_minor if car_model.currency == currency else None,
        waived=waived(person=person, car_model=car_model, site=site, now=now),
        licence_proved_until=proved_until(licence),
    )


def waived(*, person: Person, car_model: CarModel, site: Site, now: datetime) -> tuple[str, ...]:
    """The rules that a person let pass for this model in this market, while that holds."""
    passed = Review.objects.filter(
        person=person,
        car_model=car_model,
        site__market=site.market,
        state=ReviewState.OVERTURNED,
        book_until__gt=now,
    ).values_list("decision__rules", flat=True)
    return tuple(sorted({rule["rule"] for rules in passed for rule in rules if not rule["met"]} & WAIVABLE))


def review_of(*, person: Person, car_model: CarModel) -> Review | None:
    """The open one, else the latest."""
    found = Review.objects.filter(person=person, car_model=car_model).select_related("site", "decision")
    return found.filter(state=ReviewState.OPEN).first() or found.order_by("-decided_at").first()


def open_reviews() -> QuerySet[Review]:
    """What waits for a person, the soonest due first."""
    return _reviews().filter(state=ReviewState.OPEN).order_by("due_at", "pk")


def decided_reviews() -> QuerySet[Review]:
    """The latest first."""
    return _reviews().exclude(state=ReviewState.OPEN).order_by("-decided_at", "pk")


def review(review_id: UUID) -> Review | None:
    return _reviews().filter(pk=review_id).first()


def _reviews() -> QuerySet[Review]:
    return Review.objects.select_related("person", "car_model", "site", "decision", "decided_by")


def scheduled_rows() -> QuerySet[ScheduledPolicy]:
    return ScheduledPolicy.objects.select_related("added_by")


def past(*, since: datetime, market: str | None, most: int) -> Iterator[Past]:
    """The newest ``most`` decisions whose facts are still kept; those that cannot be read are passed over."""
    rows = EligibilityDecision.objects.filter(at__gte=since, facts__isnull=False).order_by("-at")
    if market is not None:
        rows = rows.filter(policy__in=[policy.full_name for policy in everything() if policy.market == market])
    for row in rows[:most].iterator(chunk_size=500):
        try:
            facts = from_record(row.facts or {})
        except NotFacts:
            continue
        reasons = tuple(rule["rule"] for rule in unmet(row))
        yield Past(facts=facts, policy=row.policy, allowed=row.allowed, unmet=reasons, terms=row.terms)


def _credit(check: CreditCheck | None) -> CreditFact | None:
    if check is None:
        return None
    return CreditFact(
        threshold=check.threshold, meets=check.meets, asked_at=check.asked_at, valid_until=check.valid_until
    )


def earlier_trials(person: Person) -> tuple[EarlierTrial, ...]:
    return as_earlier(Trial.objects.filter(person=person))


def as_earlier(trials: QuerySet[Trial]) -> tuple[EarlierTrial, ...]:
    """These bookings as a rule may know them."""
    rows = trials.values_list("car_model", "handed_over_at", "slot_start", "state")
    return tuple(
        EarlierTrial(model=model, starts_at=handed_over_at or slot_start, standing=standing_of(state))
        for model, handed_over_at, slot_start, state in rows
    )


def standing_of(state: str) -> Standing:
    if state in ACTIVE:
        return Standing.OPEN
    return Standing.NOT_DRIVEN if state in NOT_DRIVEN else Standing.DRIVEN
