"""``manage.py gallery_rollback [VERSION]``: scans use an earlier version again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from autosilo.platform.config.management.gallery import BY
from autosilo.platform.journey.scan import galleries
from autosilo.platform.journey.scan.models import GalleryVersion
from autosilo.platform.journey.scan.states import VersionState
from autosilo.platform.kit import clock
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit


class Command(BaseCommand):
    help = "Without a number: the newest ready version that is older than the one in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", nargs="?", type=int)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        rows = GalleryVersion.objects.defer("data", "assessment")
        now = clock.now()
        if options["version"] is not None:
            version = rows.filter(pk=options["version"]).first()
        else:
            active = rows.filter(state=VersionState.ACTIVE).first()
            version = rows.filter(state=VersionState.READY, pk__lt=active.pk).first() if active else None
        if version is None:
            raise CommandError("there is no such version to return to")
        try:
            galleries.activate(version=version, by="command line", now=now)
        except Refusal as refused:
            raise CommandError(str(refused)) from refused
        audit.record(actor=None, action="gallery_activated", target=f"gallery {version.pk}", detail=BY, now=now)
        self.stdout.write(f"scans use version {version.pk} now")
