"""The demonstration's data: real cars with their sources, valid numbers, and a tower that can hold them."""

import json
import stat

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.fleet.demo import plate_prefix
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.fleet.vin import check_digit, is_valid
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.queries import details_complete, tier_of
from autosilo.platform.resources.sites.models import Site
from autosilo.tower.geometry import all_places
from autosilo.tower.site_file import load_all_sites
from autosilo.twin.cars.fleet import FleetFile
from autosilo.twin.plc.store import read_inventory


@pytest.fixture
def home(tmp_path, settings):
    settings.HOME = tmp_path
    for site in ("shanghai", "nanjing"):
        (tmp_path / "pki" / site).mkdir(parents=True)
        (tmp_path / "pki" / site / "sealing.pub").write_bytes(bytes(range(32)))
    return tmp_path


def seed():
    call_command("seed_demo", verbosity=0)


@pytest.mark.django_db
def test_catalogue_and_stock(home):
    seed()
    models = list(CarModel.objects.all())
    assert len(models) >= 12
    assert all("CDLA-Permissive-2.0" in model.source and model.price_is_demo for model in models)
    assert all(model.paints.count() >= 3 for model in models)
    assert len({model.body for model in models}) >= 6
    for site in Site.objects.all():
        assert site.cars.count() == 40
        assert bytes(site.sealing_public_key) == bytes(range(32))
        assert site.opening["mon"] in (["08:00", "22:00"], ["09:00", "21:00"])
    assert all(is_valid(car.vin) for car in Car.objects.all())


@pytest.mark.django_db
def test_every_car_stands_in_a_bay_that_carries_it(home):
    seed()
    for slug, config in load_all_sites(pace=1.0).items():
        commissioning = json.loads((home / "sites" / slug / "commissioning.json").read_text())
        inventory = read_inventory(home / "twins" / slug / "inventory.json")
        assert {place: car.vin for place, car in inventory.items()} == commissioning
        assert len(set(commissioning.values())) == 40
        places = all_places(config)
        for place, car in inventory.items():
            bay = config.tower.classes[places[place].class_number - 1]
            assert bay.fits(length_mm=car.length_mm, width_mm=car.width_mm, height_mm=car.height_mm)
            assert bay.carries(car.mass_kg)
    assert len(FleetFile(home / "twins" / "cars" / "fleet.json").fresh()) == 80


@pytest.mark.django_db
def test_people_can_sign_in_with_what_is_printed(home):
    seed()
    file = home / "run" / "demo.json"
    logins = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for login in logins.values():
        assert authenticate(username=login["email"], password=login["password"])
    operator = Person.objects.get(email=logins["operator"]["email"])
    assert [group.name for group in operator.groups.all()] == ["operators"]
    assert TOTPDevice.objects.get(user=operator).confirmed
    shopper = Person.objects.get(email=logins["shopper"]["email"])
    assert details_complete(person=shopper)
    assert tier_of(person=shopper, now=timezone.now()) == "premium"


@pytest.mark.django_db
def test_seeding_twice_changes_nothing(home):
    seed()
    files = {path: path.read_text() for path in home.rglob("*.json")}
    counts = [model.objects.count() for model in (Site, CarModel, Car, Person, TOTPDevice)]
    seed()
    assert {path: path.read_text() for path in home.rglob("*.json")} == files
    assert [model.objects.count() for model in (Site, CarModel, Car, Person, TOTPDevice)] == counts


def test_plates_begin_as_the_site_file_says():
    config = load_all_sites(pace=1.0)["nanjing"]
    assert plate_prefix(config) == "苏AD"
    assert plate_prefix(config.model_copy(update={"slug": "wuxi-east", "plate_prefix": None})) == "WUXI-"


@pytest.mark.django_db
def test_the_demos_plates_are_those_of_their_site(home):
    seed()
    assert {car.plate[:3] for car in Car.objects.filter(site="shanghai")} == {"沪AD"}


def test_a_known_check_digit():
    assert check_digit("1M8GDM9A_KP042788".replace("_", "0")) == "X"  # the example of 49 CFR 565.15
    assert is_valid("1M8GDM9AXKP042788")
    assert not is_valid("1M8GDM9A1KP042788")
