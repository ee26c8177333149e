"""``manage.py gallery_add MODEL PHOTO …``: reference photos for a model of the catalogue."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from autosilo.platform.config.management.gallery import BY, train
from autosilo.platform.journey.scan.actions import CannotRead
from autosilo.platform.journey.scan.learning import CannotLearn, learn
from autosilo.platform.kit import clock
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.people import audit


class Command(BaseCommand):
    help = "Teach the scan what a model looks like. The photos themselves are not kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", help="the model's slug, as in its address")
        parser.add_argument("photos", nargs="+", type=Path, help="JPEG, PNG or WebP")
        parser.add_argument("--sure", action="store_true", help="add also what looks like another model")
        parser.add_argument("--keep-picture", action="store_true", help="keep a small covered crop of each")
        parser.add_argument("--no-train", action="store_true", help="more is to come: do not train yet")

    def handle(self, *args: Any, **options: Any) -> None:
        model = CarModel.objects.filter(pk=options["model"]).first()
        if model is None:
            known = ", ".join(CarModel.objects.values_list("pk", flat=True))
            raise CommandError(f"no model {options['model']!r}; there are {known}")
        added = sum(self._add(model, photo, options) for photo in options["photos"])
        self.stdout.write(f"{model}: {added} of {len(options['photos'])} added, {model.looks.count()} in all")
        if not added:
            raise CommandError("nothing was added")
        if not options["no_train"]:
            train(self.stdout, activate=True, now=clock.now())

    def _add(self, model: CarModel, photo: Path, options: dict[str, Any]) -> bool:
        now = clock.now()
        try:
            with transaction.atomic():
                look = learn(
                    model=model,
                    photo=photo.read_bytes(),
                    note=photo.name,
                    sure=options["sure"],
                    keep_picture=options["keep_picture"],
                    now=now,
                )
                detail = {"id": look.pk, "note": look.note, "picture_kept": options["keep_picture"]} | BY
                audit.record(actor=None, action="look_added", target=f"model {model.pk}", detail=detail, now=now)
        except CannotLearn as doubt:
            other = doubt.detail.get("other")
            self.stderr.write(f"{photo}: {doubt}" + (f" ({other})" if other else ""))
            return False
        except (CannotRead, OSError) as refusal:
            self.stderr.write(f"{photo}: {refusal}")
            return False
        return True
