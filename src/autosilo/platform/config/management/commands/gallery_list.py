"""``manage.py gallery_list``: how many reference photos each model has."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Q

from autosilo.platform.journey.scan.seeing import ENCODER
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.vision.thresholds import MIN_REFERENCES


class Command(BaseCommand):
    help = "Models with their reference photos; a model is named in a scan only from a few photos on."

    def handle(self, *args: Any, **options: Any) -> None:
        ours = Count("looks", filter=Q(looks__encoder=ENCODER))
        for slug, count in CarModel.objects.annotate(count=ours).values_list("pk", "count"):
            note = "" if count >= MIN_REFERENCES else f"  (named from {MIN_REFERENCES} on)"
            self.stdout.write(f"{count:4}  {slug}{note}")
