"""What the pages of the gallery show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from autosilo.platform.journey.scan.models import Correction, GalleryVersion
from autosilo.platform.journey.scan.seeing import reader
from autosilo.platform.journey.scan.states import UNDER_WAY, CorrectionState, VersionState
from autosilo.platform.resources.catalogue.models import CarModel, ReferenceLook
from autosilo.vision.cars import Advice, Assessment

VERSIONS_SHOWN = 10
VIEWS = ("front", "side", "rear")
MOST_ADVICE = 12
MOST_PAIRS = 20
MOST_IN_PICTURE = 24
"""Models in the confusion picture: more are too small to be read. Those that are confused most come first."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """``count`` of ``photos`` pictures of one model were taken for another."""

    model: str
    taken_for: str
    count: int
    photos: int


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """``names`` of rows and columns alike; ``cells``: rows the truth, columns what it was taken for."""

    names: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    left_out: int


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An assessment in the names of the catalogue."""

    top1: float | None
    top5: float | None
    photos: int
    confusion: Confusion | None
    mistakes: tuple[Mistake, ...]
    advice: tuple[tuple[Advice, str, str], ...]
    more_advice: int


def models_with_counts() -> QuerySet[CarModel]:
    """Every model with how many photos of the network in use it has, in all and by view."""
    ours = Q(looks__encoder=reader().encoder)
    by_view = {name: Count("looks", filter=ours & Q(looks__view=name)) for name in VIEWS}
    counted = CarModel.objects.annotate(photo_count=Count("looks", filter=ours), **by_view)
    return counted.order_by("make", "name")  # said anew: what is counted loses its model's order


def looks_of(model: CarModel) -> QuerySet[ReferenceLook]:
    return ReferenceLook.objects.filter(model=model).defer("vector").select_related("picture").defer("picture__jpeg")


def versions() -> list[GalleryVersion]:
    """The latest, without their numbers."""
    rows = GalleryVersion.objects.select_related("asked_by").defer("data", "assessment")
    return list(rows[:VERSIONS_SHOWN])


def active() -> GalleryVersion | None:
    return GalleryVersion.objects.filter(state=VersionState.ACTIVE).defer("data").first()


def under_way() -> GalleryVersion | None:
    return GalleryVersion.objects.filter(state__in=UNDER_WAY).defer("data", "assessment").first()


def untrained(version: GalleryVersion | None) -> int:
    """Photos that were added after the version in use was trained."""
    rows = ReferenceLook.objects.filter(encoder=reader().encoder)
    return rows.filter(added_at__gt=version.asked_at).count() if version else rows.count()


def waiting_corrections() -> QuerySet[Correction]:
    rows = Correction.objects.filter(state=CorrectionState.WAITING).select_related("model")
    return rows.defer("jpeg", "vector")


def assessment_of(version: GalleryVersion | None) -> Assessment | None:
    """None as well where it was written by another release: the next training writes it anew."""
    try:
        return Assessment.from_json(version.assessment) if version and version.assessment else None
    except ValueError:
        return None


def judged(assessment: Assessment) -> Judged:
    """One query."""
    names = {model.pk: str(model) for model in CarModel.objects.all()}
    advice = [(one, names.get(one.slug, one.slug), names.get(one.taken_for or "", "")) for one in assessment.advice]
    matrix = [[int(count) for count in row] for row in assessment.confusion]
    slugs = list(assessment.slugs)
    return Judged(
        top1=assessment.top1,
        top5=assessment.top5,
        photos=assessment.photos,
        confusion=_confusion([names.get(slug, slug) for slug in slugs], matrix)
        if assessment.top1 is not None
        else None,
        mistakes=_mistakes([names.get(slug, slug) for slug in slugs], matrix),
        advice=tuple(advice[:MOST_ADVICE]),
        more_advice=max(len(advice) - MOST_ADVICE, 0),
    )


def _mistakes(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> tuple[Mistake, ...]:
    found = [
        Mistake(model=names[row], taken_for=names[column], count=count, photos=sum(cells))
        for row, cells in enumerate(matrix)
        for column, count in enumerate(cells)
        if count and row != column
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, one.model))[:MOST_PAIRS])


def _confusion(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> Confusion:
    def wrong(at: int) -> int:
        return sum(matrix[at]) + sum(row[at] for row in matrix) - 2 * matrix[at][at]

    chosen = sorted(sorted(range(len(names)), key=lambda at: (-wrong(at), at))[:MOST_IN_PICTURE])
    return Confusion(
        names=tuple(names[at] for at in chosen),
        cells=tuple(tuple(matrix[row][column] for column in chosen) for row in chosen),
        left_out=len(names) - len(chosen),
    )


def suspects(assessment: Assessment | None) -> dict[str, str]:
    """Number of a look -> slug of the model for which it is taken."""
    return {one.key: one.taken_for for one in assessment.suspects} if assessment else {}
