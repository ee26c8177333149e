"""``manage.py gallery_assess``: how well the models are told apart by all photos that there are now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autosilo.platform.config.management.gallery import in_words
from autosilo.platform.journey.scan.queries import reference_photos
from autosilo.platform.journey.scan.seeing import reader
from autosilo.vision.cars import assess


class Command(BaseCommand):
    help = "Cross-validate: each photo is guessed by a gallery that has not seen it. Nothing is changed."

    def handle(self, *args: Any, **options: Any) -> None:
        encoder = reader().encoder
        photos = reference_photos(encoder=encoder)
        if not photos:
            raise CommandError("there are no reference photos yet")
        for line in in_words(assess(photos)):
            self.stdout.write(line)
