"""What the catalogue tells a scan."""

from collections import defaultdict

import numpy as np

from autosilo.platform.journey.scan.seeing import EMBEDDING, ENCODER
from autosilo.platform.resources.catalogue.models import CarModel, Paint, ReferenceLook
from autosilo.vision.cars.body import body_named
from autosilo.vision.cars.types import CatalogueEntry, Colour

COLOURS = frozenset(colour.value for colour in Colour)


def entries(models: list[CarModel]) -> list[CatalogueEntry]:
    """Body type and colours of each model. One query."""
    colours: dict[str, list[Colour]] = defaultdict(list)
    for slug, family in Paint.objects.filter(model__in=[model.slug for model in models]).values_list("model", "family"):
        if family in COLOURS:
            colours[slug].append(Colour(family))
    return [
        CatalogueEntry(slug=model.slug, body=body_named(model.body), paints=tuple(colours[model.slug]))
        for model in models
    ]


def references() -> dict[str, np.ndarray]:
    """slug -> embeddings (n, 1280) of the reference photos that an operator has added. One query."""
    rows: dict[str, list[np.ndarray]] = defaultdict(list)
    for slug, vector in ReferenceLook.objects.filter(encoder=ENCODER).values_list("model", "vector"):
        numbers = np.frombuffer(bytes(vector), "<f4")
        if numbers.shape == (EMBEDDING,):
            rows[slug].append(numbers)
    return {slug: np.stack(vectors) for slug, vectors in rows.items()}
