"""``manage.py seed_demo``: sites, catalogue, cars and people of the demonstration. Idempotent."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from autosilo.platform.kit import clock
from autosilo.platform.resources.catalogue.demo import seed_models
from autosilo.platform.resources.fleet.actions import describe_cars
from autosilo.platform.resources.fleet.demo import seed_cars
from autosilo.platform.resources.fleet.demo_files import write_files
from autosilo.platform.resources.licences.demo import seed_proofs
from autosilo.platform.resources.people.demo import SHOPPER, seed_people
from autosilo.platform.resources.sites.actions import sync_sites
from autosilo.tower.site_file import load_all_sites


class Command(BaseCommand):
    help = "Write the demo's sites, models, cars and people, and the files that the twins begin with."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("demo data is for demo mode (AUTOSILO_DEMO=1) only")
        configs = load_all_sites(folder=settings.SITES_DIR, pace=1.0)
        with transaction.atomic():
            sites = sync_sites(kiosk_urls=settings.KIOSK_URLS)
            models = seed_models()
            stocks = [seed_cars(site=site, config=configs[site.pk], models=models) for site in sites]
            for site in sites:
                describe_cars(site=site, now=clock.now())
            seed_people(file=settings.HOME / "run" / "demo.json", now=clock.now())
            seed_proofs(email=SHOPPER[1], now=clock.now())
        write_files(home=settings.HOME, stocks=stocks)
        cars = sum(len(stock.cars) for stock in stocks)
        self.stdout.write(f"{len(sites)} sites, {len(models)} models, {cars} cars")
