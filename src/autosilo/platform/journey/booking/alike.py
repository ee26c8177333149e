"""Cars that would do as well for a visit that is about to begin (ADR 21)."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.booking.queries import usable
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import BEFORE_PICK_UP, TO_BE_COLLECTED
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.fleet.queries import in_service

SOON = timedelta(hours=2)
"""A site asks when somebody has come, or minutes before their time; not for weeks ahead."""


def cars_alike(*, site: str, trial: UUID, now: datetime) -> list[Car]:
    """Cars of the model and paint of this trial, in service at its site, that it may be given: nobody has them over its
    time, or one who has not begun and could have the trial's own car. Empty for a trial that is none of the site's, or
    not due. Four queries."""
    found = Trial.objects.filter(pk=trial, site=site, state__in=TO_BE_COLLECTED, collect_from__lte=now + SOON)
    one = found.select_related("reservation", "car_model", "paint", "site").first()
    if one is None or not hasattr(one, "reservation"):
        return []
    stock = in_service(model=one.car_model, paint=one.paint, site=one.site, ready_by=now)
    cars = [car for car in usable(stock) if car.vin != one.car_id]
    kept = _kept([*(car.vin for car in cars), one.car_id], besides=one, now=now)
    return [car for car in cars if _may_have(one.reservation, kept[car.vin], kept[one.car_id])]


def _may_have(mine: Reservation, theirs: list[Reservation], on_mine: list[Reservation]) -> bool:
    """``theirs``: what the wished car is kept for; ``on_mine``: what the own car is kept for besides."""
    in_the_way = [one for one in theirs if _overlap(one, mine)]
    if not in_the_way:
        return True
    if len(in_the_way) > 1 or in_the_way[0].trial.state not in BEFORE_PICK_UP:
        return False
    return not any(_overlap(in_the_way[0], other) for other in on_mine)


def _overlap(one: Reservation, other: Reservation) -> bool:
    return bool(one.period.lower < other.period.upper and other.period.lower < one.period.upper)


def _kept(vins: list[str], *, besides: Trial, now: datetime) -> dict[str, list[Reservation]]:
    rows = Reservation.objects.filter(car__in=vins, active=True, period__overlap=DateTimeTZRange(now, None))
    found: dict[str, list[Reservation]] = defaultdict(list)
    for row in rows.exclude(trial=besides).select_related("trial"):
        found[row.car_id].append(row)
    return found
