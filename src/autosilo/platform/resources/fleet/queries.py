"""Reads of the fleet."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car, CarState
from autosilo.platform.resources.sites.models import Site
from autosilo.wire.bus import CarLook


def in_service(*, model: CarModel, paint: Paint | None, site: Site, ready_by: datetime) -> list[Car]:
    """Cars of this wish that may be booked for a trial from ``ready_by`` on; any paint when ``paint`` is None."""
    cars = Car.objects.filter(model=model, site=site, state=CarState.IN_SERVICE)
    cars = cars.filter(Q(ready_from=None) | Q(ready_from__lte=ready_by))
    return list(cars if paint is None else cars.filter(paint=paint))


def looks_of(*, site: Site) -> list[CarLook]:
    """Number and colour of every car that belongs to ``site`` and is not sold, in the order of their numbers."""
    cars = Car.objects.filter(site=site).exclude(state=CarState.SOLD).order_by("vin")
    return [CarLook(vin=vin, paint_hex=colour.lower()) for vin, colour in cars.values_list("vin", "paint__hex")]


def by_vin(vins: Iterable[str]) -> dict[str, Car]:
    """With model and paint, for drawing a tower's cars."""
    return {car.vin: car for car in Car.objects.select_related("model", "paint").filter(vin__in=list(vins))}
