"""The demo's cars: forty a site, the same ones each time, with valid VINs and where each one stands at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.fleet.vin import ALPHABET, with_check_digit
from autosilo.platform.resources.sites.models import Site
from autosilo.tower.config import SiteConfig, VehicleClass
from autosilo.tower.geometry import Place, bays

CARS_A_SITE = 40
MAKER = "LA9"  # a Chinese maker of fewer than 1,000 vehicles a year; no real maker's number follows
YEARS = {2023: "P", 2024: "R", 2025: "S", 2026: "T"}  # ISO 3779, position 10


class DoesNotFit(Exception):
    """A demo car is larger or heavier than every free bay of its tower."""


@dataclass(frozen=True, kw_only=True)
class Stock:
    """The cars of one site, and the bay of each."""

    site: Site
    cars: Sequence[Car]
    places: Mapping[str, str]


def seed_cars(*, site: Site, config: SiteConfig, models: Sequence[CarModel]) -> Stock:
    """Forty cars for ``site``, the same ones whatever other sites there are. Idempotent; cars that are there stay."""
    number = crc32(site.pk.encode())
    paints = {model.pk: list(model.paints.all()) for model in models}
    cars = [_car(site, config, number, index, models, paints) for index in range(CARS_A_SITE)]
    Car.objects.bulk_create(cars, ignore_conflicts=True)
    vins = [car.vin for car in cars]
    kept = {car.vin: car for car in Car.objects.select_related("model", "paint").filter(vin__in=vins)}
    return Stock(site=site, cars=[kept[vin] for vin in vins], places=place(config, [kept[vin] for vin in vins]))


def place(config: SiteConfig, cars: Sequence[Car]) -> dict[str, str]:
    """place -> VIN: each car in a bay that carries it, lifts in turn, the strongest bays left for those that need them.

    Raises ``DoesNotFit``.
    """
    free = _bays_by_turns(config)
    found: dict[str, str] = {}
    by_need = sorted(cars, key=lambda car: (-_least_class(config, car).mass_kg, car.vin))
    for car in by_need:
        bay = next((bay for bay in free if _class_of(config, bay) is _least_class(config, car)), None)
        bay = bay or next((bay for bay in free if _fits(_class_of(config, bay), car)), None)
        if bay is None:
            raise DoesNotFit(f"{car.model} ({car.vin}) fits no free bay of {config.slug}")
        free.remove(bay)
        found[bay.name] = car.vin
    return found


def _bays_by_turns(config: SiteConfig) -> list[Place]:
    """First bays of every lift, then second ones, and so on, so that cars spread over the lifts."""
    ranks = [
        (rank, order, bay)
        for order, lift in enumerate(config.tower.lifts)
        for rank, bay in enumerate(bays(config.tower, lift))
    ]
    return [bay for _rank, _order, bay in sorted(ranks, key=lambda one: one[:2])]


def _class_of(config: SiteConfig, bay: Place) -> VehicleClass:
    return config.tower.classes[bay.class_number - 1]


def _least_class(config: SiteConfig, car: Car) -> VehicleClass:
    """The class of the least strength that carries the car. Raises ``DoesNotFit``."""
    fitting = [one for one in config.tower.classes if _fits(one, car)]
    if not fitting:
        raise DoesNotFit(f"{car.model} fits no class of {config.slug}")
    return min(fitting, key=lambda one: one.mass_kg)


def _fits(one: VehicleClass, car: Car) -> bool:
    model = car.model
    size = one.fits(length_mm=model.length_mm, width_mm=model.width_mm, height_mm=model.height_mm)
    return size and one.carries(model.mass_kg)


def _car(
    site: Site,
    config: SiteConfig,
    number: int,
    index: int,
    models: Sequence[CarModel],
    paints: Mapping[str, Sequence[Paint]],
) -> Car:
    """Models in turn; each round and each site begins with another paint."""
    model = models[index % len(models)]
    choice = paints[model.pk]
    return Car(
        vin=vin_of(model, list(models).index(model), number, index),
        plate=f"{plate_prefix(config)}{10_000 + 1_000 * (number % 80) + 7 * index:05d}",
        model=model,
        paint=choice[(index // len(models) + number) % len(choice)],
        site=site,
        odometer_km=round(120 + 37.4 * ((index * 17 + number % 19) % 23), 1),
        charge=round(0.72 + 0.02 * ((index * 7 + number % 13) % 13), 2),
    )


def plate_prefix(config: SiteConfig) -> str:
    """As the site file says, else from the site's name: the demo invents no region."""
    return config.plate_prefix or f"{config.slug[:4].upper()}-"


def vin_of(model: CarModel, model_number: int, site_number: int, index: int) -> str:
    """Maker, model, year, site, serial; then the check digit."""
    site_letters = "".join(ALPHABET[site_number // 33**place % 33] for place in range(4))
    year = YEARS.get(model.year, "S")
    descriptor = f"EV{ALPHABET[model_number // 10]}{ALPHABET[model_number % 10]}A"
    return with_check_digit(f"{MAKER}{descriptor}0{year}{site_letters}{index + 1:03d}")
