"""May this shopper drive this car? Ask the bureau if need be, judge by the market's rules, keep the reasons."""

from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.meter import Part, spent
from autosilo.platform.journey.eligibility import queries, quick, reviewing
from autosilo.platform.journey.eligibility.bureau_client import BureauFailure, CreditBureau, CreditSubject
from autosilo.platform.journey.eligibility.consent_text import VERSION
from autosilo.platform.journey.eligibility.models import CreditCheck, CreditConsent, EligibilityDecision
from autosilo.platform.kit.providers import Socket
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.policies.decision import Rule
from autosilo.platform.policies.policy import Policy
from autosilo.platform.policies.policy import Review as ReviewWhen
from autosilo.platform.policies.records import to_record
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.queries import licence_of, missing_details
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import zone_of

log = structlog.get_logger(__name__)
bureau: Socket[CreditBureau] = Socket("the credit bureau")

ASK_AGAIN_AFTER = timedelta(days=1)
"""A score that was too low may have risen; asking more often than this would only cost."""


SAME_WITHIN = timedelta(minutes=1)

ANSWERS_KEPT = timedelta(days=30)
"""After its validity: so long the page says that it is out of date, rather than that nobody ever asked."""

FACTS_KEPT = timedelta(days=400)
"""A year and a month: long enough to try new rules on every season; then only the decision itself stays."""


class CannotDecide(Refusal):
    """``detail["missing"]``: names of the details that are not there yet."""

    messages = {
        "details_missing": _("Please complete your details and your driving licence first."),
        "consent_needed": _("We need your consent to ask the credit bureau one question."),
        "bureau_unavailable": _("The credit bureau does not answer at the moment. Please try again in a few minutes."),
        "bureau_unknown_person": _("The credit bureau does not know this driving licence. Please check its number."),
    }


def decide(
    *,
    person: Person,
    car_model: CarModel,
    site: Site,
    now: datetime,
    credit_consent: bool = False,
    starts_at: datetime | None = None,
) -> EligibilityDecision:
    """The decision, kept with its reasons, on a trial that starts at ``starts_at`` (``now`` before one is chosen).

    Judged afresh each time. The latest record stands for it when it says the same and is less than ``SAME_WITHIN`` old,
    so that a page that is looked at again leaves one record, not many.

    The bureau is asked only with ``credit_consent``, and only when no valid answer is there; so without it this is
    quick. Raises ``CannotDecide``.
    """
    if credit_consent:
        ask_credit(person=person, site=site, now=now)
    policy = policy_for(site.market, now)
    seeker = _seeker(person, policy, car_model, site, now=now)
    facts = seeker.facts(
        car_model=car_model, currency=policy.currency, starts_at=starts_at or now, zone=zone_of(site), now=now
    )
    record = policy.decide(facts).as_record()
    fresh = EligibilityDecision(
        person=person,
        car_model=car_model,
        policy=policy.full_name,
        allowed=record["allowed"],
        rules=record["rules"],
        terms=record["terms"],
        facts=to_record(facts),
        at=now,
    )
    known = queries.latest(person=person, car_model=car_model)
    if known is not None and timedelta(0) <= now - known.at < SAME_WITHIN and queries.same(known, fresh):
        return known
    if policy.review is ReviewWhen.EVERY_REFUSAL and _is_refusal(fresh):
        with transaction.atomic():
            fresh.save()
            reviewing.open_by_policy(decision=fresh, site=site, now=now)
    else:
        fresh.save()
    log.info("eligibility decided", person=person.pk, model=car_model.pk, allowed=fresh.allowed)
    return fresh


def _is_refusal(decision: EligibilityDecision) -> bool:
    """A licence that nobody has verified yet is a step that the shopper can take: nobody has to look at that alone."""
    return any(rule["rule"] != Rule.LICENCE_VERIFIED for rule in queries.unmet(decision))


def forget_facts(*, now: datetime) -> int:
    """What was judged is kept for ``FACTS_KEPT``; what was decided, and why, stays. Returns how many."""
    return EligibilityDecision.objects.filter(at__lt=now - FACTS_KEPT, facts__isnull=False).update(facts=None)


def forget_answers(*, now: datetime) -> int:
    """A bureau's answer that is not valid any more is of no use after ``ANSWERS_KEPT``; returns how many went."""
    gone, _each = CreditCheck.objects.filter(valid_until__lt=now - ANSWERS_KEPT).delete()
    return gone


def _seeker(person: Person, policy: Policy, car_model: CarModel, site: Site, *, now: datetime) -> quick.Seeker:
    """Where the bureau's answer only makes the terms better, nobody has to agree that it is asked."""
    found = quick.seeker(person=person.pk, policy=policy, car_model=car_model, site=site, now=now)
    if found is None or not found.complete:
        raise CannotDecide("details_missing", missing=missing_details(person=person))
    if policy.credit_threshold is not None and policy.credit_required and found.credit is None:
        raise CannotDecide("consent_needed", version=VERSION)
    return found


def ask_credit(*, person: Person, site: Site, now: datetime) -> CreditCheck | None:
    """With the shopper's consent, ask the bureau the question of the site's market, unless a valid answer is there.

    None where the market does not ask. Raises ``CannotDecide(details_missing | bureau_unavailable | …)``.
    """
    missing = missing_details(person=person)
    if missing:
        raise CannotDecide("details_missing", missing=missing)
    threshold = policy_for(site.market, now).credit_threshold
    return None if threshold is None else _answer(person, threshold, now=now)


@transaction.atomic
def withdraw_consent(*, person: Person, now: datetime) -> bool:
    """The bureau is not asked any more, and its answers are forgotten; False when no consent stood.

    What was decided by then stays as it was decided.
    """
    withdrawn = CreditConsent.objects.filter(person=person, withdrawn_at=None).update(withdrawn_at=now)
    CreditCheck.objects.filter(person=person).delete()
    log.info("credit consent withdrawn", person=person.pk)
    return bool(withdrawn)


def _answer(person: Person, threshold: int, *, now: datetime) -> CreditCheck:
    check = queries.credit_check(person=person, threshold=threshold, now=now)
    stale = check is not None and not check.meets and now - check.asked_at >= ASK_AGAIN_AFTER
    if check is not None and not stale:
        return check
    return _ask(person, threshold, now=now)


def _ask(person: Person, threshold: int, *, now: datetime) -> CreditCheck:
    licence = licence_of(person=person)
    assert licence is not None  # noqa: S101  details are complete here
    assert person.birth_date is not None  # noqa: S101
    subject = CreditSubject(
        name=f"{person.last_name} {person.first_name}", document_number=licence.number, birth_date=person.birth_date
    )
    consent, _made = CreditConsent.objects.get_or_create(
        person=person, text=VERSION, withdrawn_at=None, defaults={"given_at": now}
    )
    consent_id = f"{VERSION}.{consent.pk}"
    try:
        with spent(Part.PROVIDER):
            answer = bureau().meets(subject=subject, threshold=threshold, consent_id=consent_id, request_id=uuid4())
    except BureauFailure as failure:
        log.warning("bureau gave no answer", kind=failure.kind, permanent=failure.permanent)
        reason = "bureau_unknown_person" if failure.kind == "unknown_person" else "bureau_unavailable"
        raise CannotDecide(reason) from failure
    # Valid for as long as the bureau says, counted from our own asking: the demo clock may be ahead of the bureau's.
    return CreditCheck.objects.create(
        person=person,
        consent_text=VERSION,
        threshold=threshold,
        meets=answer.meets,
        asked_at=now,
        valid_until=now + (answer.valid_until - answer.asked_at),
    )
