"""What is read of the site files, and what is told to the sites."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command

from autosilo.platform.resources.fleet.actions import describe_cars, mark_sold
from autosilo.platform.resources.fleet.admin import CarAdmin
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.sites.actions import sync_sites
from autosilo.platform.resources.sites.models import OutgoingOrder, Site
from autosilo.tower.drawing import drawing
from autosilo.tower.site_file import SiteFileError, load_all_sites


@pytest.mark.django_db
def test_console_and_kiosk_draw_a_tower_from_the_same_description(settings):
    sites = {site.pk: site for site in sync_sites()}
    for slug, config in load_all_sites(folder=settings.SITES_DIR, pace=1.0).items():
        assert sites[slug].geometry == drawing(config)


@pytest.mark.django_db
def test_a_site_must_be_in_a_market_whose_rules_are_known(settings, tmp_path):
    text = (settings.SITES_DIR / "nanjing.toml").read_text(encoding="utf-8")
    (tmp_path / "nanjing.toml").write_text(text.replace('market = "cn"', 'market = "mars"'), encoding="utf-8")
    with pytest.raises(SiteFileError, match=r"nanjing.toml: market: no rules for 'mars'\n.*cn-fee"):
        sync_sites(folder=tmp_path)
    assert not Site.objects.exists()


def test_names_of_tables_read_well_in_the_admin():
    ours = [model for model in apps.get_models() if model.__module__.startswith("autosilo.")]
    names = {str(model._meta.verbose_name_plural) for model in ours}
    assert "visit passes" in names
    assert not [name for name in names if name.endswith(("ss", "ys", "persons"))]


def looks(shop):
    return [{car["vin"]: car["paint_hex"] for car in order["cars"]} for order in shop.orders() if "cars" in order]


def test_a_site_hears_how_its_cars_look_whenever_its_stock_changes(shop):
    white, red = shop.add_cars(1)[0], shop.add_cars(1, code="red")[0]
    shop.add_cars(1, site=shop.add_site("nanjing"))
    assert describe_cars(site=shop.site, now=shop.now)
    mark_sold(vin=white.vin, now=shop.now)
    assert looks(shop) == [{white.vin: "#f2f4f3", red.vin: "#a3161f"}, {red.vin: "#a3161f"}]


def test_a_site_without_cars_hears_nothing(shop):
    assert not describe_cars(site=shop.site, now=shop.now)
    assert shop.orders() == []


def test_a_car_that_is_added_in_the_admin_is_described(shop, rf):
    car = shop.add_cars(1)[0]
    CarAdmin(Car, admin.site).save_model(rf.post("/"), car, form=None, change=False)
    assert looks(shop) == [{car.vin: "#f2f4f3"}]


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["seed_demo", "sync_sites"])
def test_each_start_describes_the_cars(command, settings, tmp_path):
    settings.HOME = tmp_path
    call_command("seed_demo", verbosity=0)
    before = OutgoingOrder.objects.count()
    call_command(command, verbosity=0)
    told = OutgoingOrder.objects.all()[before:]
    assert [(order.site_id, len(order.payload["cars"])) for order in told] == [("nanjing", 40), ("shanghai", 40)]
