"""``autosilo membership import``: memberships from somebody else's list."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from autosilo.platform.kit import clock
from autosilo.platform.resources.people import importing
from autosilo.platform.resources.people.models import Person


class Command(BaseCommand):
    help = "Import memberships from a CSV file with email, tier and until. Changes nothing without --apply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--source", required=True, help="name of the list; it owns what it sets")
        parser.add_argument("--apply", action="store_true", help="do it, all or nothing")
        parser.add_argument("--by", metavar="E-MAIL", help="the operator who answers for it (with --apply)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = importing.decode(options["file"].read_bytes())
            found = importing.plan(text=text, source=options["source"], now=clock.now())
            for line in found.mistakes:
                words = importing.MISTAKES[line.mistake] if line.mistake else ""
                self.stdout.write(f"{options['file']}:{line.number}: {line.email}: {words}")
            if options["apply"]:
                by = _operator(options["by"])
                found = importing.apply(text=text, source=options["source"], by=by, now=clock.now())
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except importing.CannotImport as refusal:
            raise CommandError(str(refusal)) from refusal
        counts = ", ".join(f"{number} {name}" for name, number in found.counts.items())
        self.stdout.write(f"{'applied' if options['apply'] else 'would do'}: {counts}")


def _operator(email: str | None) -> Person:
    person = Person.objects.filter(email__iexact=email or "", is_staff=True, is_active=True).first()
    if person is None:
        raise CommandError(f"nobody of staff has the address {email or '(give it by --by)'}")
    return person
