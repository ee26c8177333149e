"""What the catalogue and the galleries tell a scan."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from django.db.models import Count, Q

from autosilo.platform.journey.scan.models import GalleryVersion
from autosilo.platform.journey.scan.seeing import reader
from autosilo.platform.journey.scan.states import VersionState
from autosilo.platform.resources.catalogue.families import distance
from autosilo.platform.resources.catalogue.models import CarModel, Paint, ReferenceLook
from autosilo.vision.cars import CannotUseGallery, CatalogueEntry, Colour, Gallery, ReferencePhoto, View, body_named

COLOURS = frozenset(colour.value for colour in Colour)
VIEWS = frozenset(view.value for view in View)


def paints_of(models: Sequence[CarModel]) -> dict[str, list[Paint]]:
    """slug -> the paints in which a car is in service; all paints of a model that has no such car. One query."""
    stocked: dict[str, list[Paint]] = defaultdict(list)
    every: dict[str, list[Paint]] = defaultdict(list)
    cars = Count("cars", filter=Q(cars__state="in_service"))  # fleet stands above: its names are reached by relation
    for paint in Paint.objects.filter(model__in=[model.slug for model in models]).annotate(in_service=cars):
        every[paint.model_id].append(paint)
        if paint.in_service:
            stocked[paint.model_id].append(paint)
    return {slug: stocked[slug] or paints for slug, paints in every.items()}


def entries(models: Sequence[CarModel], paints: Mapping[str, Sequence[Paint]]) -> list[CatalogueEntry]:
    """Make, body type and colours of each model."""
    return [
        CatalogueEntry(
            slug=model.slug,
            body=body_named(model.body),
            paints=tuple(Colour(paint.family) for paint in paints.get(model.slug, ()) if paint.family in COLOURS),
            make=model.make,
        )
        for model in models
    ]


def nearest_paint(paints: Sequence[Paint], seen: Colour | None) -> Paint | None:
    """The paint closest to the colour seen: one of its name, else the nearest by eye. None without paints."""
    if seen is None or not paints:
        return next(iter(paints), None)
    return min(paints, key=lambda paint: (paint.family != seen.value, distance(paint.hex, seen.value), paint.code))


# --- the gallery in use ---------------------------------------------------------------------------------------------

_kept: dict[tuple[int, str], Gallery | None] = {}
"""The active gallery of this process: reading it anew takes longer than a scan may. A version never changes."""


def active_gallery(*, encoder: str) -> Gallery | None:
    """The active gallery, None while there is none that fits ``encoder``. One small query, and a large one when it has
    changed."""
    row = GalleryVersion.objects.filter(state=VersionState.ACTIVE).values_list("pk", "finished_at", "encoder").first()
    if row is None or row[2] != encoder:
        return None
    key = (row[0], str(row[1]))
    if key not in _kept:
        gallery = _read(row[0])
        _kept.clear()
        _kept[key] = gallery
    return _kept[key]


def _read(version: int) -> Gallery | None:
    data = GalleryVersion.objects.values_list("data", flat=True).get(pk=version)
    try:
        return Gallery.from_bytes(bytes(data or b""))
    except CannotUseGallery:  # written by another release: it has to be trained again, until then scans are cold
        return None


def reference_photos(*, encoder: str) -> dict[str, list[ReferencePhoto]]:
    """slug -> what is known of its reference photos made by ``encoder``. One query."""
    found: dict[str, list[ReferencePhoto]] = defaultdict(list)
    rows = ReferenceLook.objects.filter(encoder=encoder).order_by("pk")
    for pk, slug, vector, view, fingerprint in rows.values_list("pk", "model", "vector", "view", "fingerprint"):
        found[slug].append(
            ReferencePhoto(
                key=str(pk),
                embedding=np.frombuffer(bytes(vector), "<f4"),
                view=View(view) if view in VIEWS else None,
                fingerprint=int(fingerprint, 16) if fingerprint else None,
            )
        )
    return dict(found)


def fingerprints(*, encoder: str) -> dict[str, int]:
    """Number of a reference look -> its perceptual hash. One query."""
    rows = ReferenceLook.objects.filter(encoder=encoder).exclude(fingerprint="").values_list("pk", "fingerprint")
    return {str(pk): int(fingerprint, 16) for pk, fingerprint in rows}


def foreign_looks() -> int:
    """How many reference looks are of another network than the one in use: their photos have to be added again."""
    return ReferenceLook.objects.exclude(encoder=reader().encoder).count()
