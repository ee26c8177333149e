"""Reads about who may drive."""

from datetime import datetime
from typing import Any

from django.db.models import F

from autosilo.platform.journey.eligibility.models import CreditCheck, EligibilityDecision
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import ACTIVE, TrialState
from autosilo.platform.policies.facts import CreditFact, EarlierTrial, Membership, Standing, TrialFacts
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.queries import licence_of, membership_of, tier_of
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import zone_of

NOT_DRIVEN = frozenset({TrialState.CANCELLED, TrialState.NO_SHOW})


def credit_check(*, person: Person, threshold: int, now: datetime) -> CreditCheck | None:
    """The latest answer to exactly this question that is still valid, and is about who the person now says to be."""
    answers = CreditCheck.objects.filter(person=person, threshold=threshold, valid_until__gt=now)
    return answers.filter(asked_at__gte=F("person__licence__stated_at")).first()


def needs_consent(*, person: Person, site: Site, now: datetime) -> bool:
    """Must the shopper be asked for consent before a decision, since the bureau has to be asked?"""
    threshold = policy_for(site.market, now).credit_threshold
    return threshold is not None and credit_check(person=person, threshold=threshold, now=now) is None


def latest(*, person: Person, car_model: CarModel) -> EligibilityDecision | None:
    return EligibilityDecision.objects.filter(person=person, car_model=car_model).first()


def same(one: EligibilityDecision, other: EligibilityDecision) -> bool:
    """Do they say the same under the same rules: every rule's outcome, and the facts told with it?"""
    return (one.policy, one.allowed, one.rules) == (other.policy, other.allowed, other.rules)


def unmet(decision: EligibilityDecision) -> list[dict[str, Any]]:
    """The rules that were not met, as recorded."""
    return [rule for rule in decision.rules if not rule["met"]]


def facts_of(
    *, person: Person, car_model: CarModel, site: Site, starts_at: datetime, check: CreditCheck | None, now: datetime
) -> TrialFacts:
    """Everything that a market rule may know. Three queries."""
    licence, membership = licence_of(person=person), membership_of(person=person)
    zone = zone_of(site)
    until = membership.until if membership else None
    return TrialFacts(
        now=now,
        starts_at=starts_at,
        zone=zone,
        model=car_model.pk,
        birth_date=person.birth_date,
        licence_valid_until=licence.expires_on if licence else None,
        membership=Membership(tier_of(person=person, now=now)) if membership else None,
        membership_until=until.astimezone(zone).date() if until else None,
        credit=_credit(check),
        earlier=earlier_trials(person),
    )


def _credit(check: CreditCheck | None) -> CreditFact | None:
    if check is None:
        return None
    return CreditFact(
        threshold=check.threshold, meets=check.meets, asked_at=check.asked_at, valid_until=check.valid_until
    )


def earlier_trials(person: Person) -> tuple[EarlierTrial, ...]:
    rows = Trial.objects.filter(person=person).values_list("car_model", "handed_over_at", "slot_start", "state")
    return tuple(
        EarlierTrial(model=model, starts_at=handed_over_at or slot_start, standing=standing_of(state))
        for model, handed_over_at, slot_start, state in rows
    )


def standing_of(state: str) -> Standing:
    if state in ACTIVE:
        return Standing.OPEN
    return Standing.NOT_DRIVEN if state in NOT_DRIVEN else Standing.DRIVEN
