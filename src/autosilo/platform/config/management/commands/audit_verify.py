"""``manage.py audit_verify``: is the audit trail whole?"""

import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autosilo.chain import Checked
from autosilo.platform.resources.people import chained

HEX = 64
WHY = {
    "missing": "one before it is missing, or it stands in another place",
    "changed": "it is not what was written",
    "not_chained": "it was written past the chain",
}


def noted(text: str) -> tuple[int, str]:
    """``NUMBER:DIGEST``, as an earlier run printed it."""
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != HEX:
        raise ArgumentTypeError("NUMBER:DIGEST is wanted, as an earlier run printed it")
    return int(number), digest


class Command(BaseCommand):
    help = (
        "Check every entry of the audit trail against the one before it, and print the newest one's number and "
        "digest. Keep that line somewhere else: with --noted a later run finds out whether the trail was cut off or "
        "written anew since."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--noted", type=noted, metavar="NUMBER:DIGEST", help="what an earlier run printed")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = chained.verified()
        problem = _problem(found) or _contradiction(options["noted"])
        if options["json"]:
            answer = {"entries": found.count, "head": f"{found.last}:{found.head}", "problem": problem}
            self.stdout.write(json.dumps(answer))
        if problem:
            raise CommandError(problem)
        if not options["json"]:
            self.stdout.write(f"{found.count} entries, all as they were written\n{found.last}:{found.head}")


def _problem(found: Checked) -> str:
    return "" if found.broken is None else f"entry {found.broken} does not follow: {WHY[found.why]}"


def _contradiction(noted: tuple[int, str] | None) -> str:
    if noted is None or chained.digest_of(noted[0]) == noted[1]:
        return ""
    return f"entry {noted[0]} is not the one that was noted: the trail was cut off or written anew"
