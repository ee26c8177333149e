"""Learn from any labelled photos what does not matter, for galleries of other models as well.

A head is the within-class covariance of the photos that it was tuned on, turned into a linear map that makes it round:
what light, angle and background do to an embedding is much the same for every model. A gallery of a few photos a model
has too little of its own to know that. Pure numpy, seconds for thousands of photos; meant for a job in the background.
"""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

VERSION: Final = 1
FEWEST_PHOTOS: Final = 50  # with another of their class; fewer say less about variation than the gallery's own
MOST_DIRECTIONS: Final = 512
_SHRINKAGE: Final = (
    0.5  # how far the covariance is drawn towards a round one: half, for other models vary otherwise too
)
_STEPS: Final = 3  # reported to `progress`


class CannotTune(Exception):
    """There is nothing to learn from: `too_few` photos. `reason` is safe to show."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotUseHead(Exception):
    """The bytes are no head that this version can use: `version`, `damaged`. `reason` is safe to show."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Head:
    """`axes` (r, d) orthonormal and `gains` (r,): an embedding is shortened along each axis by 1 + its (negative) gain.

    `encoder` names what made the embeddings, `photos` how many it was tuned on.
    """

    encoder: str
    photos: int
    axes: np.ndarray
    gains: np.ndarray

    def of(self, rows: np.ndarray) -> np.ndarray:
        """(n, d) -> (n, d)."""
        return np.asarray(rows + ((rows @ self.axes.T) * self.gains) @ self.axes, np.float32)

    def to_bytes(self) -> bytes:
        """One versioned file, without pickled objects."""
        head = json.dumps({"version": VERSION, "encoder": self.encoder, "photos": self.photos}).encode()
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, head=np.frombuffer(head, np.uint8), axes=self.axes, gains=self.gains)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Head":
        """The inverse of `to_bytes`. Raises CannotUseHead, and nothing else whatever the bytes are."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                said = json.loads(bytes(file["head"]))
                head = cls(str(said["encoder"]), int(said["photos"]), file["axes"], file["gains"])
                if said["version"] != VERSION:
                    raise CannotUseHead("version")
                if head.axes.ndim != 2 or head.gains.shape != head.axes.shape[:1]:
                    raise CannotUseHead("damaged")
        except CannotUseHead:
            raise
        except Exception as error:  # a damaged archive fails in many ways, none of them a bug of ours
            raise CannotUseHead("damaged") from error
        return head


def fine_tune(
    references: Mapping[str, np.ndarray], *, encoder: str = "", progress: Callable[[int, int], None] | None = None
) -> Head:
    """Learn a head from `references`: name -> embeddings (n, d), any classes of cars. Raises CannotTune.

    `progress(done, whole)` is called from this thread.
    """
    say = progress or (lambda done, whole: None)
    groups = [np.asarray(rows, np.float32) for rows in references.values() if len(rows) > 1]
    photos = sum(len(rows) for rows in groups)
    if photos < FEWEST_PHOTOS:
        raise CannotTune("too_few")
    residuals = np.concatenate([rows - rows.mean(axis=0) for rows in groups])
    say(1, _STEPS)
    values, axes = _covariance(residuals, photos - len(groups))
    say(2, _STEPS)
    round_value = _SHRINKAGE * values.mean()
    gains = np.sqrt(round_value / ((1 - _SHRINKAGE) * values + round_value)) - 1
    say(_STEPS, _STEPS)
    return Head(encoder, photos, axes.astype(np.float32), gains.astype(np.float32))


def _covariance(residuals: np.ndarray, freedom: int) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (r,), largest first, and eigenvectors (r, d); by the smaller of the two products."""
    count = min(MOST_DIRECTIONS, freedom, residuals.shape[1])
    if len(residuals) > residuals.shape[1]:
        values, vectors = np.linalg.eigh(residuals.T @ residuals / freedom)
        return values[::-1][:count], vectors[:, ::-1][:, :count].T
    values, weights = np.linalg.eigh(residuals @ residuals.T / freedom)
    axes = weights[:, ::-1][:, :count].T @ residuals
    return values[::-1][:count], axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-12)
