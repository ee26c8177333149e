"""Hold a car and a slot, or let them go.

One transaction: a fresh decision, a free car, the trial, its reservation, its deadline, and what follows from them. The
database's own constraints have the last word; each has its reason here.
"""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.booking import calendar, queries
from autosilo.platform.journey.booking.facts import CarReplaced, TrialBooked, TrialCancelled, TrialLapsed
from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.eligibility import actions as eligibility
from autosilo.platform.journey.eligibility.models import EligibilityDecision
from autosilo.platform.journey.eligibility.queries import unmet
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit.facts import tell
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.policies.decision import Rule
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car, CarState
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site

log = structlog.get_logger(__name__)

NO_SHOW = "no_show"
"""The deadline at which a booking lapses."""


class CannotBook(Refusal):
    """``detail["decision"]`` with ``not_eligible``: the decision with its reasons, unless none could be made."""

    messages = {
        "not_eligible": _("You cannot drive this car at the moment. See the rules below."),
        "slot_past": _("This pick-up time is over. Please choose another one."),
        "slot_closed": _("The site is closed at this time. Please choose another one."),
        "slot_too_far": _("This pick-up time is too far ahead. Please choose another one."),
        "car_taken": _("Somebody was faster: no car of this colour is free at this time. Nothing was booked."),
        "already_active": _("You have a trial that is not finished yet. One at a time."),
        "model_tried": _("You have tried this model before. Each model can be tried once."),
        "site_closed": _("This site takes no bookings at the moment."),
        "not_offered": _("This model is not offered in this colour any more."),
    }


class CannotCancel(Refusal):
    messages = {
        "begun": _("The car is on its way or with you already; bring it back instead."),
        "over": _("This trial is over."),
        "not_yours": _("This is not your trial."),
    }


REASON_OF_RULE = {Rule.ONE_AT_A_TIME: "already_active", Rule.MODEL_ONCE: "model_tried"}
REASON_OF_CONSTRAINT = {
    "one_active_trial_per_person": "already_active",
    "each_model_once_per_person": "model_tried",
    "car_booked_once_at_a_time": "car_taken",
}


def book(
    *, person: Person, car_model: CarModel, paint: Paint, site: Site, slot_start: datetime, now: datetime
) -> Trial:
    """Book a car of this model and paint at this site from ``slot_start`` (aware; the start of a slot).

    The bureau's answer must be there already (``eligibility.decide`` with consent). Raises ``CannotBook``; then nothing
    was booked, only the decision is kept.
    """
    _check_wish(car_model=car_model, paint=paint, site=site, slot_start=slot_start.astimezone(UTC), now=now)
    decision = _decide(person=person, car_model=car_model, site=site, slot_start=slot_start, now=now)
    with transaction.atomic():
        trial = _take_any(
            person=person, car_model=car_model, paint=paint, site=site, start=slot_start, decision=decision, now=now
        )
        trials.set_deadline(trial, kind=NO_SHOW, due_at=trial.collect_until)
        tell(TrialBooked(trial=trial, now=now))
    trial.refresh_from_db(fields=["site_revision"])  # the site was told meanwhile
    log.info("trial booked", trial=str(trial.pk), site=site.pk, car=trial.car_id)
    return trial


@transaction.atomic
def cancel(*, trial: Trial, by: Person, now: datetime) -> Trial:
    """Call a booking off before the car moves: the shopper's own, or any by an operator. Raises ``CannotCancel``."""
    if trial.person_id != by.pk and not by.is_staff:
        raise CannotCancel("not_yours")
    trial = trials.lock(trial)
    if trial.state != TrialState.BOOKED:
        raise CannotCancel("begun" if trial.ended_at is None else "over")
    _end(trial, to=TrialState.CANCELLED, by="shopper" if trial.person_id == by.pk else f"operator {by.pk}", now=now)
    tell(TrialCancelled(trial=trial, now=now))
    return trial


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
    _end(trial, to=TrialState.NO_SHOW, by="deadline", now=now)
    tell(TrialLapsed(trial=trial, now=now))
    return True


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
def replace_car(*, trial: Trial, now: datetime) -> bool:
    """Give a booked trial another car of its model, paint and site; False when none is free (or it has begun)."""
    trial = trials.lock(trial)
    if trial.state != TrialState.BOOKED:
        return False
    free = queries.cars_free(
        car_model=trial.car_model, paint=trial.paint, site=trial.site, slot_start=trial.slot_start, now=now
    )
    for car in _shuffled(free):
        if car.vin != trial.car_id and _move_reservation(trial, car):
            trials.note(trial, kind="car_changed", now=now, plate=car.plate)
            tell(CarReplaced(trial=trial, now=now))
            return True
    return False


def _move_reservation(trial: Trial, car: Car) -> bool:
    try:
        with transaction.atomic():
            Reservation.objects.filter(trial=trial).update(car=car)
            Trial.objects.filter(pk=trial.pk).update(car=car)
    except IntegrityError as error:
        if constraint_of(error) != "car_booked_once_at_a_time":
            raise
        return False
    trial.car = car
    return True


def _check_wish(*, car_model: CarModel, paint: Paint, site: Site, slot_start: datetime, now: datetime) -> None:
    if not car_model.on_sale or paint.model_id != car_model.pk:
        raise CannotBook("not_offered")
    if not site.open_for_booking:
        raise CannotBook("site_closed")
    if not calendar.is_bookable(slot_start, now=now):
        raise CannotBook("slot_past")
    if not calendar.is_slot(site, slot_start):
        raise CannotBook("slot_closed")
    if slot_start - now > timedelta(days=calendar.BOOKABLE_DAYS):
        raise CannotBook("slot_too_far")


def _decide(
    *, person: Person, car_model: CarModel, site: Site, slot_start: datetime, now: datetime
) -> EligibilityDecision:
    try:
        decision = eligibility.decide(person=person, car_model=car_model, site=site, starts_at=slot_start, now=now)
    except eligibility.CannotDecide as refusal:
        raise CannotBook("not_eligible", decision=None, why=refusal.reason) from refusal
    failed = unmet(decision)
    if failed:
        rules = {rule["rule"] for rule in failed}
        plain = [reason for rule, reason in REASON_OF_RULE.items() if rule.value in rules]
        reason = plain[0] if plain and rules <= REASON_OF_RULE.keys() else "not_eligible"
        raise CannotBook(reason, decision=decision)
    return decision


def _take_any(
    *,
    person: Person,
    car_model: CarModel,
    paint: Paint,
    site: Site,
    start: datetime,
    decision: EligibilityDecision,
    now: datetime,
) -> Trial:
    """Try the free cars in random order, so that shoppers at the same moment rarely meet at one.

    First only cars that nobody else is trying at this instant, then each in turn, waiting for who tries it.
    """
    free = queries.cars_free(car_model=car_model, paint=paint, site=site, slot_start=start, now=now)
    for patient in (False, True):
        for car in _shuffled(free):
            trial = _draft(person=person, car=car, start=start, decision=decision, site=site, now=now)
            if _take(trial, patient=patient):
                return trial
    raise CannotBook("car_taken")


def _draft(
    *, person: Person, car: Car, start: datetime, decision: EligibilityDecision, site: Site, now: datetime
) -> Trial:
    times = calendar.times_of(start, trial_length=policy_for(site.market, now).trial_length)
    return Trial(
        person=person,
        car_model_id=car.model_id,
        paint_id=car.paint_id,
        car=car,
        site=site,
        policy=decision.policy,
        slot_start=start,
        slot_end=start + calendar.SLOT,
        collect_from=times.collect_from,
        collect_until=times.collect_until,
        created_at=now,
    )


def _take(trial: Trial, *, patient: bool) -> bool:
    """Write the trial and its reservation unless the car is taken. The car's row is locked from here to the end of the
    transaction, so two bookers of one car wait for each other instead of meeting in the constraint; a savepoint lets
    the lock of a car that was not to be had go again."""
    length = policy_for(trial.site.market, trial.created_at).trial_length
    times = calendar.times_of(trial.slot_start, trial_length=length)
    period = DateTimeTZRange(times.kept_from, times.kept_until)
    try:
        with transaction.atomic():
            row = Car.objects.select_for_update(skip_locked=not patient).filter(pk=trial.car_id)
            if not list(row.filter(state=CarState.IN_SERVICE)) or _is_kept(trial.car_id, period):
                raise _Taken
            trial.save(force_insert=True)
            Reservation.objects.create(trial=trial, car_id=trial.car_id, period=period)
    except _Taken:
        return False
    except IntegrityError as error:
        reason = REASON_OF_CONSTRAINT.get(constraint_of(error))
        if reason is None:
            raise
        if reason != "car_taken":
            raise CannotBook(reason) from error
        return False
    return True


class _Taken(Exception):
    """Leaves the savepoint."""


def _is_kept(vin: str, period: DateTimeTZRange) -> bool:
    return Reservation.objects.filter(car=vin, active=True, period__overlap=period).exists()


def _end(trial: Trial, *, to: TrialState, by: str, now: datetime) -> None:
    trials.change(trial, to=to, now=now, by=by, ended_at=now)
    trials.settle_deadlines(trial, now=now)
    Reservation.objects.filter(trial=trial).update(active=False)


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that PostgreSQL saw violated."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def _shuffled(cars: Iterable[Car]) -> list[Car]:
    found = list(cars)
    random.shuffle(found)
    return found
