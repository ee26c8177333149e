"""From scores of pairs to error rates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLED = 1000
"""Bootstrap samples."""
T95_9 = 2.262
"""Student's t for 95 % and nine degrees of freedom: ten folds."""


@dataclass(frozen=True)
class Scores:
    """Similarities by kind, and the fold of each; one for which no face was found is -1."""

    same: np.ndarray
    other: np.ndarray
    same_fold: np.ndarray
    other_fold: np.ndarray

    def rates(self, threshold: float) -> tuple[float, float]:
        """FMR and FNMR: who is accepted at ``threshold`` or above."""
        return float((self.other >= threshold).mean()), float((self.same < threshold).mean())

    def threshold_at(self, fmr: float) -> float:
        """The lowest at which at most this share of others is accepted."""
        return _threshold(self.other, fmr)

    def fnmr_at(self, fmr: float) -> float:
        return float((self.same < self.threshold_at(fmr)).mean())

    def fnmr_interval(self, fmr: float, *, seed: int) -> tuple[float, float]:
        """95 %, by resampling both kinds: the threshold moves too."""
        draw = np.random.default_rng(seed)
        values = []
        for _ in range(RESAMPLED):
            others = draw.choice(self.other, len(self.other))
            values.append(float((draw.choice(self.same, len(self.same)) < _threshold(others, fmr)).mean()))
        low, high = np.percentile(values, (2.5, 97.5))
        return float(low), float(high)

    def accuracy(self) -> tuple[float, float]:
        """Mean over folds, each at the threshold that is best on the others, and half of its 95 % interval."""
        folds = np.unique(np.concatenate([self.same_fold, self.other_fold]))
        found = [self._fold_accuracy(fold) for fold in folds] if len(folds) > 1 else [self._fold_accuracy(None)]
        half = T95_9 * float(np.std(found, ddof=1)) / np.sqrt(len(found)) if len(found) > 1 else 0.0
        return float(np.mean(found)), float(half)

    def _fold_accuracy(self, fold: float | None) -> float:
        learn_same, learn_other = self.same[self.same_fold != fold], self.other[self.other_fold != fold]
        best = _best_threshold(learn_same, learn_other)
        same = self.same if fold is None else self.same[self.same_fold == fold]
        other = self.other if fold is None else self.other[self.other_fold == fold]
        right = (same >= best).sum() + (other < best).sum()
        return float(right / (len(same) + len(other)))


def scores_of(values: Sequence[float], same: Sequence[bool], folds: Sequence[int]) -> Scores:
    value, kind, fold = np.array(values), np.array(same, bool), np.array(folds)
    return Scores(value[kind], value[~kind], fold[kind], fold[~kind])


def _threshold(others: np.ndarray, fmr: float) -> float:
    allowed = int(np.floor(fmr * len(others)))
    highest = np.sort(others)[::-1]
    return float(np.nextafter(highest[allowed], np.inf)) if allowed < len(highest) else -1.0


def _best_threshold(same: np.ndarray, other: np.ndarray) -> float:
    candidates = np.unique(np.concatenate([same, other]))
    right = [(same >= one).sum() + (other < one).sum() for one in candidates]
    return float(candidates[int(np.argmax(right))])
