"""Which model of the catalogue is it? Pure: a look, references and a catalogue in, candidates out.

Cold, without a reference photo, the body type and the colour already order the catalogue. With references, the look is
compared with the mean of each model's embeddings, all seen from the gallery's centre. How good a similarity is, the
gallery says itself: each reference is compared with the models that it is *not* (its own left out), which is what a car
outside the catalogue would do. A candidate is called exact only above nearly all of those.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from autosilo.vision.cars.body import likeness
from autosilo.vision.cars.types import Candidate, CarLook, CatalogueEntry, Colour, Reason
from autosilo.vision.thresholds import EXACT_FALSE_RATE, MIN_REFERENCES

MOST = 5  # candidates that are offered
_BODY_WEIGHT, _COLOUR_WEIGHT = 0.75, 0.25  # a body can't be ordered in another shape, a colour can
_LOOK_WEIGHT = 0.7
_NEAR_COLOUR = 0.5
_NEAR = {
    frozenset(pair)
    for pair in (
        (Colour.WHITE, Colour.SILVER),
        (Colour.SILVER, Colour.GREY),
        (Colour.GREY, Colour.BLACK),
        (Colour.RED, Colour.ORANGE),
        (Colour.ORANGE, Colour.YELLOW),
        (Colour.ORANGE, Colour.BROWN),
    )
}
_ALIKE = 0.7  # body likeness, and rank among strangers, from which it is given as a reason
_FEWEST_MODELS = 3  # with fewer there are no strangers to compare with


class Gallery:
    """Reference photos, made ready to be compared with. Build it once and keep it; it takes the longest.

    `references`: slug -> embeddings (n, 1280) of length 1, one row a photo. Models without a photo are left out.
    """

    def __init__(self, references: Mapping[str, np.ndarray]) -> None:
        photos = {slug: rows for slug, rows in references.items() if len(rows)}
        self.counts = {slug: len(rows) for slug, rows in photos.items()}
        self._centre, self._means, self._strangers = np.empty(0), np.empty((0, 0)), np.empty(0)
        if self.is_ready:
            raw = np.array([rows.mean(axis=0) for rows in photos.values()])
            self._centre, self._means = _centred(raw)
            left_out = [_best_without(raw, own, rows) for own, rows in enumerate(photos.values())]
            self._strangers = np.sort(np.concatenate(left_out))

    @property
    def is_ready(self) -> bool:
        """With fewer models there are no strangers to learn from, and looks are not compared."""
        return len(self.counts) >= _FEWEST_MODELS

    def similarity(self, embedding: np.ndarray) -> dict[str, float]:
        """slug -> cosine to the model's mean as seen from the gallery's centre, -1..1. Empty when not ready."""
        if not self.is_ready:
            return {}
        cosines = self._means @ _unit_rows((embedding - self._centre)[None])[0]
        return {slug: float(cosine) for slug, cosine in zip(self.counts, cosines, strict=True)}

    def share_of_strangers_below(self, similarity: float) -> float:
        """0..1: how unusual it would be for a car of another model to be this similar to its nearest one."""
        return float(np.searchsorted(self._strangers, similarity) / len(self._strangers))

    def may_name(self, slug: str, similarity: float) -> bool:
        unusual = self.share_of_strangers_below(similarity) >= 1 - EXACT_FALSE_RATE
        return unusual and self.counts[slug] >= MIN_REFERENCES


def rank(
    look: CarLook, references: Gallery | Mapping[str, np.ndarray], catalogue: Sequence[CatalogueEntry]
) -> list[Candidate]:
    """Up to five models, best first; empty when no car was found.

    Models may be missing from the references, and references of models that are not in the catalogue are never named.
    At most one candidate is exact, and it is the first.
    """
    if not look.found or look.embedding is None:
        return []
    gallery = references if isinstance(references, Gallery) else Gallery(references)
    similarity = gallery.similarity(look.embedding)
    nearest = max(similarity, key=lambda slug: similarity[slug], default=None)
    exact = nearest if nearest is not None and gallery.may_name(nearest, similarity[nearest]) else None
    familiar = {slug: gallery.share_of_strangers_below(value) for slug, value in similarity.items()}
    candidates = [_candidate(look, entry, familiar.get(entry.slug), entry.slug == exact) for entry in catalogue]
    return sorted(candidates, key=lambda c: (-c.exact, -c.score, c.slug))[:MOST]


def _centred(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The centre of the models' means (models, 1280), and their directions from it."""
    centre = raw.mean(axis=0)
    return centre, _unit_rows(raw - centre)


def _best_without(raw: np.ndarray, own: int, rows: np.ndarray) -> np.ndarray:
    """The best cosine of each of a model's photos (n, 1280) in a gallery that never saw that model."""
    centre, means = _centred(np.delete(raw, own, axis=0))
    return np.asarray((_unit_rows(rows - centre) @ means.T).max(axis=1))


def _unit_rows(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12))


def _candidate(look: CarLook, entry: CatalogueEntry, familiar: float | None, exact: bool) -> Candidate:
    body = likeness(look.body, entry.body)
    colour = _colour_likeness(look.colour, entry.paints)
    score = _BODY_WEIGHT * body + _COLOUR_WEIGHT * colour
    if familiar is not None:
        score = _LOOK_WEIGHT * familiar + (1 - _LOOK_WEIGHT) * score
    given = {
        Reason.LOOK: familiar is not None and familiar >= _ALIKE,
        Reason.BODY: body >= _ALIKE,
        Reason.COLOUR: colour == 1.0,
    }
    return Candidate(entry.slug, score, exact, tuple(reason for reason, holds in given.items() if holds))


def _colour_likeness(seen: Colour | None, paints: Sequence[Colour]) -> float:
    if seen in paints:
        return 1.0
    return _NEAR_COLOUR if any(frozenset((seen, paint)) in _NEAR for paint in paints) else 0.0
