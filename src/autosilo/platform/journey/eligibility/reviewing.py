"""A person looks at a refusal: asked for by the shopper or by the market's policy, decided by an operator.

Overturning lets what was not met pass for one model in one market, for a while; the decision itself is then made again
by the same rules, with that as a fact.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from autosilo.platform.journey.eligibility import queries
from autosilo.platform.journey.eligibility.models import EligibilityDecision, Review, ReviewChange
from autosilo.platform.journey.eligibility.states import TRANSITIONS, ReviewState
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.kit.states import CannotMove, move
from autosilo.platform.policies.policy import WAIVABLE
from autosilo.platform.resources.notices.actions import notify
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import zone_of

log = structlog.get_logger(__name__)

REVIEW_WITHIN = timedelta(hours=72)
"""The shop's own promise. The laws name no time for this; GDPR, article 12 (3) gives a month for answers in general."""
BOOK_WITHIN = timedelta(days=14)
"""How long what a person let pass holds; the shop's own choice."""
LEAST_REASON = 10
"""Letters. A reason must be one: "no" is none."""


class CannotAskForReview(Refusal):
    messages = {
        "allowed": _("You may drive this car; there is nothing to look at."),
        "open_already": _("A person is looking at this already."),
        "not_yours": _("This decision is about somebody else."),
        "outdated": _("The decision has changed meanwhile. Please read it again."),
    }


class CannotDecideReview(Refusal):
    messages = {
        "decided": _("Somebody has decided this already."),
        "reason_missing": _("Give the shopper a reason, in a sentence."),
        "nothing_to_let_pass": _(
            "This cannot be let pass: licence and age are asked for by law, and one trial at a time and each model "
            "once are kept by the database. If a fact was wrong, have it corrected; the rules are then judged again."
        ),
    }


def ask(*, person: Person, decision: EligibilityDecision, site: Site, words: str, now: datetime) -> Review:
    """The shopper wants a person to look at the latest decision about a model. Raises ``CannotAskForReview``."""
    if decision.person_id != person.pk:
        raise CannotAskForReview("not_yours")
    if decision.allowed:
        raise CannotAskForReview("allowed")
    latest = queries.latest(person=person, car_model=decision.car_model)
    if latest is not None and not queries.same(latest, decision):
        raise CannotAskForReview("outdated")
    with transaction.atomic():
        review = _open(decision, site=site, words=words.strip(), by_policy=False, now=now)
        if review is None:
            raise CannotAskForReview("open_already")
        _write(review, "review_asked", now=now)
    return review


def open_by_policy(*, decision: EligibilityDecision, site: Site, now: datetime) -> Review | None:
    """The market lets a person look at every refusal; None when this very refusal was or is being looked at."""
    reasons = {rule["rule"] for rule in queries.unmet(decision)}
    earlier = Review.objects.filter(person=decision.person_id, car_model=decision.car_model_id)
    for one in earlier.select_related("decision"):
        if one.state == ReviewState.OPEN or {rule["rule"] for rule in queries.unmet(one.decision)} == reasons:
            return None
    return _open(decision, site=site, words="", by_policy=True, now=now)


def decide(*, review: Review, overturn: bool, reason: str, by: Person, now: datetime) -> Review:
    """An operator's word, with a reason, written to the shopper and to the audit trail. Raises
    ``CannotDecideReview``."""
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise CannotDecideReview("reason_missing")
    passed = waivable(review)
    if overturn and set(passed) != {rule["rule"] for rule in queries.unmet(review.decision)}:
        raise CannotDecideReview("nothing_to_let_pass")
    to = ReviewState.OVERTURNED if overturn else ReviewState.UPHELD
    fields: dict[str, Any] = {
        "decided_at": now,
        "decided_by": by,
        "reason": reason[:1000],
        "book_until": now + BOOK_WITHIN if overturn else None,
    }
    with transaction.atomic():
        try:
            move(review, to=to, table=TRANSITIONS, history=ReviewChange, now=now, by=f"operator {by.pk}", **fields)
        except CannotMove as other:
            raise CannotDecideReview("decided") from other
        detail = {"outcome": to.value, "reason": reason, "rules": ", ".join(passed) if overturn else ""}
        audit.record(actor=by, action="review_decided", target=audit.target_of(review), detail=detail, now=now)
        _write(review, f"review_{to.value}", now=now)
    log.info("review decided", review=str(review.pk), outcome=to.value)
    return review


def waivable(review: Review) -> list[str]:
    """The unmet rules that a person may let pass."""
    return [rule["rule"] for rule in queries.unmet(review.decision) if rule["rule"] in WAIVABLE]


def _open(decision: EligibilityDecision, *, site: Site, words: str, by_policy: bool, now: datetime) -> Review | None:
    try:
        with transaction.atomic():
            review = Review.objects.create(
                person_id=decision.person_id,
                car_model_id=decision.car_model_id,
                site=site,
                decision=decision,
                by_policy=by_policy,
                words=words[:1000],
                asked_at=now,
                due_at=now + REVIEW_WITHIN,
            )
    except IntegrityError:  # one is open: the constraint says so, whoever was faster
        return None
    log.info("review asked for", review=str(review.pk), by_policy=by_policy)
    return review


def _write(review: Review, kind: str, *, now: datetime) -> None:
    with override(review.person.language):
        zone = zone_of(review.site)

        def day(moment: datetime | None) -> str:
            return date_format(moment.astimezone(zone), "Y-m-d H:i") if moment else "–"

        context = {
            "given_name": review.person.first_name,
            "model": str(review.car_model),
            "due": day(review.due_at),
            "reason": review.reason,
            "book_until": day(review.book_until),
            "link": f"{settings.WEB_URL}/book/{review.car_model_id}",
        }
        notify(person=review.person, kind=kind, about=review.pk, context=context, now=now)
