"""What a shopper whose car fails may have instead, when none like it is free at their time (ADR 27)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.journey.booking import calendar, line, queries
from autosilo.platform.journey.booking.judging import Judge
from autosilo.platform.journey.booking.models import Way
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import length_of
from autosilo.platform.policies.terms import Terms
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import CarState

MOST_PAINTS, MOST_TIMES, MOST_MODELS = 2, 3, 2
"""Few enough to be read in a letter and heard from a screen reader."""
LOOK_AT = 6
"""Models of the class whose cars are looked at, the nearest in price first."""


@dataclass(frozen=True, kw_only=True)
class Found:
    way: Way
    car_model: CarModel
    paint: Paint
    slot_start: datetime


def find(trial: Trial, *, paint: Paint, until: datetime, now: datetime) -> list[Found]:
    """Other paints at the trial's time, then the nearest times with its model in ``paint``, then models of its class at
    its time. Nothing that the rules forbid, that costs otherwise than agreed, or that begins before ``until``."""
    judge = Judge(trial, now=now)
    ahead = queries.ahead(car_model=trial.car_model, paint=None, site=trial.site, now=now, besides=trial)
    return [
        *_paints(trial, paint, ahead),
        *_times(trial, paint, ahead, judge, until),
        *_models(trial, paint, judge, now),
    ]


def same_terms(trial: Trial, terms: Terms) -> bool:
    """Nobody is charged more for our fault; and nobody pays a dearer car's fee for a cheaper one."""
    agreed = (trial.fee_minor, trial.deposit_minor)
    return agreed == (terms.fee_minor, terms.deposit_minor) and (
        not trial.costs or trial.cost_currency == terms.currency
    )


def _paints(trial: Trial, booked: Paint, ahead: queries.Ahead) -> list[Found]:
    times = calendar.times_of(trial.slot_start, trial_length=length_of(trial))
    free = {
        car.paint_id for car in ahead.cars if car.vin != trial.car_id and car.is_free(times.kept_from, times.kept_until)
    }
    others = [one for one in trial.car_model.paints.all() if one.pk in free and one.pk != booked.pk]
    return [_found(trial, Way.PAINT, paint=one) for one in others[:MOST_PAINTS]]


def _times(trial: Trial, booked: Paint, ahead: queries.Ahead, judge: Judge, until: datetime) -> list[Found]:
    starts = [
        slot.start
        for slot in ahead.slots(paint=booked)
        if slot.free and slot.start >= until and slot.start != trial.slot_start
    ]
    starts.sort(key=lambda start: abs(start - trial.slot_start))
    allowed = (start for start in starts if judge.decide(trial.car_model, start).allowed)
    nearest = [start for start, _n in zip(allowed, range(MOST_TIMES), strict=False)]
    return [_found(trial, Way.TIME, paint=booked, slot_start=start) for start in sorted(nearest)]


def _models(trial: Trial, booked: Paint, judge: Judge, now: datetime) -> list[Found]:
    found: list[Found] = []
    for model in _of_the_class(trial)[:LOOK_AT]:
        opens = line.opens_at(model=model.pk, site=trial.site_id)
        decision = judge.decide(model, trial.slot_start)
        if (opens is not None and now < opens) or not decision.allowed or not same_terms(trial, decision.terms):
            continue
        free = queries.cars_free(car_model=model, paint=None, site=trial.site, slot_start=trial.slot_start, now=now)
        paint = _nearest_paint(model.paints.filter(pk__in={car.paint_id for car in free}), booked)
        if paint is not None:
            found.append(_found(trial, Way.MODEL, paint=paint, car_model=model))
        if len(found) == MOST_MODELS:
            break
    return found


def _of_the_class(trial: Trial) -> list[CarModel]:
    """Models with the same body that this site has, the nearest in price first."""
    own = trial.car_model
    here = CarModel.objects.filter(
        on_sale=True, body=own.body, currency=own.currency, cars__site=trial.site, cars__state=CarState.IN_SERVICE
    )
    return sorted(here.exclude(pk=own.pk).distinct(), key=lambda model: abs(model.price_minor - own.price_minor))


def _nearest_paint(paints: Iterable[Paint], booked: Paint) -> Paint | None:
    return min(paints, key=lambda one: one.family != booked.family, default=None)


def _found(
    trial: Trial, way: Way, *, paint: Paint, car_model: CarModel | None = None, slot_start: datetime | None = None
) -> Found:
    return Found(
        way=way, car_model=car_model or trial.car_model, paint=paint, slot_start=slot_start or trial.slot_start
    )
