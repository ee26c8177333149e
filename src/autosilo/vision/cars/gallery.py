"""Reference photos of the catalogue's models, made ready to be compared with. Pure: embeddings in, similarities out."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from autosilo.vision.cars.calibration import HeldOut, hold_out, logistic, nearness, sharpness, strangers, traits
from autosilo.vision.cars.tuning import Head
from autosilo.vision.cars.whitening import class_means, principal, scatter
from autosilo.vision.thresholds import EXACT_FALSE_RATE, MIN_REFERENCES

FEWEST_MODELS: Final = 3  # with fewer there are no strangers to compare with
VERSION: Final = 1


class CannotUseGallery(Exception):
    """The bytes are no gallery that this version can use: `version`, `damaged`. `reason` is safe to show."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """What `fit` makes of references. `encoder` names what made their embeddings.

    An embedding less `centre` (d,) times `axes` (k, d) is a look in whitened space, where `means` (models, k) are
    points. `sharpness` turns nearness into probabilities, `known_weights` (4,) are the weights of "is a model of this
    gallery", `certain` is the confidence above which a model is called by name.
    """

    encoder: str
    slugs: tuple[str, ...]
    numbers_of_photos: tuple[int, ...]
    centre: np.ndarray
    axes: np.ndarray
    means: np.ndarray
    sharpness: float
    known_weights: np.ndarray
    certain: float

    @property
    def counts(self) -> dict[str, int]:
        """slug -> number of reference photos, models without one left out."""
        return dict(zip(self.slugs, self.numbers_of_photos, strict=True))

    @property
    def is_ready(self) -> bool:
        """With fewer models there are no strangers to learn from, and looks are not compared."""
        return len(self.slugs) >= FEWEST_MODELS

    @property
    def is_calibrated(self) -> bool:
        """Whether enough models have a second photo, without which nothing can be said of certainty."""
        return len(self.known_weights) > 0

    def similarity(self, embedding: np.ndarray) -> dict[str, float]:
        """slug -> nearness to the model's mean in whitened space, at most 0. Empty when it cannot be compared."""
        if not self.is_ready or embedding.shape != self.centre.shape:
            return {}
        found = nearness((self.axes @ (embedding - self.centre))[None], self.means)[0]
        return {slug: float(value) for slug, value in zip(self.slugs, found, strict=True)}

    def probabilities(self, similarity: Mapping[str, float]) -> dict[str, float]:
        """slug -> probability that it is this model, given that it is one of the gallery's."""
        values = np.array([similarity[slug] for slug in self.slugs])
        weights = np.exp(self.sharpness * (values - values.max()))
        return {slug: float(share) for slug, share in zip(self.slugs, weights / weights.sum(), strict=True)}

    def known(self, similarity: Mapping[str, float]) -> float | None:
        """The probability that the car is one of the gallery's models, a stranger being as likely beforehand."""
        if not self.is_calibrated or not similarity:
            return None
        values = np.array([similarity[slug] for slug in self.slugs])[None]
        return float(_known(traits(values, self.sharpness, len(self.axes)), self.known_weights)[0])

    def named(self, similarity: Mapping[str, float]) -> str | None:
        """The one model that may be called by name, given `similarity()`; mostly None."""
        known = self.known(similarity)
        if known is None:
            return None
        shares = self.probabilities(similarity)
        nearest = max(shares, key=lambda slug: shares[slug])
        sure = known * shares[nearest] > self.certain
        return nearest if sure and self.counts[nearest] >= MIN_REFERENCES else None

    def to_bytes(self) -> bytes:
        """One versioned file, without pickled objects."""
        head = {
            "version": VERSION,
            "encoder": self.encoder,
            "slugs": self.slugs,
            "photos": self.numbers_of_photos,
            "sharpness": self.sharpness,
            "certain": self.certain,
        }
        stream = io.BytesIO()
        arrays = {"centre": self.centre, "axes": self.axes, "means": self.means, "known_weights": self.known_weights}
        np.savez(stream, allow_pickle=False, head=np.frombuffer(json.dumps(head).encode(), np.uint8), **arrays)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Gallery":
        """The inverse of `to_bytes`. Raises CannotUseGallery, and nothing else whatever the bytes are."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                head = json.loads(bytes(file["head"]))
                if head["version"] != VERSION:
                    raise CannotUseGallery("version")
                gallery = cls(
                    encoder=str(head["encoder"]),
                    slugs=tuple(map(str, head["slugs"])),
                    numbers_of_photos=tuple(map(int, head["photos"])),
                    sharpness=float(head["sharpness"]),
                    certain=float(head["certain"]),
                    **{name: file[name] for name in ("centre", "axes", "means", "known_weights")},
                )
        except CannotUseGallery:
            raise
        except Exception as error:  # a damaged archive fails in many ways, none of them a bug of ours
            raise CannotUseGallery("damaged") from error
        return gallery._checked()

    def _checked(self) -> "Gallery":
        models, (directions_kept, width) = len(self.slugs), self.axes.shape
        fits = (
            len(self.numbers_of_photos) == models
            and self.centre.shape == (width,)
            and self.means.shape == (models, directions_kept)
        )
        if not fits:
            raise CannotUseGallery("damaged")
        return self


def fit(references: Mapping[str, np.ndarray], *, encoder: str = "", head: Head | None = None) -> Gallery:
    """Make a gallery of `references`: slug -> embeddings (n, d) of length 1, one row a photo; d is the same for all.

    `head`: what was learned from photos of other models (`tuning.py`), of the same encoder. Models without a photo are
    left out. ValueError where lengths or encoders differ.
    """
    photos = {slug: np.asarray(rows, np.float32) for slug, rows in references.items() if len(rows)}
    if len({rows.shape[1] for rows in photos.values()}) > 1:
        raise ValueError("embeddings of several encoders cannot be mixed")
    if head and (head.encoder != encoder or any(rows.shape[1:] != head.axes.shape[1:] for rows in photos.values())):
        raise ValueError("a head of another encoder")
    empty = Gallery(
        encoder=encoder,
        slugs=tuple(photos),
        numbers_of_photos=tuple(len(rows) for rows in photos.values()),
        centre=np.empty(0, np.float32),
        axes=np.empty((0, 0), np.float32),
        means=np.empty((len(photos), 0), np.float32),
        sharpness=1.0,
        known_weights=np.empty(0),
        certain=1.0,
    )
    if not empty.is_ready:
        return empty
    rows = np.concatenate(list(photos.values()))
    return _with_head(_fitted(empty, head.of(rows)), head, rows) if head else _fitted(empty, rows)


def _with_head(fitted: Gallery, head: Head, photos: np.ndarray) -> Gallery:
    """The same gallery for embeddings that did not go through the head: both maps are linear and become one."""
    return replace(fitted, axes=head.of(fitted.axes), centre=photos.mean(axis=0))


def _fitted(gallery: Gallery, photos: np.ndarray) -> Gallery:
    labels = np.repeat(np.arange(len(gallery.slugs)), gallery.numbers_of_photos)
    basis = principal(photos)
    rows = basis.of(photos)
    held = hold_out(photos, labels, rows)
    means, _ = class_means(rows, labels)
    whitener = scatter(rows, labels).whitener(held.shrinkage)
    ready = replace(
        gallery,
        centre=basis.centre.astype(np.float32),
        axes=(whitener @ basis.axes).astype(np.float32),
        means=(means @ whitener.T).astype(np.float32),
        sharpness=sharpness(held),
    )
    return _calibrated(ready, held, strangers(photos, held))


def _calibrated(gallery: Gallery, held: HeldOut, others: HeldOut) -> Gallery:
    """Learn what certainty is worth from photos of known models and `others`, the same as strangers.

    Left out where hardly a photo has another of its model beside it.
    """
    asked = held.answerable
    if asked.sum() < 2 * FEWEST_MODELS:
        return gallery
    strange = others.traits(gallery.sharpness)
    both = np.concatenate([held.traits(gallery.sharpness)[asked], strange])
    truth = np.arange(len(both)) < asked.sum()
    weights = logistic(both, truth)
    claims = _known(strange, weights) * _first_share(others.scores, gallery.sharpness)
    return replace(gallery, known_weights=weights, certain=float(np.quantile(claims, 1 - EXACT_FALSE_RATE)))


def _known(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(rows @ weights[:-1] + weights[-1], -30, 30))))


def _first_share(scores: np.ndarray, factor: float) -> np.ndarray:
    """(n,) the softmax's largest share."""
    weights = np.exp(factor * (scores - scores.max(axis=1, keepdims=True)))
    return np.asarray(1 / weights.sum(axis=1))
