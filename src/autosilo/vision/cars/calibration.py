"""What a gallery knows of its own certainty, from its references alone.

Each photo is held out once and compared with a gallery fitted on the others. With its own model among the answers, that
is a car of the catalogue; in a gallery that never saw its model (leave one model out), a car of none. From the first
come the sharpness of the softmax and the shrinkage, from both the probability that a car is known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from autosilo.vision.cars.whitening import class_means, principal, scatter

FOLDS: Final = 5
_GROUPS: Final = 8
"""Parts into which models are divided when each is to be a stranger once; the others, 7 of 8, are compared with."""
_SHRINKAGES: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_SHARPNESSES: Final = tuple(2.0**power for power in np.arange(-8, 2.25, 0.25))
_LEAD_UNIT: Final = 100.0  # brings leads near 1, where the ridge below expects them
_RIDGE: Final = 1e-2  # of the logistic regression: keeps its weights finite where the two kinds do not overlap
_STEPS: Final = 30  # of Newton's method, which needs about eight
_SEED: Final = 6
_SURPRISE_OF: Final = 1500  # photos, evenly spread, that are enough to compare two softmaxes
_OWN_BASIS_UP_TO: Final = 600
"""Photos up to which each fold has its own principal components. Among few photos, one that helped to find them looks
unlike a new one, and certainty would be misjudged; among many it does not matter, and it would take long."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class HeldOut:
    """`scores` (photos, models): nearness of photos to models fitted without them; -inf for a model without others.

    `width`: the number of directions in which it was measured.
    """

    shrinkage: float
    scores: np.ndarray
    labels: np.ndarray
    width: int

    def traits(self, factor: float) -> np.ndarray:
        """See `traits`."""
        return traits(self.scores, factor, self.width)

    @property
    def answerable(self) -> np.ndarray:
        """(photos,) which photos have others of their own model."""
        return np.isfinite(self.scores[np.arange(len(self.labels)), self.labels])


def hold_out(photos: np.ndarray, labels: np.ndarray, rows: np.ndarray, progress: Progress | None = None) -> HeldOut:
    """Cross-validation over `photos` (n, d), at the shrinkage whose softmax is surest of the truth.

    `rows` (n, k): the same in the principal components of all of them.
    """
    models = int(labels.max()) + 1
    few = len(photos) <= _OWN_BASIS_UP_TO
    scores = np.full((len(_SHRINKAGES), len(photos), models), -np.inf, np.float32)
    folds, width = _folds(labels), rows.shape[1]
    for fold in range(FOLDS):
        out = folds == fold
        if out.any() and (~out).any():
            own = principal(photos[~out]).of(photos) if few else rows
            width = own.shape[1]
            _hold_out(scores, own, labels, out, models, _SHRINKAGES)
        if progress:
            progress(fold + 1, FOLDS)
    tried = [HeldOut(shrinkage, one, labels, width) for shrinkage, one in zip(_SHRINKAGES, scores, strict=True)]
    return min(tried, key=lambda one: _surprise(one, sharpness(one)))


def strangers(photos: np.ndarray, held: HeldOut) -> HeldOut:
    """The scores of each photo in a gallery that never saw its model, whose own score is -inf.

    Among many photos, one model more or less hardly moves the space, and its score is merely struck out.
    """
    labels, models = held.labels, held.scores.shape[1]
    if len(photos) > _OWN_BASIS_UP_TO:
        struck = held.scores.copy()
        struck[np.arange(len(labels)), labels] = -np.inf
        return replace(held, scores=struck)
    scores = np.full((1, len(photos), models), -np.inf, np.float32)
    width = held.width
    for group in range(min(models, _GROUPS)):
        out = labels % _GROUPS == group
        rows = principal(photos[~out]).of(photos)
        width = rows.shape[1]
        _hold_out(scores, rows, labels, out, models, (held.shrinkage,))
    return replace(held, scores=scores[0], width=width)


def sharpness(held: HeldOut) -> float:
    """The factor on the scores whose softmax is least surprised by the truth.

    The surprise falls and then rises with the factor, so each comparison of two neighbours halves what is left.
    """
    low, high = 0, len(_SHARPNESSES) - 1
    while low < high:
        middle = (low + high) // 2
        if _surprise(held, _SHARPNESSES[middle]) <= _surprise(held, _SHARPNESSES[middle + 1]):
            high = middle
        else:
            low = middle + 1
    return _SHARPNESSES[low]


def traits(scores: np.ndarray, factor: float, width: int) -> np.ndarray:
    """(n, 3) of (n, models) scores in `width` directions: what tells known from unknown.

    How far the nearest model is (a distance, not its square), how much farther the second, and how many share in the
    softmax. Distances grow with the root of the number of directions, which differs between a gallery and its parts.
    """
    ranked = -np.sqrt(np.maximum(-2 * np.sort(scores, axis=1), 0))
    first, second = ranked[:, -1] / np.sqrt(width), ranked[:, -2] / np.sqrt(width)
    best = scores.max(axis=1, keepdims=True)
    sharing = np.log(np.exp(factor * (scores - best)).sum(axis=1))
    lead = np.where(np.isfinite(second), (first - second) * width / _LEAD_UNIT, 0.0)
    return np.stack([first, lead, sharing], axis=1)


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
        whitener = inner.whitener(shrinkage).T
        found = nearness(rows[out] @ whitener, means @ whitener)
        scores[index, out] = np.where(counts > 0, found, -np.inf)


def nearness(rows: np.ndarray, means: np.ndarray) -> np.ndarray:
    """(n, models): -1/2 the squared distance of whitened rows to whitened means.

    That is the logarithm of a normal distribution's density, less a constant: linear discriminant analysis (Fisher
    1936; Rao 1948) with as many photos of every model expected.
    """
    products = rows @ means.T - (means**2).sum(axis=1) / 2
    return np.asarray(products - (rows**2).sum(axis=1)[:, None] / 2)


def _surprise(held: HeldOut, factor: float) -> float:
    """Mean negative log likelihood of the true models."""
    asked = np.flatnonzero(held.answerable)
    if not len(asked):
        return 0.0
    asked = asked[:: max(len(asked) // _SURPRISE_OF, 1)]
    scaled = np.float32(factor) * held.scores[asked]
    scaled -= scaled.max(axis=1, keepdims=True)
    whole = np.log(np.exp(scaled).sum(axis=1))
    return float((whole - scaled[np.arange(len(asked)), held.labels[asked]]).mean())
