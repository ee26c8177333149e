"""``manage.py forget_second_factor``: the way back in when nobody is left who could help in the console."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import Person
from autosilo.platform.surfaces.console.sign_in import forget_devices


class Command(BaseCommand):
    help = "Forget the authenticators of one of the staff; at the next sign-in a new one is set up. Audited."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="for the audit")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["email"], is_staff=True).first()
        if person is None:
            raise CommandError("nobody of the staff has this e-mail address")
        gone = forget_devices(person=person, by=None, reason=options["reason"], now=clock.now())
        self.stdout.write(f"{gone} authenticators forgotten")
