"""When can a car that came back be driven again? Turn-round, and the time that its battery needs.

A battery that is nearly empty takes all that a charger gives, so that up to the level at which a trial begins the time
is the energy that is missing over the power; beyond it nobody waits. The power is that which reaches the battery.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from autosilo.platform.journey.booking.calendar import TURN_ROUND
from autosilo.platform.journey.booking.facts import CarNotReady
from autosilo.platform.kit.facts import tell
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.fleet.models import Car, Transfer
from autosilo.platform.resources.sites.models import Site
from autosilo.tower.storage.charging import READY

STEADY = timedelta(minutes=10)
"""A forecast that moves by less is left as it is: cars speak every few seconds."""


def charging_time(*, charge: float | None, model: CarModel, site: Site) -> timedelta:
    """Until the car is at ``READY``; none where its charge or the site's chargers are not known.

    ``charge``: fraction. ``model.battery_kwh`` in kWh; ``site.charger_kw`` in kW, and ``model.dc_kw`` is the most that
    the car takes.
    """
    if charge is None or charge >= READY or site.charger_kw is None:
        return timedelta()
    power = min(site.charger_kw, float(model.dc_kw)) if model.dc_kw else site.charger_kw
    return timedelta(hours=(READY - charge) * float(model.battery_kwh) / power)


def came_back(*, vin: str, charge: float | None, now: datetime) -> None:
    """If its battery needs longer than the turn-round, no trial with this car begins before it is charged."""
    car = Car.objects.select_for_update(of=("self",)).select_related("model", "site").get(pk=vin)
    charged = charging_time(charge=charge, model=car.model, site=car.site)
    keep(car, now + charged if charged > TURN_ROUND else None, now)


def heard(*, vin: str, charge: float, now: datetime) -> None:
    """A car in its tower tells its charge: the forecast follows, later or sooner. Most words change nothing, so the row
    is locked only for one that does."""
    cars = Car.objects.select_related("model", "site").filter(pk=vin, site__charger_kw__isnull=False)
    car = cars.first()
    if car is None or not _moves(car, _charged_at(car, charge, now)):
        return
    with transaction.atomic():
        car = cars.select_for_update(of=("self",)).get()
        ready = _charged_at(car, charge, now)
        if car.ready_from is not None and _is_moved(car, now):
            ready = max(ready or car.ready_from, car.ready_from)
        if _moves(car, ready):
            keep(car, ready, now)


def _charged_at(car: Car, charge: float, now: datetime) -> datetime | None:
    """None for a car that is."""
    left = charging_time(charge=charge, model=car.model, site=car.site)
    return now + left if left else None


def _is_moved(car: Car, now: datetime) -> bool:
    """Is it on its way from another site, or has it just come? Then it is not ready, however full its battery is."""
    lately = Q(ended_at=None) | Q(ended_at__gt=now - TURN_ROUND)
    return Transfer.objects.filter(lately, car=car).exists()


def _moves(car: Car, ready: datetime | None) -> bool:
    """Is this forecast another than the one that is kept?"""
    known = car.ready_from
    if ready is None or known is None:
        return ready is not known
    return abs(ready - known) >= STEADY


def keep(car: Car, ready: datetime | None, now: datetime) -> None:
    """No trial with this car begins before ``ready``. The row is locked by the caller; whoever booked it for before
    gets another."""
    known, car.ready_from = car.ready_from, ready
    car.save(update_fields=["ready_from"])
    if ready is not None and (known is None or ready > known):
        tell(CarNotReady(car=car, ready_from=ready, now=now))
