"""``manage.py gallery_train``: a version of the gallery from all reference photos."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from autosilo.platform.config.management.gallery import train
from autosilo.platform.kit import clock


class Command(BaseCommand):
    help = "Train a version here and now, and use it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tuned", action="store_true", help="tune a small head first")
        parser.add_argument("--do-not-use", action="store_true", help="leave the present version in use")

    def handle(self, *args: Any, **options: Any) -> None:
        train(
            self.stdout,
            kind="tuned" if options["tuned"] else "plain",
            activate=not options["do_not_use"],
            now=clock.now(),
        )
