"""``autosilo manage program_link PROGRAM EMAIL SUBJECT``: a shopper lets a program book for them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.programs import actions
from autosilo.platform.resources.programs.models import Program


class Command(BaseCommand):
    help = "Let a program book for a shopper who has agreed to it, under the program's own name for that shopper."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("program")
        parser.add_argument("email")
        parser.add_argument("subject")

    def handle(self, *_args: Any, **options: Any) -> None:
        program = Program.objects.filter(pk=options["program"]).first()
        person = Person.objects.filter(email__iexact=options["email"]).first()
        if program is None or person is None:
            raise CommandError("there is no such program, or no such shopper")
        row = actions.link(program=program, person=person, subject=options["subject"], now=clock.now())
        self.stdout.write(f"{row.subject} at {program.pk}")
