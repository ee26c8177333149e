"""A small world for tests of the console and the API: two sites, a model, cars, staff, trials. Made-up data."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.sites.actions import sync_sites
from autosilo.platform.resources.sites.models import Site

PASSWORD = "a long passphrase for tests"
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""
VIN = "LAS0000000000{:04d}"


def shop(*, cars: int = 2) -> list[Site]:
    """Both demo sites, one model in two paints, ``cars`` cars at each site, standing in the first bays."""
    sites = sync_sites()
    for number, site in enumerate(sites):
        standing = [car(site, number * 1000 + index) for index in range(cars)]
        bays = [bay["name"] for lift in site.geometry["lifts"] for bay in lift["bays"]]
        site.inventory = dict(zip(bays, [one.vin for one in standing], strict=False))
        site.save()
    return sites


def model(slug: str = "aurora-one") -> CarModel:
    found, made = CarModel.objects.get_or_create(
        slug=slug,
        defaults={
            "make": "Aurora",
            "name": slug.partition("-")[2].title(),
            "year": 2026,
            "body": "suv",
            "seats": 5,
            "range_km": 560,
            "range_cycle": "CLTC",
            "battery_kwh": "74.0",
            "length_mm": 4700,
            "width_mm": 1850,
            "height_mm": 1600,
            "mass_kg": 2000,
            "price_minor": 239_900_00,
            "source": "made up for tests",
        },
    )
    if made:
        Paint.objects.create(model=found, code="red", name_en="Red", name_zh="红", hex="#c9362b", family="red")
        Paint.objects.create(model=found, code="white", name_en="White", name_zh="白", hex="#f2f1ec", family="white")
    return found


def car(site: Site, number: int, *, slug: str = "aurora-one") -> Car:
    of = model(slug)
    paint = of.paints.all()[number % 2]
    return Car.objects.create(vin=VIN.format(number), plate=f"沪AD{number:05d}", model=of, paint=paint, site=site)


def shopper(name: str = "Lin") -> Person:
    return Person.objects.create_user(
        f"{name.lower()}@shopper.example", PASSWORD, first_name=name, phone="+86 138 0000 0000"
    )


def trial(site: Site, *, name: str = "Lin", state: str = TrialState.BOOKED, number: int = 0, **fields: Any) -> Trial:
    """A row as booking would have left it, on a car of its own."""
    own = car(site, 5000 + number)
    values = {
        "slot_start": NOW + timedelta(hours=1),
        "slot_end": NOW + timedelta(hours=1, minutes=30),
        "collect_from": NOW + timedelta(minutes=45),
        "collect_until": NOW + timedelta(hours=2, minutes=30),
        "created_at": NOW - timedelta(hours=1),
        "policy": "cn 2026-01",
    }
    return Trial.objects.create(
        person=shopper(name), car_model=own.model, paint=own.paint, car=own, site=site, state=state, **(values | fields)
    )


# --- staff ---


def worker(role: Role | None, *, device: bool = True, email: str = "", **fields: Any) -> Person:
    """Somebody of staff in the group of ``role``; None: staff without a group."""
    name = email or f"{role or 'nobody'}@staff.example"
    person = Person.objects.create_user(name, PASSWORD, is_staff=True, first_name="Wang", **fields)
    if role:
        person.groups.add(Group.objects.get(name=role))
    if device:
        TOTPDevice.objects.create(user=person, name="test", confirmed=True)
    return person


def code_of(device: TOTPDevice, *, steps_ahead: int = 0) -> str:
    """What the authenticator shows now."""
    import time

    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + steps_ahead * device.step
    return f"{totp.token():06d}"


def signed_in(person: Person, client: Client | None = None) -> Client:
    """A client whose session has passed both factors."""
    client = client or Client()
    client.force_login(person)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=person).persistent_id
    session.save()
    return client
