"""``manage.py gallery_add MODEL PHOTO …``: reference photos for a model of the catalogue."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autosilo.platform.journey.scan.actions import CannotRead
from autosilo.platform.journey.scan.learning import CannotLearn, learn
from autosilo.platform.kit import clock
from autosilo.platform.resources.catalogue.models import CarModel


class Command(BaseCommand):
    help = "Teach the scan what a model looks like. The photos themselves are not kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", help="the model's slug, as in its address")
        parser.add_argument("photos", nargs="+", type=Path, help="JPEG, PNG or WebP")

    def handle(self, *args: Any, **options: Any) -> None:
        model = CarModel.objects.filter(pk=options["model"]).first()
        if model is None:
            known = ", ".join(CarModel.objects.values_list("pk", flat=True))
            raise CommandError(f"no model {options['model']!r}; there are {known}")
        added = sum(self._add(model, photo) for photo in options["photos"])
        self.stdout.write(f"{model}: {added} of {len(options['photos'])} added, {model.looks.count()} in all")
        if not added:
            raise CommandError("nothing was added")

    def _add(self, model: CarModel, photo: Path) -> bool:
        try:
            learn(model=model, photo=photo.read_bytes(), note=photo.name, now=clock.now())
        except (CannotRead, CannotLearn, OSError) as refusal:
            self.stderr.write(f"{photo}: {refusal}")
            return False
        return True
