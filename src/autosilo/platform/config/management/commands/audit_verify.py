"""``manage.py audit_verify``: is the audit trail whole?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autosilo.chain import noted, told, what_is_wrong
from autosilo.platform.resources.people import chained


class Command(BaseCommand):
    help = (
        "Check every entry of the audit trail against the one before it, and print the newest one's number and "
        "digest. Keep that line somewhere else: with --noted a later run finds out whether the trail was cut off or "
        "written anew since."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--noted", type=noted, action="append", default=[], metavar="NUMBER:DIGEST", help="printed before"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = chained.verified()
        problem = what_is_wrong(found, options["noted"], chained.digest_of)
        if answer := told(found, problem, as_json=options["json"]):
            self.stdout.write(answer)
        if problem:
            raise CommandError(problem)
