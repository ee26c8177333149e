"""What is known of the cars in a tower, for its drawing and for the table beside it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import ACTIVE
from autosilo.platform.kit import clock
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.sites.models import Site


@dataclass(frozen=True, kw_only=True)
class CarInTower:
    """A car of the site, where it was last reported (None: not in the tower) and whose trial it serves now."""

    car: Car
    place: str | None
    trial: Trial | None

    @property
    def charge(self) -> float:
        """Fraction, as the car itself said last, else as it was when it last came in."""
        reading = getattr(self.car, "reading", None)
        return reading.charge if reading else self.car.charge

    @property
    def waits_until(self) -> datetime | None:
        """Charges, or is on its way here, until then."""
        ready = self.car.ready_from
        return ready if ready is not None and ready > clock.now() else None


def cars_of(site: Site) -> list[CarInTower]:
    """Every car of the site and every car standing in it, by place; two queries."""
    places = {vin: place for place, vin in site.inventory.items()}
    cars = Car.objects.select_related("model", "paint", "reading").filter(_here(site))
    active = Trial.objects.filter(car__in=[car.vin for car in cars], state__in=sorted(ACTIVE))
    serving = {trial.car_id: trial for trial in active}
    rows = [CarInTower(car=car, place=places.get(car.vin), trial=serving.get(car.vin)) for car in cars]
    return sorted(rows, key=lambda row: (row.place is None, row.place or "", row.car.vin))


def car_of(site: Site, vin: str) -> CarInTower | None:
    """One car by its VIN, standing in or belonging to ``site``."""
    car = Car.objects.select_related("model", "paint", "reading", "site").filter(_here(site), vin=vin).first()
    if car is None:
        return None
    trial = Trial.objects.filter(car=car, state__in=sorted(ACTIVE)).first()
    place = next((place for place, standing in site.inventory.items() if standing == vin), None)
    return CarInTower(car=car, place=place, trial=trial)


def _here(site: Site) -> Q:
    """The site's own cars, and a stranger that stands in its tower."""
    return Q(site=site) | Q(vin__in=list(site.inventory.values()))


def paints(*, site: Site | None = None) -> dict[str, str]:
    """VIN -> ``#rrggbb``, of one site's cars or of all."""
    cars = Car.objects.all() if site is None else Car.objects.filter(site=site)
    return dict(cars.values_list("vin", "paint__hex"))
