"""What the gallery's commands share: training, and an assessment in words. In English, as all commands."""

from datetime import datetime

from django.core.management.base import CommandError, OutputWrapper

from autosilo.platform.journey.scan import galleries
from autosilo.platform.journey.scan.models import GalleryVersion
from autosilo.platform.journey.scan.states import VersionState
from autosilo.platform.kit import clock
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit
from autosilo.vision.cars import Advice, Assessment

BY = {"by": "command line"}
MOST_MISTAKES = 10
FROM = {"front": " from the front", "side": " from the side", "rear": " from behind"}


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def train(out: OutputWrapper, *, kind: str = "plain", activate: bool, now: datetime) -> GalleryVersion:
    """Train here and now, without the worker. Raises ``CommandError``."""
    try:
        version = galleries.order(kind=kind, activate=activate, by=None, now=now)
    except Refusal as refused:
        raise CommandError(str(refused)) from refused
    detail = {"kind": kind, "activate": activate} | BY
    audit.record(actor=None, action="gallery_trained", target=f"gallery {version.pk}", detail=detail, now=now)
    galleries.train(version=version.pk, clock=clock.now)
    version = GalleryVersion.objects.defer("data").get(pk=version.pk)
    if version.state == VersionState.FAILED:
        raise CommandError(f"version {version.pk} failed: {version.reason}")
    used = ", in use" if version.state == VersionState.ACTIVE else ""
    out.write(
        f"version {version.pk}{used}: {version.photo_count} photos of {version.model_count} models,"
        f" named rightly {share(version.top1)}, among five {share(version.top5)}"
    )
    return version


def in_words(assessment: Assessment) -> list[str]:
    """Accuracy, the most frequent mistakes, doubtful photos, and what would help."""
    lines = [f"{assessment.photos} photos of {len(assessment.slugs)} models"]
    lines += [f"named rightly {share(assessment.top1)}, among five {share(assessment.top5)} (cross-validated)"]
    matrix = assessment.confusion
    wrong = [
        (int(matrix[row][column]), slug, other)
        for row, slug in enumerate(assessment.slugs)
        for column, other in enumerate(assessment.slugs)
        if row != column and matrix[row][column]
    ]
    lines += [
        f"{count:4}  {slug} taken for {other}" for count, slug, other in sorted(wrong, reverse=True)[:MOST_MISTAKES]
    ]
    lines += [f"photo {one.key} of {one.slug} looks like {one.taken_for}" for one in assessment.suspects]
    lines += [advice(one) for one in assessment.advice]
    return lines


def advice(one: Advice) -> str:
    why = f"it is taken for {one.taken_for}" if one.taken_for else f"there are only {one.photos}"
    return f"add photos of {one.slug}{FROM[one.view]}: {why}"
