"""``autosilo manage sale_open MODEL SITE TIME``: bookings of a model at a site begin at a moment, with a line."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autosilo.platform.journey.booking import selling
from autosilo.platform.kit import clock
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.sites.models import Site


class Command(BaseCommand):
    help = "Let bookings of a model at a site begin at a moment (ISO 8601 with an offset); before it there is a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model")
        parser.add_argument("site")
        parser.add_argument("opens_at", type=datetime.fromisoformat)

    def handle(self, *_args: Any, **options: Any) -> None:
        model = CarModel.objects.filter(pk=options["model"]).first()
        site = Site.objects.filter(pk=options["site"]).first()
        if model is None or site is None:
            raise CommandError("there is no such model, or no such site")
        if options["opens_at"].tzinfo is None:
            raise CommandError("the time needs an offset, such as 2026-12-01T10:00+08:00")
        try:
            selling.plan(car_model=model, site=site, opens_at=options["opens_at"], by=None, now=clock.now())
        except selling.CannotSell as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{model.pk} at {site.pk} from {options['opens_at'].isoformat()}")
