"""How good are the reference photos, and which would help? Pure: photos' descriptions in, an assessment out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np

from autosilo.vision.cars.calibration import Progress, hold_out, sharpness
from autosilo.vision.cars.fingerprint import near
from autosilo.vision.cars.gallery import FEWEST_MODELS
from autosilo.vision.cars.types import View
from autosilo.vision.cars.whitening import principal
from autosilo.vision.thresholds import MIN_REFERENCES, SUSPECT

OFFERED: Final = 5
_OFTEN: Final = 2  # photos of one view taken for one other model from which advice is given
_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class ReferencePhoto:
    """A reference photo as it is stored: `key` is whatever names it outside."""

    key: str
    embedding: np.ndarray
    view: View | None = None
    fingerprint: int | None = None


@dataclass(frozen=True)
class Suspect:
    """A photo that looks so much like `taken_for` that it probably stands under the wrong model."""

    key: str
    slug: str
    taken_for: str
    confidence: float


@dataclass(frozen=True)
class Advice:
    """Add photos of `slug` from `view`: `share` of its `photos` from there are taken for `taken_for`.

    `taken_for` None: there are too few from that view to tell.
    """

    slug: str
    view: View
    taken_for: str | None
    share: float
    photos: int


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """`top1`, `top5`: share of photos whose model comes first, or among five, when the photo itself is held out; None
    where too few can be. `confusion[i][j]`: photos of `slugs[i]` taken for `slugs[j]`."""

    photos: int
    slugs: tuple[str, ...]
    top1: float | None
    top5: float | None
    confusion: tuple[tuple[int, ...], ...]
    suspects: tuple[Suspect, ...]
    duplicates: tuple[tuple[str, str], ...]
    advice: tuple[Advice, ...]
    too_few: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain lists, numbers and texts, with a version."""
        return {
            "version": _VERSION,
            "photos": self.photos,
            "slugs": list(self.slugs),
            "top1": self.top1,
            "top5": self.top5,
            "confusion": [list(row) for row in self.confusion],
            "suspects": [[s.key, s.slug, s.taken_for, s.confidence] for s in self.suspects],
            "duplicates": [list(pair) for pair in self.duplicates],
            "advice": [[a.slug, a.view.value, a.taken_for, a.share, a.photos] for a in self.advice],
            "too_few": list(self.too_few),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Assessment":
        """The inverse of `to_json`. ValueError for another version."""
        if kept.get("version") != _VERSION:
            raise ValueError("an assessment of another version")
        return cls(
            photos=kept["photos"],
            slugs=tuple(kept["slugs"]),
            top1=kept["top1"],
            top5=kept["top5"],
            confusion=tuple(tuple(row) for row in kept["confusion"]),
            suspects=tuple(Suspect(*one) for one in kept["suspects"]),
            duplicates=tuple((one, other) for one, other in kept["duplicates"]),
            advice=tuple(Advice(slug, View(view), *rest) for slug, view, *rest in kept["advice"]),
            too_few=tuple(kept["too_few"]),
        )


def assess(references: Mapping[str, Sequence[ReferencePhoto]], *, progress: Progress | None = None) -> Assessment:
    """Cross-validate the references. All embeddings must be of one encoder.

    `progress(done, whole)` is called now and then, from this thread.
    """
    groups = {slug: photos for slug, photos in references.items() if photos}
    photos = [(slug, photo) for slug, own in groups.items() for photo in own]
    slugs = tuple(groups)
    scores, factor = _held_out(groups, progress)
    labels = np.repeat(np.arange(len(slugs)), [len(own) for own in groups.values()])
    asked = np.isfinite(scores[np.arange(len(labels)), labels]) if scores.size else np.zeros(len(labels), bool)
    order = np.argsort(-scores, axis=1) if scores.size else np.zeros((len(labels), 0), int)
    hits = order == labels[:, None]
    confusion = np.zeros((len(slugs), len(slugs)), int)
    if asked.any():
        np.add.at(confusion, (labels[asked], order[asked, 0]), 1)
    return Assessment(
        photos=len(photos),
        slugs=slugs,
        top1=float(hits[asked, :1].any(axis=1).mean()) if asked.any() else None,
        top5=float(hits[asked, :OFFERED].any(axis=1).mean()) if asked.any() else None,
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        suspects=_suspects(photos, slugs, scores, labels, asked, factor),
        duplicates=_duplicates([photo for _, photo in photos]),
        advice=_advice(photos, slugs, order, asked),
        too_few=tuple(slug for slug, own in groups.items() if len(own) < MIN_REFERENCES),
    )


def _held_out(groups: Mapping[str, Sequence[ReferencePhoto]], progress: Progress | None) -> tuple[np.ndarray, float]:
    """Scores (photos, models) of each photo held out, and the softmax's factor; empty with too few models."""
    if len(groups) < FEWEST_MODELS:
        return np.empty((0, 0)), 1.0
    rows = np.array([photo.embedding for own in groups.values() for photo in own], np.float32)
    labels = np.repeat(np.arange(len(groups)), [len(own) for own in groups.values()])
    held = hold_out(rows, labels, principal(rows).of(rows), progress)
    return held.scores, sharpness(held)


def _suspects(
    photos: Sequence[tuple[str, ReferencePhoto]],
    slugs: tuple[str, ...],
    scores: np.ndarray,
    labels: np.ndarray,
    asked: np.ndarray,
    factor: float,
) -> tuple[Suspect, ...]:
    found = []
    for index in map(int, np.flatnonzero(asked)):
        weights = np.exp(factor * (scores[index] - scores[index].max()))
        shares = weights / weights.sum()
        first = int(shares.argmax())
        if first != labels[index] and shares[first] >= SUSPECT:
            slug, photo = photos[index]
            found.append(Suspect(photo.key, slug, slugs[first], float(shares[first])))
    return tuple(sorted(found, key=lambda suspect: -suspect.confidence))


def _duplicates(photos: Sequence[ReferencePhoto]) -> tuple[tuple[str, str], ...]:
    hashed = [(photo.key, photo.fingerprint) for photo in photos if photo.fingerprint is not None]
    return tuple((a, b) for (a, one), (b, other) in combinations(hashed, 2) if near(one, other))


def _advice(
    photos: Sequence[tuple[str, ReferencePhoto]], slugs: tuple[str, ...], order: np.ndarray, asked: np.ndarray
) -> tuple[Advice, ...]:
    """Views from which a model is often taken for another, worst first; then views with hardly a photo."""
    seen: Counter[tuple[str, View]] = Counter((slug, photo.view) for slug, photo in photos if photo.view)
    taken: Counter[tuple[str, View, str]] = Counter()
    for index in map(int, np.flatnonzero(asked)):
        slug, photo = photos[index]
        first = slugs[order[index, 0]]
        if photo.view and first != slug:
            taken[slug, photo.view, first] += 1
    wrong = [
        Advice(slug, view, other, times / seen[slug, view], seen[slug, view])
        for (slug, view, other), times in taken.items()
        if times >= _OFTEN
    ]
    thin = [
        Advice(slug, view, None, 0.0, seen[slug, view])
        for slug in slugs
        for view in View
        if seen[slug, view] < MIN_REFERENCES
    ]
    return (*sorted(wrong, key=lambda one: -one.share), *thin)
