"""What a gallery knows of its own certainty, from its references alone.

Each photo is held out once and compared with a gallery fitted on the others. With its own model among the answers, that
is a car of the catalogue; in a gallery that never saw its model (leave one model out), a car of none. From the first
come the sharpness of the softmax and the shrinkage, from both the probability that a car is known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from autosilo.vision.cars.whitening import Basis, Scatter, class_means, principal, scatter

FOLDS: Final = 5
_GROUPS: Final = 8
"""Parts into which models are divided when each is to be a stranger once; the others, 7 of 8, are compared with."""
_SHRINKAGES: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_SHARPNESSES: Final = tuple(2.0**power for power in np.arange(0, 7.25, 0.25))
_RIDGE: Final = 1e-2  # of the logistic regression: keeps its weights finite where the two kinds do not overlap
_STEPS: Final = 30  # of Newton's method, which needs about eight
_SEED: Final = 6
_OWN_BASIS_UP_TO: Final = 1000
"""Photos up to which each fold has its own principal components. Among few photos, one that helped to find them looks
unlike a new one, and certainty would be misjudged; among many it does not matter, and it would take long."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class HeldOut:
    """`scores` (photos, models): cosines of photos with models fitted without them; -inf for a model without others."""

    shrinkage: float
    scores: np.ndarray
    labels: np.ndarray

    @property
    def answerable(self) -> np.ndarray:
        """(photos,) which photos have others of their own model."""
        return np.isfinite(self.scores[np.arange(len(self.labels)), self.labels])


def hold_out(photos: np.ndarray, labels: np.ndarray, basis: Basis, progress: Progress | None = None) -> HeldOut:
    """Cross-validation over `photos` (n, d), at the shrinkage whose softmax is surest of the truth.

    `basis`: the principal components of all of them.
    """
    models = int(labels.max()) + 1
    few = len(photos) <= _OWN_BASIS_UP_TO
    rows = photos if few else basis.of(photos)
    scores = np.full((len(_SHRINKAGES), len(rows), models), -np.inf)
    folds = _folds(labels)
    for fold in range(FOLDS):
        out = folds == fold
        if out.any() and (~out).any():
            own = principal(rows[~out]).of(rows) if few else rows
            _hold_out(scores, own, labels, out, models, _SHRINKAGES)
        if progress:
            progress(fold + 1, FOLDS)
    tried = [HeldOut(shrinkage, one, labels) for shrinkage, one in zip(_SHRINKAGES, scores, strict=True)]
    return min(tried, key=lambda one: _surprise(one, sharpness(one)))


def strangers(photos: np.ndarray, labels: np.ndarray, basis: Basis, shrinkage: float) -> np.ndarray:
    """(photos, models): scores of each photo in a gallery that never saw its model, whose own score is -inf.

    Where there are many photos, models are held out but the principal components are those of all.
    """
    models = int(labels.max()) + 1
    few = len(photos) <= _OWN_BASIS_UP_TO
    rows = photos if few else basis.of(photos)
    scores = np.full((1, len(photos), models), -np.inf)
    for group in range(min(models, _GROUPS)):
        out = labels % _GROUPS == group
        own = principal(rows[~out]).of(rows) if few else rows
        _hold_out(scores, own, labels, out, models, (shrinkage,))
    return scores[0]


def sharpness(held: HeldOut) -> float:
    """The factor on the scores whose softmax is least surprised by the truth."""
    if not held.answerable.any():
        return _SHARPNESSES[len(_SHARPNESSES) // 2]
    return min(_SHARPNESSES, key=lambda factor: _surprise(held, factor))


def traits(scores: np.ndarray, factor: float) -> np.ndarray:
    """(n, 3) of (n, models): what tells known from unknown: nearness, lead over the second, and their softmax's sum."""
    ranked = np.sort(np.where(np.isfinite(scores), scores, -1.0), axis=1)
    first, second = ranked[:, -1], ranked[:, -2]
    whole = first + np.log(np.exp(factor * (ranked - first[:, None])).sum(axis=1)) / factor
    return np.stack([first, first - second, whole - first], axis=1)


def logistic(rows: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(k + 1,) weights, the last the constant, of a regression in which both answers weigh the same."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    weight = np.where(truth, 0.5 / max(truth.sum(), 1), 0.5 / max((~truth).sum(), 1))
    ridge = _RIDGE * np.diag([*[1.0] * rows.shape[1], 0.0]) / len(rows)
    answer = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ answer, -30, 30)))
        slope = design.T @ (weight * (p - truth)) + ridge @ answer
        curve = (design * (weight * np.maximum(p * (1 - p), 1e-9))[:, None]).T @ design + ridge
        answer = answer - np.linalg.solve(curve + 1e-9 * np.eye(len(answer)), slope)
    return answer


def _folds(labels: np.ndarray) -> np.ndarray:
    """(n,) a fold for each photo; those of a model are spread evenly."""
    folds = np.empty(len(labels), int)
    chance = np.random.default_rng(_SEED)
    for label in np.unique(labels):
        own = chance.permutation(np.flatnonzero(labels == label))
        folds[own] = (np.arange(len(own)) + chance.integers(FOLDS)) % FOLDS
    return folds


def _hold_out(
    scores: np.ndarray,
    rows: np.ndarray,
    labels: np.ndarray,
    out: np.ndarray,
    models: int,
    shrinkages: Sequence[float],
) -> None:
    """Fill in the scores of the photos that are `out`, for every shrinkage."""
    means, counts = class_means(rows[~out], labels[~out], models)
    inner = scatter(rows[~out], labels[~out])
    for index, shrinkage in enumerate(shrinkages):
        found = cosines(rows[out], means, inner, shrinkage)
        scores[index, out] = np.where(counts > 0, found, -np.inf)


def cosines(rows: np.ndarray, means: np.ndarray, inner: Scatter, shrinkage: float) -> np.ndarray:
    """(n, models): cosines in the whitened space, as seen from the middle of all models."""
    whitener = inner.whitener(shrinkage)
    return np.asarray(directions(rows @ whitener.T) @ directions(means @ whitener.T).T)


def directions(rows: np.ndarray) -> np.ndarray:
    """Rows of length 1."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def _surprise(held: HeldOut, factor: float) -> float:
    """Mean negative log likelihood of the true models."""
    asked = held.answerable
    if not asked.any():
        return 0.0
    scaled = factor * held.scores[asked]
    scaled -= scaled.max(axis=1, keepdims=True)
    whole = np.log(np.exp(scaled).sum(axis=1))
    return float((whole - scaled[np.arange(asked.sum()), held.labels[asked]]).mean())
