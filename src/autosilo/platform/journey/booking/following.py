"""The site's word about the car: it may have begun with the former one before it heard of another (ADR 19)."""

from datetime import datetime

import structlog
from django.db import transaction

from autosilo.platform.journey.booking import queries
from autosilo.platform.journey.booking.actions import keep_instead
from autosilo.platform.journey.booking.facts import CarFollowed, CarFreed
from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import BEFORE_PICK_UP, TO_BE_COLLECTED, TrialState
from autosilo.platform.kit.facts import tell
from autosilo.platform.resources.fleet.models import Car, CarState

log = structlog.get_logger(__name__)


@transaction.atomic
def follow_site(*, trial: Trial, vin: str, now: datetime, begun: bool = True) -> bool:
    """The car that the site brings becomes the trial's car, if it is one of the kind and nobody else has it over the
    trial's time, or somebody who has not come yet and can be given one like it: the trial's former car, or another.
    False when that is not so, and a person must look. The reservation goes with it.

    ``begun``: the car moves already; else the site says beforehand what it will bring.
    """
    trial = trials.lock(trial)
    if trial.state not in TO_BE_COLLECTED or (begun and trial.collect_from > now):
        return False  # over; or moved to a later time, so that until then any car is somebody else's to book
    same = Car.objects.filter(pk=vin, site=trial.site_id, model=trial.car_model_id, state=CarState.IN_SERVICE)
    car = same.exclude(trials__state=TrialState.OVERDUE).first()
    if car is None:
        return False
    other = None
    if not keep_instead(trial, [car], None):
        other = _exchange(trial, car, now)
        if other is None:
            return False
    _changed(trial, now)
    if other is not None:
        _changed(other, now)
    tell(CarFreed(trial=trial, now=now))
    return True


def _changed(trial: Trial, now: datetime) -> None:
    trial = trials.lock(trial)
    trials.note(trial, kind="car_changed", now=now, plate=trial.car.plate)
    log.info("the site brings another car, the trial follows", trial=str(trial.pk), car=trial.car_id)
    if trial.state != TrialState.HELD:
        tell(CarFollowed(trial=trial, now=now))


def _exchange(trial: Trial, car: Car, now: datetime) -> Trial | None:
    """Give ``car`` to the trial, and to the one who was to have it another car of the same model and paint; that one's
    trial, or None when it cannot be done. Then nothing is changed."""
    period = trial.reservation.period
    rows = Reservation.objects.select_for_update().filter(car=car, active=True, period__overlap=period)
    theirs = list(rows.exclude(trial=trial).select_related("trial")[:2])
    if len(theirs) != 1:
        return None
    other, former = trials.lock(theirs[0].trial), trial.car
    if other.state not in BEFORE_PICK_UP or other.paint_id != former.paint_id:
        return None
    try:
        with transaction.atomic():
            Reservation.objects.filter(trial=other).update(active=False)
            if not keep_instead(trial, [car], None):
                raise _NoWayError
            if not keep_instead(other, [former, *_like(other, car, now)], None, active=True):
                raise _NoWayError
    except _NoWayError:
        return None
    return other


class _NoWayError(Exception):
    """Undo what was tried."""


def _like(trial: Trial, but: Car, now: datetime) -> list[Car]:
    """What the trial could have instead of ``but``."""
    free = queries.cars_free(
        car_model=trial.car_model, paint=trial.paint, site=trial.site, slot_start=trial.slot_start, now=now
    )
    return [car for car in free if car.pk != but.pk]
