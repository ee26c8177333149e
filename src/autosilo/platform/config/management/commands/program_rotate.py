"""``autosilo manage program_rotate SLUG``: give a program a new secret, which is printed once; the old one ends."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autosilo.platform.kit import clock
from autosilo.platform.resources.programs import keeping
from autosilo.platform.resources.programs.models import Program


class Command(BaseCommand):
    help = "Give a program a new secret. It is printed once; the old one and its tokens are useless."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")

    def handle(self, *_args: Any, **options: Any) -> None:
        program = Program.objects.filter(pk=options["slug"]).first()
        if program is None:
            raise CommandError(f"there is no program {options['slug']}")
        self.stdout.write(keeping.rotate(program=program, by=None, now=clock.now()))
