"""``manage.py gallery_versions``: what was trained, and which version scans use."""

from typing import Any

from django.core.management.base import BaseCommand

from autosilo.platform.config.management.gallery import share
from autosilo.platform.journey.scan.models import GalleryVersion


class Command(BaseCommand):
    help = "Versions of the gallery, newest first."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = list(GalleryVersion.objects.defer("data", "assessment"))
        for row in rows:
            self.stdout.write(
                f"{row.pk:5}  {row.state:8} {row.kind:5} {row.photo_count:5} photos of {row.model_count:3} models,"
                f" right {share(row.top1)}, in five {share(row.top5)}  {row.asked_at:%F %T} {row.reason}".rstrip()
            )
        if not rows:
            self.stdout.write("none yet: scans go by body type and colour alone")
