"""The space in which looks are compared: what varies between photos of *one* model counts little there.

Directions of the references' variance are found first (principal components), then scaled by the gallery's own
within-class covariance: light, angle and background vary within every model and are learned from all of them together.
Few photos make a poor covariance, so it is drawn towards a round one (shrinkage; Friedman 1989, "Regularized
Discriminant Analysis"); how far is chosen by cross-validation, in `calibration.py`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

MOST_DIRECTIONS: Final = 512
"""Principal components kept. The rest hold little of the variance, and a fit takes time by the cube of their number."""
_PROBES_MORE: Final = 32  # random probes beyond the components wanted (Halko, Martinsson & Tropp 2011, section 4)
_EXACT_UP_TO: Final = 1500  # photos for which the components are computed exactly
_SEED: Final = 6


@dataclass(frozen=True)
class Basis:
    """Principal components: `centre` (d,), `axes` (k, d) orthonormal."""

    centre: np.ndarray
    axes: np.ndarray

    def of(self, rows: np.ndarray) -> np.ndarray:
        """(n, d) -> (n, k)."""
        return np.asarray((rows - self.centre) @ self.axes.T)


@dataclass(frozen=True)
class Scatter:
    """Eigenvalues (k,) and eigenvectors (k, k), columns, of a within-class covariance."""

    values: np.ndarray
    vectors: np.ndarray

    def whitener(self, shrinkage: float) -> np.ndarray:
        """(k, k): rows times its transpose have the identity as their (shrunken) within-class covariance."""
        drawn = (1 - shrinkage) * self.values + shrinkage * self.values.mean()
        return np.asarray((self.vectors / np.sqrt(np.maximum(drawn, 1e-12))).T, np.float32)


def principal(rows: np.ndarray) -> Basis:
    """The components of `rows` (n, d) with the most variance; by random probing where there are many rows."""
    centre = rows.mean(axis=0)
    centred = (rows - centre).astype(np.float32)
    wanted = min(MOST_DIRECTIONS, len(rows) - 1, rows.shape[1])
    if len(rows) > _EXACT_UP_TO:
        probes = np.random.default_rng(_SEED).normal(size=(rows.shape[1], wanted + _PROBES_MORE)).astype(np.float32)
        found, _ = np.linalg.qr(centred.T @ (centred @ probes))
        centred = centred @ found
        return Basis(centre, _leading(centred.T @ centred, wanted) @ found.T)
    weights = _leading(centred @ centred.T, wanted)
    axes = weights @ centred
    return Basis(centre, _unit_rows(axes))


def scatter(rows: np.ndarray, labels: np.ndarray) -> Scatter:
    """The within-class covariance of `rows` (n, k); a round one where no class has two rows."""
    means, counts = class_means(rows, labels)
    residuals = rows - means[labels]
    freedom = len(rows) - int((counts > 0).sum())
    width = rows.shape[1]
    if freedom <= 0:
        return Scatter(np.ones(width), np.eye(width))
    values, vectors = np.linalg.eigh((residuals.T @ residuals).astype(np.float64) / freedom)
    return Scatter(np.maximum(values, 0), vectors)


def class_means(rows: np.ndarray, labels: np.ndarray, classes: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(classes, k) and (classes,) counts; the mean of an empty class is 0."""
    counts = np.bincount(labels, minlength=classes or 0)
    belongs = (labels == np.arange(len(counts))[:, None]).astype(rows.dtype)
    return (belongs @ rows) / np.maximum(counts, 1).astype(rows.dtype)[:, None], counts


def _unit_rows(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def _leading(symmetric: np.ndarray, count: int) -> np.ndarray:
    """(count, n): eigenvectors of the largest eigenvalues as rows."""
    _, vectors = np.linalg.eigh(symmetric.astype(np.float64))
    return np.asarray(vectors[:, ::-1][:, :count].T, symmetric.dtype)
