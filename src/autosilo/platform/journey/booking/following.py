"""The site's word about the car: it may have begun with the former one before it heard of another (ADR 19)."""

from datetime import datetime

import structlog
from django.db import transaction

from autosilo.platform.journey.booking.actions import keep_instead
from autosilo.platform.journey.booking.facts import CarFollowed, CarFreed
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit.facts import tell
from autosilo.platform.resources.fleet.models import Car, CarState

log = structlog.get_logger(__name__)

BEGUN = frozenset({TrialState.BOOKED, TrialState.HANDING_OVER})


@transaction.atomic
def follow_site(*, trial: Trial, vin: str, now: datetime) -> bool:
    """The car that the site brings becomes the trial's car, if it is one of the kind and nobody else has it over the
    trial's time; False when that is not so, and a person must look. Its reservation goes with it."""
    trial = trials.lock(trial)
    if trial.state not in BEGUN or trial.reservation.period.lower > now:
        return False  # over; or moved to a later time, so that until then any car is somebody else's to book
    same = Car.objects.filter(pk=vin, site=trial.site_id, model=trial.car_model_id, state=CarState.IN_SERVICE)
    car = same.exclude(trials__state=TrialState.OVERDUE).first()
    if car is None or not keep_instead(trial, [car], None):
        return False
    trial = trials.lock(trial)
    trials.note(trial, kind="car_changed", now=now, plate=trial.car.plate)
    log.info("the site had begun with another car", trial=str(trial.pk), car=vin)
    tell(CarFollowed(trial=trial, now=now))
    tell(CarFreed(trial=trial, now=now))
    return True
