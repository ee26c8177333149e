"""Another car for who has booked one that fails: given where it is equal, else offered before they leave home (ADR 27).

An offer stands until a deadline well before the pick-up and says what happens when nobody answers. Where another paint
is free at the booked time, one is kept for the shopper at once, by the trial's own reservation, so that the worst that
can happen is a car of another colour. What else it names is looked at again when it is taken; the exclusion constraint
has the last word. As soon as a car as booked can be had, it is given, and the offer is withdrawn.
"""

from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import alternatives, claim, offers, queries
from autosilo.platform.journey.booking.facts import (
    Because,
    BookedCarIsBack,
    CarFreed,
    CarReplaced,
    InsteadOffered,
    KeptCarStays,
)
from autosilo.platform.journey.booking.judging import Judge
from autosilo.platform.journey.booking.models import Alternative, Offer, OfferState, Otherwise, Reservation, Way
from autosilo.platform.journey.booking.refusals import CannotBook
from autosilo.platform.journey.booking.refusals import CannotTake as CannotTake
from autosilo.platform.journey.eligibility.models import EligibilityDecision
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit.facts import tell
from autosilo.platform.policies.records import to_record
from autosilo.platform.resources.catalogue.models import Paint
from autosilo.platform.resources.fleet.models import Car, CarState

log = structlog.get_logger(__name__)


@transaction.atomic
def find_another(*, trial: Trial, why: str, now: datetime) -> bool:
    """Its car fails: another of the kind, or else an offer, or where it is too late for one, another paint. False when
    there is nothing (or it has begun), and a person must look. ``why``: the kind of incident."""
    trial = trials.lock(trial)
    standing = offers.open_of(trial)
    booked = standing.paint if standing else trial.paint
    if standing and make_good(trial=trial, now=now):
        return True
    if booking.replace_car(trial=trial, now=now, paint=booked):
        return True
    if standing and not standing.kept:
        return True  # asked already, and that car was not promised again
    until = _deadline(trial, now)
    if trial.state == TrialState.BOOKED and until and _offer(trial, standing, booked, why, until, now):
        return True
    if standing:
        offers.settle(standing, to=OfferState.RENEWED, now=now)
    return booking.replace_car(trial=trial, now=now)


def _deadline(trial: Trial, now: datetime) -> datetime | None:
    """Half of the time that is left, at most ``OFFER_LONGEST``; None when that is less than ``OFFER_LEAST``."""
    half: timedelta = (trial.collect_from - now) / 2
    return now + min(half, settings.OFFER_LONGEST) if half >= settings.OFFER_LEAST else None


def _offer(
    trial: Trial, standing: Offer | None, booked: Paint, why: str, until: datetime, now: datetime
) -> Offer | None:
    found = alternatives.find(trial, paint=booked, until=until, now=now)
    failed = trial.car
    kept = any(one.way is Way.PAINT for one in found) and booking.keep_another(trial, paint=None, now=now)
    trial = trials.lock(trial)
    if not kept:
        found = [one for one in found if one.way is not Way.PAINT]
    if not found:
        return None
    found.sort(key=lambda one: not (one.way is Way.PAINT and one.paint.pk == trial.paint_id))  # the kept one first
    if standing:
        offers.settle(standing, to=OfferState.RENEWED, now=now)
    offer = Offer.objects.create(
        trial=trial,
        why=why,
        car_model=trial.car_model,
        paint=booked,
        car=failed,
        kept=kept,
        made_at=now,
        until=until,
    )
    Alternative.objects.bulk_create(
        Alternative(offer=offer, way=one.way, car_model=one.car_model, paint=one.paint, slot_start=one.slot_start)
        for one in found
    )
    trials.note(trial, kind="offer_made", now=now)
    trials.set_deadline(trial, kind=offers.DEADLINE, due_at=until)
    tell(InsteadOffered(trial=trial, offer=offer, now=now))
    log.info("another car offered", trial=str(trial.pk), choices=len(found), kept=kept)
    return offer


# --- the shopper's answer ---


def take(*, trial: Trial, alternative: int, now: datetime) -> Trial:
    """The shopper chooses what was offered. Raises ``CannotTake``; then the trial and the offer stand as they are, and
    what somebody else has by now is marked as gone."""
    try:
        with transaction.atomic():
            return _take(trials.lock(trial), alternative, now)
    except CannotTake as refusal:
        if refusal.reason in ("gone", "slot_past", "not_eligible"):
            Alternative.objects.filter(pk=alternative, offer__trial=trial, gone_at=None).update(gone_at=now)
        raise


def _take(trial: Trial, alternative: int, now: datetime) -> Trial:
    offer = offers.open_of(trial)
    if offer is None or offer.until <= now:
        raise CannotTake("over")
    if trial.state != TrialState.BOOKED:
        raise CannotTake("begun" if trial.ended_at is None else "over")
    one = offer.alternatives.select_related("car_model", "paint").filter(pk=alternative).first()
    if one is None:
        raise CannotTake("not_offered")
    offers.settle(offer, to=OfferState.TAKEN, now=now, taken=one)
    TAKE[Way(one.way)](trial, offer, one, now)
    log.info("an offered car was taken", trial=str(trial.pk), way=one.way)
    return trials.lock(trial)


def _take_paint(trial: Trial, offer: Offer, one: Alternative, now: datetime) -> None:
    if offer.kept and one.paint_id == trial.paint_id:
        tell(KeptCarStays(trial=trial, now=now))
        return
    if not booking.keep_another(trial, paint=one.paint, now=now):
        raise CannotTake("gone")
    _say_chosen(trial, "paint_chosen", now)


def _take_time(trial: Trial, offer: Offer, one: Alternative, now: datetime) -> None:
    _check(trial, one, now)
    if not Judge(trial, now=now).decide(one.car_model, one.slot_start).allowed:
        raise CannotTake("not_eligible")
    if not booking.keep_then(trial, one.paint, one.slot_start.astimezone(UTC), now):
        raise CannotTake("gone")


def _take_model(trial: Trial, offer: Offer, one: Alternative, now: datetime) -> None:
    """The rules are asked anew, and what they say is kept with their reasons, as at a booking."""
    _check(trial, one, now)
    judge = Judge(trial, now=now)
    decision = judge.decide(one.car_model, one.slot_start)
    if not decision.allowed or not alternatives.same_terms(trial, decision.terms):
        raise CannotTake("not_eligible")
    free = queries.cars_free(
        car_model=one.car_model, paint=one.paint, site=trial.site, slot_start=one.slot_start, now=now
    )
    if not booking.keep_instead(trial, free, None):
        raise CannotTake("gone")
    record = decision.as_record()
    EligibilityDecision.objects.create(
        person=trial.person,
        car_model=one.car_model,
        policy=f"{decision.policy} {decision.version}",
        allowed=True,
        rules=record["rules"],
        terms=record["terms"],
        facts=to_record(judge.facts(one.car_model, one.slot_start)),
        at=now,
    )
    _say_chosen(trial, "model_chosen", now)


TAKE = {Way.PAINT: _take_paint, Way.TIME: _take_time, Way.MODEL: _take_model}


def _check(trial: Trial, one: Alternative, now: datetime) -> None:
    start = one.slot_start.astimezone(UTC)
    wish = claim.Wish(car_model=one.car_model, paints=(one.paint,), site=trial.site, slot_start=start)
    try:
        claim.check_wish(wish, now=now)
    except CannotBook as refusal:
        raise CannotTake("slot_past" if refusal.reason == "slot_past" else "gone") from refusal


def _say_chosen(before: Trial, kind: str, now: datetime) -> None:
    """``before``: the trial as it was, with the car that is free again."""
    trial = trials.lock(before)
    trials.note(trial, kind=kind, now=now, plate=trial.car.plate)
    if trial.site_revision:
        tell(CarReplaced(trial=trial, now=now, because=Because.CHOSEN))
    tell(CarFreed(trial=before, now=now))


# --- nobody answers, or the car is there after all ---


@transaction.atomic
def lapse(*, trial: Trial, now: datetime) -> bool:
    """The deadline: what the offer said becomes so. False when it was settled before."""
    trial = trials.lock(trial)
    offer = offers.open_of(trial)
    if offer is None:
        return False
    if trial.state != TrialState.BOOKED:
        return offers.settle(offer, to=OfferState.LAPSED, now=now)  # collected with what was kept
    if offer.kept:
        offers.settle(offer, to=OfferState.LAPSED, now=now)
        tell(KeptCarStays(trial=trial, now=now))
        return True
    if make_good(trial=trial, now=now):
        return True
    if offer.otherwise is Otherwise.STANDS:
        return offers.settle(offer, to=OfferState.LAPSED, now=now)
    booking.call_off(trial, by="deadline", now=now, unanswered=True)
    return True


@transaction.atomic
def make_good(*, trial: Trial, now: datetime) -> bool:
    """While an offer stands: a car as it was booked is given as soon as one can be had; True when it was."""
    trial = trials.lock(trial)
    offer = offers.open_of(trial)
    if offer is None or trial.state != TrialState.BOOKED:
        return False
    if withdraw(trial=trial, now=now):
        return True
    if not booking.replace_car(trial=trial, now=now, paint=offer.paint, because=Because.BACK):
        return False
    if offer.kept:
        tell(CarFreed(trial=trial, now=now))
    return offers.settle(offer, to=OfferState.WITHDRAWN, now=now)


@transaction.atomic
def withdraw(*, trial: Trial, now: datetime) -> bool:
    """The booked car can be had after all, and the booking stands with it; False when it cannot, or nothing was
    offered, or another car is kept by now."""
    trial = trials.lock(trial)
    offer = offers.open_of(trial)
    if offer is None or offer.kept or trial.state != TrialState.BOOKED or not _can_be_had(trial):
        return False
    offers.settle(offer, to=OfferState.WITHDRAWN, now=now)
    tell(BookedCarIsBack(trial=trial, now=now))
    return True


def _can_be_had(trial: Trial) -> bool:
    car = Car.objects.get(pk=trial.car_id)
    here = car.state == CarState.IN_SERVICE and car.site_id == trial.site_id
    ready = car.ready_from is None or car.ready_from <= trial.collect_from
    return (
        here and ready and bool(queries.usable([car])) and Reservation.objects.filter(trial=trial, active=True).exists()
    )
