"""``manage.py gallery_list``: how many reference photos each model has."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Q

from autosilo.platform.journey.scan.queries import foreign_looks
from autosilo.platform.journey.scan.seeing import reader
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.vision.cars.gallery import FEWEST_MODELS
from autosilo.vision.thresholds import MIN_REFERENCES


class Command(BaseCommand):
    help = "Models with their reference photos; a model is named in a scan only from a few photos on."

    def handle(self, *args: Any, **options: Any) -> None:
        ours = Count("looks", filter=Q(looks__encoder=reader().encoder))
        counts = CarModel.objects.annotate(count=ours).values_list("pk", "count")
        for slug, count in counts:
            note = "" if count >= MIN_REFERENCES else f"  (named from {MIN_REFERENCES} on)"
            self.stdout.write(f"{count:4}  {slug}{note}")
        taught = sum(count > 0 for _slug, count in counts)
        if taught < FEWEST_MODELS:
            self.stdout.write(f"looks are compared once {FEWEST_MODELS} models have photos; {taught} have")
        foreign = foreign_looks()
        if foreign:
            self.stdout.write(f"{foreign} photos were learnt by another network and are not used: add them again")
