"""What the catalogue tells a scan."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from django.db.models import Count, Q

from autosilo.platform.journey.scan.seeing import EMBEDDING, ENCODER
from autosilo.platform.resources.catalogue.families import distance
from autosilo.platform.resources.catalogue.models import CarModel, Paint, ReferenceLook
from autosilo.vision.cars.body import body_named
from autosilo.vision.cars.types import CatalogueEntry, Colour

COLOURS = frozenset(colour.value for colour in Colour)


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
    """Body type and colours of each model."""
    return [
        CatalogueEntry(
            slug=model.slug,
            body=body_named(model.body),
            paints=tuple(Colour(paint.family) for paint in paints.get(model.slug, ()) if paint.family in COLOURS),
        )
        for model in models
    ]


def nearest_paint(paints: Sequence[Paint], seen: Colour | None) -> Paint | None:
    """The paint closest to the colour seen: one of its name, else the nearest by eye. None without paints."""
    if seen is None or not paints:
        return next(iter(paints), None)
    return min(paints, key=lambda paint: (paint.family != seen.value, distance(paint.hex, seen.value), paint.code))


def references() -> dict[str, np.ndarray]:
    """slug -> embeddings (n, 1280) of the reference photos that an operator has added. One query."""
    rows: dict[str, list[np.ndarray]] = defaultdict(list)
    for slug, vector in ReferenceLook.objects.filter(encoder=ENCODER).values_list("model", "vector"):
        numbers = np.frombuffer(bytes(vector), "<f4")
        if numbers.shape == (EMBEDDING,):
            rows[slug].append(numbers)
    return {slug: np.stack(vectors) for slug, vectors in rows.items()}
