"""What happens to cars, as rows: where one stands is the site's to say."""

from datetime import datetime

from django.db import transaction

from autosilo.platform.resources.fleet.models import Car, CarState
from autosilo.platform.resources.fleet.queries import looks_of
from autosilo.platform.resources.sites.actions import send
from autosilo.platform.resources.sites.models import Site
from autosilo.wire.bus import DescribeCars


@transaction.atomic
def describe_cars(*, site: Site, now: datetime) -> bool:
    """Tell ``site`` the colours of its cars, for the picture of its tower; False when it has none.

    Called at each start and whenever the stock changes: hearing it twice is harmless, and a site that lost its data
    draws in colour again.
    """
    looks = looks_of(site=site)
    if looks:
        send(site=site, order=DescribeCars(cars=tuple(looks)), now=now)
    return bool(looks)


def note_meter(*, vin: str, odometer_km: float | None, charge: float | None) -> None:
    """Keep what was read at a gate. An odometer never runs backwards; a reading that is not there changes nothing."""
    car = Car.objects.select_for_update().get(vin=vin)
    if odometer_km is not None and odometer_km >= car.odometer_km:
        car.odometer_km = odometer_km
    if charge is not None:
        car.charge = charge
    car.save(update_fields=["odometer_km", "charge"])


@transaction.atomic
def mark_sold(*, vin: str, now: datetime) -> None:
    """The car belongs to a shopper now and is never booked again; its site hears that its stock changed."""
    Car.objects.filter(vin=vin).update(state=CarState.SOLD)
    describe_cars(site=Site.objects.get(cars=vin), now=now)


def take_out_of_service(*, vin: str, site: Site | None = None) -> bool:
    """Not booked any more; False for a car that was not in service (at ``site``). Existing bookings are not touched."""
    cars = Car.objects.filter(vin=vin, state=CarState.IN_SERVICE)
    if site is not None:
        cars = cars.filter(site=site)
    return cars.update(state=CarState.OUT_OF_SERVICE) == 1


def return_to_service(*, vin: str) -> bool:
    return Car.objects.filter(vin=vin, state=CarState.OUT_OF_SERVICE).update(state=CarState.IN_SERVICE) == 1
