"""Which model of the catalogue is it? Pure: a look, references and a catalogue in, candidates out.

Cold, without a reference photo, the body type and the colour already order the catalogue. With references, the look is
compared with the mean of each model's embeddings, all seen from the gallery's centre. How good a similarity is, the
gallery says itself: each reference is compared with the models that it is *not* (its own left out), which is what a car
outside the catalogue would do. A candidate is called exact only above nearly all of those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


def rank(look: CarLook, references: Mapping[str, np.ndarray], catalogue: Sequence[CatalogueEntry]) -> list[Candidate]:
    """Up to five models, best first; empty when no car was found.

    `references`: slug -> embeddings (n, 1280) of length 1; models may be missing from it, and slugs that are not in the
    catalogue are left out. At most one candidate is exact, and it is the first.
    """
    if not look.found or look.embedding is None:
        return []
    slugs = {entry.slug for entry in catalogue}
    known = {slug: rows for slug, rows in references.items() if slug in slugs and len(rows)}
    exact: str | None = None
    familiar: dict[str, float] = {}
    if len(known) >= _FEWEST_MODELS:
        gallery = _Gallery.of(known)
        similarity = gallery.similarity(look.embedding)
        familiar = {slug: gallery.share_of_strangers_below(value) for slug, value in similarity.items()}
        nearest = max(similarity, key=lambda slug: similarity[slug])
        may_be_named = familiar[nearest] >= 1 - EXACT_FALSE_RATE and len(known[nearest]) >= MIN_REFERENCES
        exact = nearest if may_be_named else None
    candidates = [_candidate(look, entry, familiar.get(entry.slug), entry.slug == exact) for entry in catalogue]
    return sorted(candidates, key=lambda c: (-c.exact, -c.score, c.slug))[:MOST]


@dataclass(frozen=True)
class _Gallery:
    slugs: tuple[str, ...]
    centre: np.ndarray
    means: np.ndarray  # (models, 1280), unit, seen from the centre
    strangers: np.ndarray  # sorted: the best similarity of each reference to a model that it is not

    @classmethod
    def of(cls, references: Mapping[str, np.ndarray]) -> "_Gallery":
        raw = np.array([rows.mean(axis=0) for rows in references.values()])
        centre = raw.mean(axis=0)
        means = _unit_rows(raw - centre)
        strangers = []
        for own, rows in enumerate(references.values()):
            similarity = _unit_rows(rows - centre) @ means.T
            similarity[:, own] = -1.0
            strangers.append(similarity.max(axis=1))
        return cls(tuple(references), centre, means, np.sort(np.concatenate(strangers)))

    def similarity(self, embedding: np.ndarray) -> dict[str, float]:
        """slug -> cosine to the model's mean, -1..1."""
        cosines = self.means @ _unit_rows((embedding - self.centre)[None])[0]
        return {slug: float(cosine) for slug, cosine in zip(self.slugs, cosines, strict=True)}

    def share_of_strangers_below(self, similarity: float) -> float:
        """0..1: how unusual this similarity would be for a car of another model."""
        return float(np.searchsorted(self.strangers, similarity) / len(self.strangers))


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
