"""``manage.py sync_sites``: bring the sites up to date with their files."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from autosilo.platform.kit import clock
from autosilo.platform.resources.fleet.actions import describe_cars
from autosilo.platform.resources.sites.actions import sync_sites
from autosilo.tower.site_file import SiteFileError


class Command(BaseCommand):
    help = "Read the site files and the sites' public sealing keys; tell the sites how their cars look."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sites = sync_sites(kiosk_urls=settings.KIOSK_URLS)
        except (SiteFileError, ValueError) as error:
            raise CommandError(str(error)) from error
        for site in sites:
            describe_cars(site=site, now=clock.now())
        self.stdout.write(", ".join(site.pk for site in sites))
