"""Hold a car and a slot, or let them go.

A hold is taken by ``claim`` in one statement; everything after it is done on the trial's locked row, with a history
row, a job, and what follows from it in the same transaction. No lock is held while a shopper thinks: a hold is a row.
"""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from autosilo.platform.journey.booking import calendar, claim, offers, queries
from autosilo.platform.journey.booking.claim import SETTLE_IN, Claimed, Key, Wish
from autosilo.platform.journey.booking.facts import (
    Because,
    CarFreed,
    CarReplaced,
    HoldExpired,
    TrialBooked,
    TrialCancelled,
    TrialLapsed,
    TrialMoved,
)
from autosilo.platform.journey.booking.judging import Judge
from autosilo.platform.journey.booking.models import IdempotencyKey, OfferState, Reservation
from autosilo.platform.journey.booking.refusals import CannotBook as CannotBook
from autosilo.platform.journey.booking.refusals import CannotCancel as CannotCancel
from autosilo.platform.journey.booking.refusals import CannotConfirm as CannotConfirm
from autosilo.platform.journey.booking.refusals import CannotMoveSlot as CannotMoveSlot
from autosilo.platform.journey.eligibility import actions as eligibility
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import length_of
from autosilo.platform.journey.trial.states import BEFORE_PICK_UP as BEFORE_PICK_UP
from autosilo.platform.journey.trial.states import NOT_DRIVEN, TrialState
from autosilo.platform.kit import jobs
from autosilo.platform.kit.facts import tell
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site

log = structlog.get_logger(__name__)

NO_SHOW = "no_show"
"""The deadline at which a booking lapses."""
KEYS_KEPT = timedelta(days=2)


def hold(*, person: Person, wish: Wish, now: datetime, key: Key | None = None) -> Claimed:
    """Keep a car for ``claim.HOLD``. Raises ``CannotBook``; then nothing was written but the decision that refused."""
    return _claimed(person=person, wish=wish, now=now, key=key, hold_for=claim.HOLD)


def take(*, person: Person, wish: Wish, now: datetime, key: Key | None = None) -> Claimed:
    """Book at once, for who has agreed to the terms before. Raises ``CannotBook``."""
    return _claimed(person=person, wish=wish, now=now, key=key, hold_for=None)


def book(
    *, person: Person, car_model: CarModel, paint: Paint, site: Site, slot_start: datetime, now: datetime
) -> Trial:
    """Book at once, and do at once what a job does otherwise. Raises ``CannotBook``."""
    wish = Wish(car_model=car_model, paints=(paint,), site=site, slot_start=slot_start.astimezone(UTC))
    taken = take(person=person, wish=wish, now=now)
    settle_in(trial=taken.trial, now=now)
    return Trial.objects.select_related("car_model", "paint", "car", "site", "person").get(pk=taken.trial)


def _claimed(*, person: Person, wish: Wish, now: datetime, key: Key | None, hold_for: timedelta | None) -> Claimed:
    try:
        return claim.claim(person=person.pk, wish=wish, now=now, key=key, hold_for=hold_for)
    except CannotBook as refusal:
        if "record" in refusal.detail:
            refusal.detail["decision"] = keep_refusal(person=person, wish=wish, now=now)
        raise


def keep_refusal(*, person: Person, wish: Wish, now: datetime) -> object:
    """A refusal by the rules is kept with its reasons, so that it can be explained and looked at again by a person."""
    try:
        return eligibility.decide(
            person=person, car_model=wish.car_model, site=wish.site, starts_at=wish.slot_start, now=now
        )
    except eligibility.CannotDecide:
        return None


@transaction.atomic
def confirm(*, trial: Trial, now: datetime, settled: bool = False) -> Trial:
    """The shopper has agreed: the hold becomes a booking. Raises ``CannotConfirm``.

    ``settled``: fee and deposit are secured; without it a trial that costs something is refused (``unpaid``), and the
    database would refuse it, too.
    """
    trial = trials.lock(trial)
    if trial.state != TrialState.HELD:
        ended = "expired" if trial.state == TrialState.EXPIRED else "over"
        raise CannotConfirm("confirmed" if trial.ended_at is None else ended)
    if trial.hold_until is not None and trial.hold_until <= now:
        raise CannotConfirm("expired")
    if trial.costs and not settled:
        raise CannotConfirm("unpaid")
    trials.change(
        trial,
        to=TrialState.BOOKED,
        now=now,
        by="shopper",
        locked=True,
        hold_until=None,
        settled_at=now if settled else None,
    )
    jobs.defer(SETTLE_IN, trial=str(trial.pk))
    return trial


@transaction.atomic
def settle_in(*, trial: UUID | str, now: datetime) -> bool:
    """Give a booking its deadline and let follow what follows (pass, site, letter); False when that was done."""
    found = Trial.objects.filter(pk=trial).first()
    row = trials.lock(found) if found else None
    if row is None or row.state != TrialState.BOOKED or row.deadlines.filter(kind=NO_SHOW).exists():
        return False
    trials.set_deadline(row, kind=NO_SHOW, due_at=row.collect_until)
    tell(TrialBooked(trial=row, now=now))
    log.info("trial booked", trial=str(row.pk), site=row.site_id, car=row.car_id)
    return True


@transaction.atomic
def expire(*, trial: UUID | str, now: datetime) -> bool:
    """A hold that nobody confirmed in time is over; False when that is no longer so."""
    found = Trial.objects.filter(pk=trial).first()
    row = trials.lock(found) if found else None
    if row is None or row.state != TrialState.HELD or row.hold_until is None or now < row.hold_until:
        return False
    _end(row, to=TrialState.EXPIRED, by="deadline", now=now)
    tell(HoldExpired(trial=row, now=now))
    return True


@transaction.atomic
def move(*, trial: Trial, slot_start: datetime, now: datetime) -> Trial:
    """Another pick-up time: with the same car if it is free then, else another of its kind. While an offer stands, the
    kind that was booked. Raises ``CannotMoveSlot``; then the booking stands as it is."""
    trial = trials.lock(trial)
    if trial.state not in BEFORE_PICK_UP:
        raise CannotMoveSlot("begun" if trial.ended_at is None else "over")
    offer = offers.open_of(trial)
    paint = offer.paint if offer else trial.paint
    wish = Wish(car_model=trial.car_model, paints=(paint,), site=trial.site, slot_start=slot_start.astimezone(UTC))
    try:
        claim.check_wish(wish, now=now)
    except CannotBook as refusal:
        raise CannotMoveSlot(refusal.reason) from refusal
    if not Judge(trial, now=now).decide(trial.car_model, wish.slot_start).allowed:
        raise CannotMoveSlot("not_eligible")
    if not keep_then(trial, paint, wish.slot_start, now):
        raise CannotMoveSlot("car_taken")
    if offer:
        offers.settle(offer, to=OfferState.MOVED, now=now)
    return trials.lock(trial)


def keep_then(trial: Trial, paint: Paint, start: datetime, now: datetime) -> bool:
    """The trial is at ``start`` from now on, with a car of its model in ``paint``; False when none is free then."""
    times = calendar.times_of(start, trial_length=length_of(trial))
    period = DateTimeTZRange(times.kept_from, times.kept_until)
    if not keep_instead(trial, _same_car_first(trial, paint, start, now), period):
        return False
    before = trial.slot_start
    Trial.objects.filter(pk=trial.pk).update(
        slot_start=start,
        slot_end=start + calendar.SLOT,
        collect_from=times.collect_from,
        collect_until=times.collect_until,
    )
    trial = trials.lock(trial)
    trials.note(trial, kind="moved", now=now, before=before.isoformat())
    if trial.state == TrialState.BOOKED and trial.site_revision:
        trials.set_deadline(trial, kind=NO_SHOW, due_at=trial.collect_until)
        tell(TrialMoved(trial=trial, now=now))
    tell(CarFreed(trial=trial, now=now))
    return True


def _same_car_first(trial: Trial, paint: Paint, start: datetime, now: datetime) -> list[Car]:
    free = queries.cars_free(
        car_model=trial.car_model, paint=paint, site=trial.site, slot_start=start, now=now, besides=trial
    )
    return sorted(_shuffled(free), key=lambda car: car.pk != trial.car_id)


@transaction.atomic
def cancel(*, trial: Trial, by: Person, now: datetime) -> Trial:
    """Call a booking off before the car moves: the shopper's own, or any by an operator. Raises ``CannotCancel``."""
    if trial.person_id != by.pk and not by.is_staff:
        raise CannotCancel("not_yours")
    trial = trials.lock(trial)
    if trial.state not in BEFORE_PICK_UP:
        raise CannotCancel("begun" if trial.ended_at is None else "over")
    call_off(trial, by="shopper" if trial.person_id == by.pk else f"operator {by.pk}", now=now)
    return trial


def call_off(trial: Trial, *, by: str, now: datetime, unanswered: bool = False) -> None:
    """End a locked trial that has not begun. While an offer stands it ends by our fault."""
    told = trial.site_revision > 0
    offer = offers.open_of(trial)
    if offer:
        offers.settle(offer, to=OfferState.LAPSED if unanswered else OfferState.DECLINED, now=now)
    _end(trial, to=TrialState.CANCELLED, by=by, now=now)
    cancelled = TrialCancelled(trial=trial, now=now, our_fault=offer is not None, unanswered=unanswered)
    tell(cancelled if told else HoldExpired(trial=trial, now=now))


@transaction.atomic
def lapse(*, trial: Trial, now: datetime) -> bool:
    """Nobody came in time; False when that is no longer so.

    A site that is cut off hands cars over all the same. So nobody is called absent before the site has spoken of the
    time after ``collect_until``: its facts come in order, so none of an earlier hand-over can follow then. Raises
    ``NotYet``.
    """
    trial = trials.lock(trial)
    if trial.state != TrialState.BOOKED or now < trial.collect_until:
        return False
    if trial.site.heard_until is not None and trial.site.heard_until < trial.collect_until:
        raise trials.NotYet("the site is silent")
    offer = offers.open_of(trial)
    if offer:  # whose deadline has passed, too, and was not acted on yet
        offers.settle(offer, to=OfferState.LAPSED, now=now)
    _end(trial, to=TrialState.NO_SHOW, by="deadline", now=now)
    tell(TrialLapsed(trial=trial, now=now))
    return True


def forget_keys(*, now: datetime) -> int:
    """A request is not repeated after ``KEYS_KEPT``; returns how many were forgotten."""
    gone, _each = IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    return gone


def release(*, trial: Trial, free_from: datetime) -> None:
    """The car is needed no longer than ``free_from``; a reservation that had not begun by then is void."""
    reservation = Reservation.objects.select_for_update().filter(trial=trial, active=True).first()
    if reservation is None:
        return
    lower, upper = reservation.period.lower, reservation.period.upper
    if free_from <= lower:
        reservation.active = False
    elif free_from < upper:
        reservation.period = DateTimeTZRange(lower, free_from)
    reservation.save(update_fields=["active", "period"])


@transaction.atomic
def replace_car(*, trial: Trial, now: datetime, paint: Paint | None = None, because: Because = Because.FAILED) -> bool:
    """Give a booked trial another car of its model at its site: of ``paint``, or without one of its own paint if there
    is one, else of any; False when none is free (or it has begun). It is our fault, so the shopper is told at once and
    may cancel or move free of charge."""
    trial = trials.lock(trial)
    if trial.state not in BEFORE_PICK_UP:
        return False
    before = trial.paint_id
    if not keep_another(trial, paint=paint, now=now):
        return False
    trial = trials.lock(trial)
    kind = "car_changed" if trial.paint_id == (paint.pk if paint else before) else "paint_changed"
    trials.note(trial, kind=kind, now=now, plate=trial.car.plate)
    if trial.state == TrialState.BOOKED and trial.site_revision:
        tell(CarReplaced(trial=trial, now=now, because=because))
    return True


def keep_another(trial: Trial, *, paint: Paint | None, now: datetime) -> bool:
    """Keep another car of the model for the trial's own time; one of its own paint first."""
    free = queries.cars_free(
        car_model=trial.car_model, paint=paint, site=trial.site, slot_start=trial.slot_start, now=now
    )
    others = [car for car in _shuffled(free) if car.vin != trial.car_id]
    others.sort(key=lambda car: car.paint_id != trial.paint_id)
    return keep_instead(trial, others, None)


def keep_instead(
    trial: Trial, cars: Iterable[Car], period: DateTimeTZRange | None, *, active: bool | None = None
) -> bool:
    """Let the reservation point to the first of ``cars`` that can be had, for ``period`` if given; ``active``: and make
    it count, or not."""
    given = {"period": period, "active": active}
    fields: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    for car in cars:
        try:
            with transaction.atomic():
                Reservation.objects.filter(trial=trial).update(car=car, **fields)
                Trial.objects.filter(pk=trial.pk).update(car=car, paint=car.paint_id, car_model=car.model_id)
        except IntegrityError as error:
            if constraint_of(error) != "car_booked_once_at_a_time":
                raise
            continue
        return True
    return False


def _end(trial: Trial, *, to: TrialState, by: str, now: datetime) -> None:
    trials.change(trial, to=to, now=now, by=by, ended_at=now)
    trials.settle_deadlines(trial, now=now)
    Reservation.objects.filter(trial=trial).update(active=False)
    if to in NOT_DRIVEN:
        tell(CarFreed(trial=trial, now=now))


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that PostgreSQL saw violated."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def _shuffled(cars: Iterable[Car]) -> list[Car]:
    found = list(cars)
    random.shuffle(found)
    return found
