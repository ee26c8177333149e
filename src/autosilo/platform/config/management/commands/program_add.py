"""``autosilo manage program_add SLUG NAME``: let a program use the API; prints its secret, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from autosilo.platform.kit import clock
from autosilo.platform.resources.programs import actions
from autosilo.platform.resources.programs.states import Scope


class Command(BaseCommand):
    help = "Let a program use the API. Its secret is printed once and kept only as a digest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("name")
        parser.add_argument("--scope", action="append", choices=Scope.values, help="all when none is named")
        parser.add_argument("--per-minute", type=int, default=600)

    def handle(self, *_args: Any, **options: Any) -> None:
        scopes = frozenset(options["scope"] or Scope.values)
        try:
            _row, secret = actions.register(
                slug=options["slug"],
                name=options["name"],
                scopes=scopes,
                per_minute=options["per_minute"],
                now=clock.now(),
            )
        except IntegrityError as error:
            raise CommandError(f"there is a program {options['slug']} already") from error
        self.stdout.write(secret)
