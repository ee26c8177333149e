"""An operator looks at a photo of the licence, where no wallet shows one; the photo goes with the decision."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.kit.states import CannotMove, move
from autosilo.platform.resources.licences.actions import prove
from autosilo.platform.resources.licences.consent_text import VERSION
from autosilo.platform.resources.licences.models import LicenceReview, LicenceReviewChange
from autosilo.platform.resources.licences.sealing import seal, unseal
from autosilo.platform.resources.licences.states import REVIEW_TRANSITIONS, ReviewState, Way
from autosilo.platform.resources.notices.actions import notify
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import DrivingLicence, Person
from autosilo.platform.resources.people.queries import missing_details
from autosilo.vision.images import CannotRead, as_jpeg, read_image

log = structlog.get_logger(__name__)

PHOTO_KEPT = timedelta(days=7)
"""If nobody looks: the shop's own promise, and what the consent says."""
REVIEWS_KEPT = timedelta(days=400)
"""A decision and its reason, without the photo: as long as the facts of a decision on a trial."""
PHOTO_MAX_SIDE = 2000
"""Pixels: print of two millimetres on a licence of 86 mm that fills the picture is 46 pixels high."""
LEAST_REASON = 10


class CannotAskToLook(Refusal):
    messages = {
        "details_missing": _("Please complete your details and your driving licence first."),
        "consent_missing": _("Please read the consent and tick it first."),
        "unreadable": _("This is not a photo that we can read. Please send a JPEG, PNG or WebP."),
        "open_already": _("A photo of yours waits for an answer already."),
        "none_open": _("There is no photo of yours here any more."),
    }


class CannotDecideLicence(Refusal):
    messages = {
        "decided": _("Somebody has decided this already, or the shopper took the photo back."),
        "own": _("Somebody else has to decide on your own licence."),
        "reason_missing": _("Give the shopper a reason, in a sentence."),
        "expired": _("A licence that has expired cannot be accepted."),
        "changed": _("The shopper has changed their details since the photo was sent. Ask for a new one."),
        "category": _("Say for which vehicles the licence is."),
    }


def ask(*, person: Person, photo: bytes, consent: str, now: datetime) -> LicenceReview:
    """The photo waits for an operator: pixels alone, sealed. Raises ``CannotAskToLook``."""
    if consent != VERSION:
        raise CannotAskToLook("consent_missing")
    if missing_details(person=person):
        raise CannotAskToLook("details_missing")
    try:
        jpeg = as_jpeg(read_image(photo, max_side=PHOTO_MAX_SIDE))
    except CannotRead as error:
        raise CannotAskToLook("unreadable") from error
    review_id = uuid4()
    try:
        with transaction.atomic():
            review = LicenceReview.objects.create(
                id=review_id,
                person=person,
                consent=consent,
                sealed=seal(jpeg, review=review_id),
                asked_at=now,
                lapses_at=now + PHOTO_KEPT,
            )
    except IntegrityError as error:  # the constraint says so, whoever was faster
        raise CannotAskToLook("open_already") from error
    log.info("licence photo sent", review=str(review.pk))
    return review


def withdraw(*, person: Person, now: datetime) -> None:
    """The shopper takes the photo back; it is deleted. Raises ``CannotAskToLook("none_open")``."""
    review = LicenceReview.objects.filter(person=person, state=ReviewState.OPEN).defer("sealed").first()
    if review is None:
        raise CannotAskToLook("none_open")
    try:
        _move(review, ReviewState.WITHDRAWN, by="shopper", now=now)
    except CannotMove as error:
        raise CannotAskToLook("none_open") from error


@transaction.atomic
def look(*, review: LicenceReview, by: Person, now: datetime) -> bytes | None:
    """The photo, for an operator; each look stands in the audit trail. None when it is gone."""
    row = LicenceReview.objects.filter(pk=review.pk, state=ReviewState.OPEN).values_list("sealed", flat=True).first()
    if row is None:
        return None
    audit.record(actor=by, action="licence_photo_seen", target=f"person {review.person_id}", now=now)
    return unseal(bytes(row), review=review.pk)


def accept(
    *, review: LicenceReview, expires_on: date, categories: Sequence[str], by: Person, now: datetime
) -> LicenceReview:
    """It is real, agrees with what is stated, and counts until ``expires_on``. Raises ``CannotDecideLicence``."""
    good = sorted(set(categories) & settings.LICENCE_CATEGORIES)
    if not good:
        raise CannotDecideLicence("category")
    if expires_on < now.date():
        raise CannotDecideLicence("expired")
    with transaction.atomic():
        _decided(review, ReviewState.ACCEPTED, reason="", by=by, now=now)
        licence = DrivingLicence.objects.select_for_update().filter(person_id=review.person_id).first()
        if licence is None or licence.stated_at > review.asked_at:
            raise CannotDecideLicence("changed")
        prove(licence=licence, way=Way.REVIEW, categories=good, expires_on=expires_on, by=by, now=now)
        _write(review, now=now)
    return review


def refuse(*, review: LicenceReview, reason: str, by: Person, now: datetime) -> LicenceReview:
    """With a reason that the shopper reads. Raises ``CannotDecideLicence``."""
    if len(reason.strip()) < LEAST_REASON:
        raise CannotDecideLicence("reason_missing")
    with transaction.atomic():
        _decided(review, ReviewState.REFUSED, reason=reason.strip()[:1000], by=by, now=now)
        _write(review, now=now)
    return review


def let_lapse(*, now: datetime) -> int:
    """Photos that nobody looked at in time go; returns how many. Reviews that are long over go as well."""
    late = LicenceReview.objects.filter(state=ReviewState.OPEN, lapses_at__lte=now).defer("sealed")
    done = 0
    for review in late:
        try:
            _move(review, ReviewState.LAPSED, by="time", now=now)
        except CannotMove:  # decided meanwhile
            continue
        done += 1
    LicenceReview.objects.exclude(state=ReviewState.OPEN).filter(decided_at__lt=now - REVIEWS_KEPT).delete()
    return done


def _decided(review: LicenceReview, to: ReviewState, *, reason: str, by: Person, now: datetime) -> None:
    if review.person_id == by.pk:
        raise CannotDecideLicence("own")
    try:
        _move(review, to, by=f"operator {by.pk}", now=now, decided_by=by, reason=reason)
    except CannotMove as error:
        raise CannotDecideLicence("decided") from error
    detail = {"outcome": to.value, "reason": reason}
    audit.record(actor=by, action="licence_decided", target=f"person {review.person_id}", detail=detail, now=now)


def _move(review: LicenceReview, to: ReviewState, *, by: str, now: datetime, **fields: Any) -> None:
    """However it ends, the photo goes in the same statement."""
    move(
        review,
        to=to,
        table=REVIEW_TRANSITIONS,
        history=LicenceReviewChange,
        now=now,
        by=by,
        sealed=None,
        decided_at=now,
        **fields,
    )
    log.info("licence review over", review=str(review.pk), outcome=to.value)


def _write(review: LicenceReview, *, now: datetime) -> None:
    context = {
        "given_name": review.person.first_name,
        "reason": review.reason,
        "link": f"{settings.WEB_URL}/me/licence",
    }
    notify(person=review.person, kind=f"licence_{review.state}", about=review.pk, context=context, now=now)
