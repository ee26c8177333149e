"""Licences that were stated before there were marks are marked, so that the second account on one is noticed."""

from django.db import migrations
from django.utils import timezone


def mark_licences(apps, schema_editor):
    from autosilo.platform.resources.people.marks import digest_of
    from autosilo.platform.resources.people.models import MarkKind

    licence, mark = apps.get_model("people", "DrivingLicence"), apps.get_model("people", "Mark")
    for row in licence.objects.iterator():
        digest = digest_of(MarkKind.LICENCE, row.number)
        mark.objects.get_or_create(
            person_id=row.person_id, kind="licence", digest=digest, defaults={"at": timezone.now()}
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0002_marks_and_flags")]

    operations = [migrations.RunPython(mark_licences, migrations.RunPython.noop)]
