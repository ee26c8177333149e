"""A small shop for tests of pages: two sites, three models, a few cars. Made-up data."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.people.models import DrivingLicence, Membership, Person, Tier
from autosilo.platform.resources.sites.actions import sync_sites
from autosilo.platform.resources.sites.models import Site

PASSWORD = "a-long-test-passphrase"

# make, name, body, seats, km, kWh, size mm, kg, yuan
MODELS = (
    ("Aurora", "One", "saloon", 5, 560, "74.0", (4720, 1850, 1450), 1900, 239_900),
    ("Aurora", "Field", "suv", 7, 520, "82.0", (4900, 1950, 1700), 2300, 319_900),
    ("Minnow", "Two", "hatchback", 4, 330, "42.0", (3900, 1750, 1530), 1400, 99_900),
)
PAINTS = (
    ("cinnabar", "Cinnabar", "朱砂红", "#c9362b", "red"),
    ("chalk", "Chalk", "白垩", "#f2f1ec", "white"),
    ("deep-blue", "Deep blue", "深蓝", "#23406e", "blue"),
)


@dataclass
class Stock:
    sites: list[Site]
    models: list[CarModel]

    @property
    def site(self) -> Site:
        return self.sites[0]

    @property
    def model(self) -> CarModel:
        return self.models[0]

    def paint(self, code: str = "cinnabar") -> Paint:
        return Paint.objects.get(model=self.model, code=code)


def fill(models: int = len(MODELS)) -> Stock:
    """Both sites from their files; each model in every paint, one car of each at each site."""
    sites = sync_sites()
    return Stock(sites=sites, models=[_model(number, sites) for number in range(models)])


def _model(number: int, sites: list[Site]) -> CarModel:
    make, name, body, seats, km, kwh, (length, width, height), mass, yuan = MODELS[number % len(MODELS)]
    suffix = f" {number // len(MODELS) + 1}" if number >= len(MODELS) else ""
    model = CarModel.objects.create(
        slug=f"{make}-{name}{suffix}".lower().replace(" ", "-"),
        make=make,
        name=name + suffix,
        year=2025,
        body=body,
        seats=seats,
        range_km=km,
        range_cycle="WLTP",
        battery_kwh=kwh,
        dc_kw=150,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        mass_kg=mass,
        price_minor=yuan * 100,
        source="made up for a test",
    )
    for order, (code, name_en, name_zh, hex_colour, family) in enumerate(PAINTS):
        paint = Paint.objects.create(
            model=model, code=code, name_en=name_en, name_zh=name_zh, hex=hex_colour, family=family
        )
        for at, site in enumerate(sites):
            serial = number * 100 + order * 10 + at
            Car.objects.create(vin=f"LTESTAAA0RA{serial:06d}", plate=f"沪AD{serial:05d}", model=model, paint=paint, site=site)
    return model


def shopper(email: str = "lin@example.org", *, premium: bool = True, details: bool = True) -> Person:
    person = Person.objects.create_user(email, PASSWORD, first_name="Lin")
    since = datetime(2026, 1, 2, tzinfo=UTC)
    Membership.objects.create(
        person=person, tier=Tier.PREMIUM if premium else Tier.BASIC, since=since, source="platform"
    )
    if details:
        person.last_name, person.phone, person.birth_date = "Chen", "+86 138 0000 0000", date(1990, 5, 17)
        person.save()
        DrivingLicence.objects.create(
            person=person, number="310101199005170000", expires_on=date(2036, 5, 17), stated_at=since
        )
    return person
