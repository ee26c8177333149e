"""Which model of the catalogue is it? Pure: a look, references and a catalogue in, candidates out.

Cold, without a reference photo, the body type and the colour already order the catalogue. With references, the look is
compared with the mean of each model's embeddings, all seen from the gallery's centre. How good a similarity is, the
gallery says itself: each reference is compared with the models that it is *not* (its own left out), which is what a car
outside the catalogue would do. A candidate is called exact only where it is more certain than nearly all of those;
certain is what is near to one model and much nearer than to the next.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from autosilo.vision.cars.body import likeness, most_likely
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
FEWEST_MODELS = 3  # with fewer there are no strangers to compare with


class Gallery:
    """Reference photos, made ready to be compared with. Build it once and keep it; it takes the longest.

    `references`: slug -> embeddings (n, 1280) of length 1, one row a photo. Models without a photo are left out.
    """

    def __init__(self, references: Mapping[str, np.ndarray]) -> None:
        photos = {slug: rows for slug, rows in references.items() if len(rows)}
        self.counts = {slug: len(rows) for slug, rows in photos.items()}
        self._centre, self._means = np.empty(0), np.empty((0, 0))
        self._nearness = self._certainty = np.empty(0)  # of strangers, each sorted
        if self.is_ready:
            raw = np.array([rows.mean(axis=0) for rows in photos.values()])
            self._centre, self._means = _centred(raw)
            strangers = np.concatenate([_strangers(raw, own, rows) for own, rows in enumerate(photos.values())])
            self._nearness, self._certainty = np.sort(strangers.max(axis=1)), np.sort(_certainty(strangers))

    @property
    def is_ready(self) -> bool:
        """With fewer models there are no strangers to learn from, and looks are not compared."""
        return len(self.counts) >= FEWEST_MODELS

    def similarity(self, embedding: np.ndarray) -> dict[str, float]:
        """slug -> cosine to the model's mean as seen from the gallery's centre, -1..1. Empty when not ready."""
        if not self.is_ready:
            return {}
        cosines = self._means @ _unit_rows((embedding - self._centre)[None])[0]
        return {slug: float(cosine) for slug, cosine in zip(self.counts, cosines, strict=True)}

    def familiarity(self, similarity: float) -> float:
        """0..1: the share of strangers that are less similar to the model nearest to them."""
        return _share_below(self._nearness, similarity)

    def named(self, similarity: Mapping[str, float]) -> str | None:
        """The one model that may be called by name, given `similarity()`; mostly None."""
        if not similarity:
            return None
        nearest = max(similarity, key=lambda slug: similarity[slug])
        (certainty,) = _certainty(np.array([list(similarity.values())]))
        unusual = _share_below(self._certainty, certainty) >= 1 - EXACT_FALSE_RATE
        return nearest if unusual and self.counts[nearest] >= MIN_REFERENCES else None


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
    exact = gallery.named(similarity)
    familiar = {slug: gallery.familiarity(value) for slug, value in similarity.items()}
    candidates = [_candidate(look, entry, familiar.get(entry.slug), entry.slug == exact) for entry in catalogue]
    return sorted(candidates, key=lambda c: (-c.exact, -c.score, c.slug))[:MOST]


def _centred(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The centre of the models' means (models, 1280), and their directions from it."""
    centre = raw.mean(axis=0)
    return centre, _unit_rows(raw - centre)


def _strangers(raw: np.ndarray, own: int, rows: np.ndarray) -> np.ndarray:
    """Cosines (n, models - 1) of a model's photos in a gallery that never saw that model."""
    centre, means = _centred(np.delete(raw, own, axis=0))
    return np.asarray(_unit_rows(rows - centre) @ means.T)


def _certainty(cosines: np.ndarray) -> np.ndarray:
    """(n,) of (n, models): how near the nearest model is, plus its lead over the second."""
    second, first = np.sort(cosines, axis=1)[:, -2:].T
    return np.asarray(first + (first - second))


def _share_below(values: np.ndarray, limit: float) -> float:
    return float(np.searchsorted(values, limit) / len(values))


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
        Reason.BODY: entry.body is most_likely(look.body),
        Reason.SHAPE: body >= _ALIKE and entry.body is not most_likely(look.body),
        Reason.COLOUR: colour == 1.0,
    }
    return Candidate(entry.slug, score, exact, tuple(reason for reason, holds in given.items() if holds))


def _colour_likeness(seen: Colour | None, paints: Sequence[Colour]) -> float:
    if seen in paints:
        return 1.0
    return _NEAR_COLOUR if any(frozenset((seen, paint)) in _NEAR for paint in paints) else 0.0
